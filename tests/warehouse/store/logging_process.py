"""Programs that log and are then ended from outside; the tests run them as processes.

``python logging_process.py WAY URL`` logs until it is stopped, and writes one
line per record to standard output once `put` has returned: the record's number
and the instant. `application` does the same behind a WSGI server.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

# The tests' folder is no package, and this file is run by its path.
sys.path.insert(0, str(Path(__file__).parents[3]))

from warehouse.store.record import RequestRecord
from warehouse.store.request_log import RequestLog

FLUSH_SECONDS = 0.5


def make_record(request_id: UUID) -> RequestRecord:
    """Record of which only the id matters."""
    return RequestRecord(
        *(str(request_id), time.time(), None, "/popular", None, [1, 2], [0.5, 0.25], 0.1, 200),
        *(None, None, 10, None, None, None, None, os.getpid()),
    )


def log_for_ever(log: RequestLog) -> None:
    """Log as fast as the reader of standard output takes the acknowledgements."""
    number = 0
    while True:
        log.put(make_record(UUID(int=number)))
        os.write(1, f"{number} {time.monotonic()}\n".encode())
        number += 1
        time.sleep(0.0002)


def log_until_sigterm(log: RequestLog) -> None:
    """End as a program does that handles the signal."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    log_for_ever(log)


def log_in_worker(method: str, url: str) -> None:
    """Let a worker of multiprocessing log, and hand SIGTERM on to it, as servers do."""
    log = RequestLog(url, 100_000, 1, FLUSH_SECONDS)
    # The parent logs as well, so that its thread and its connection are there at the fork.
    log.put(make_record(uuid4()))
    log.close()
    log.put(make_record(uuid4()))
    worker = multiprocessing.get_context(method).Process(
        target=log_until_sigterm if method == "fork" else _log_anew_until_sigterm,
        args=(log if method == "fork" else url,),
    )
    worker.start()
    signal.signal(signal.SIGTERM, lambda *_: worker.terminate())
    worker.join()


def _log_anew_until_sigterm(url: str) -> None:
    log_until_sigterm(RequestLog(url, 100_000, 1, FLUSH_SECONDS))


_LOGS: list[RequestLog] = []


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI: log every request and answer with its id."""
    if not _LOGS:
        _LOGS.append(RequestLog(os.environ["STORE"], 100_000, 1, 3600))
    request_id = uuid4()
    _LOGS[0].put(make_record(request_id))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(request_id).encode()]


if __name__ == "__main__":
    way, store = sys.argv[1:]
    if way == "alone":
        log_until_sigterm(RequestLog(store, 100_000, 1, FLUSH_SECONDS))
    else:
        log_in_worker(way, store)
