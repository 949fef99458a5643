"""``python -m warehouse.tethered MODULE``: run a module that ends when its parent does.

The parent holds the other end of standard input. The first line of it is the
module's arguments, a JSON list: until it comes, the module is only imported, so
that a process started early has its slow imports behind it when it is needed.
However the parent ends, by SIGKILL too, that end closes, and the module is not
left behind holding a lock.
"""

import gc
import importlib
import json
import os
import runpy
import sys
import threading
import warnings


def _first_line() -> list[str]:
    # Not sys.stdin: its lock, held by the thread below, would trouble the
    # interpreter as it shuts down, and it would read beyond the line.
    line = b""
    while not line.endswith(b"\n"):
        read = os.read(0, 1)
        if not read:
            os._exit(1)
        line += read
    return [str(argument) for argument in json.loads(line)]


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    # dbt makes millions of objects that live to its end: looking through them
    # for garbage at Python's usual pace takes a tenth of a build of ML-100K.
    gc.set_threshold(200_000, 20, 20)
    module = sys.argv[1]
    importlib.import_module(module)
    arguments = _first_line()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = [module, *arguments]
    with warnings.catch_warnings():
        # runpy warns that the module is imported already, which is the point here.
        warnings.filterwarnings("ignore", category=RuntimeWarning, module="runpy")
        runpy.run_module(module, run_name="__main__", alter_sys=True)
