"""``python -m warehouse.tethered MODULE ...``: run a module that ends when its parent does.

The parent holds the other end of standard input. However it ends, by SIGKILL
too, that end closes, and the module is not left behind holding a lock.
"""

import gc
import os
import runpy
import sys
import threading


def _end_with_parent() -> None:
    # Not sys.stdin: its lock, held here, would trouble the interpreter as it shuts down.
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    # dbt makes millions of objects that live to its end: looking through them
    # for garbage at Python's usual pace takes a tenth of a build of ML-100K.
    gc.set_threshold(200_000, 20, 20)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
