"""The serving API: answers from one bundle in memory, over HTTP.

A worker is one thread, and there is one worker a core, so importing this package
keeps BLAS and OpenMP from starting more: they read this when NumPy is loaded.
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
