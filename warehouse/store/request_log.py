"""The request log of one process: takes records off the request's path."""

import os
import threading
import weakref
from collections.abc import Callable
from multiprocessing.util import Finalize

from sqlalchemy import Engine

from warehouse.store.buffer import Buffer
from warehouse.store.engine import open_engine
from warehouse.store.record import RequestRecord
from warehouse.store.writer import Tally, Writer

__all__ = ["RequestLog", "RequestRecord"]

# One attempt waits that long for another program's transaction; then it has failed.
_BUSY_SECONDS = 1.0


class RequestLog:
    """Logs requests off their path. One instance serves a process and what it forks.

    A record is taken in microseconds and written within `flush_seconds`,
    together with those beside it; while the store cannot be written, records
    wait in order. The thread that writes starts with the first record, in the
    process that brings it. At the end of that process what waits is written;
    only a kill loses rows, those of the last `flush_seconds`.

    Parameters
    ----------
    engine_url : str
        SQLAlchemy address of the store; its tables must be there.
    queue : int
        Records that may wait.
    wait_seconds : float
        How long `put` waits for room in a full queue. After one such wait in
        vain, records are dropped at once until some have been written, so that
        a dead store slows down one request and not every one.
    flush_seconds : float
        Longest time that a record waits while the store can be written.

    Raises
    ------
    StoreError
        The address cannot be used. Nothing is opened yet.
    """

    _engine: Engine
    _buffer: Buffer[RequestRecord]
    _tally: Tally
    _writer: Writer | None
    _starting: threading.Lock
    _at_exit: "Finalize[None]"

    def __init__(
        self, engine_url: str, queue: int, wait_seconds: float, flush_seconds: float
    ) -> None:
        self._url, self._capacity, self._wait_seconds = engine_url, queue, wait_seconds
        # Half of the time for waiting, the other half for writing.
        self._pause_seconds = max(flush_seconds / 2, 0.001)
        self._begin()
        _call_in_children(weakref.WeakMethod(self._begin_in_child))

    def put(self, record: RequestRecord) -> None:
        """Log one request. No failure of the store reaches the caller."""
        if self._writer is None:
            self._start()
        if not self._buffer.put(record):
            self._tally.drop(1, "the queue is full")

    @property
    def depth(self) -> int:
        """Records that wait, those in an unfinished transaction included."""
        return len(self._buffer)

    @property
    def written(self) -> int:
        """Records that this process has brought into the store."""
        return self._tally.written

    @property
    def dropped(self) -> int:
        """Records that this process has lost: no room, not storable, or out of time at its end."""
        return self._tally.dropped

    @property
    def failing(self) -> bool:
        """Whether the last attempt to write failed."""
        return self._tally.failing

    def close(self, timeout: float = 5.0) -> None:
        """Write what waits and stop writing; runs by itself when the process ends.

        Whoever calls it has stopped logging; a later `put` begins to write again.

        Parameters
        ----------
        timeout : float
            Seconds after which what the store has not taken is dropped.
        """
        if self._writer is None and self._buffer:
            self._start()
        writer = self._writer
        if writer is None:
            return
        writer.finish(timeout)
        writer.join(timeout + 2 * _BUSY_SECONDS)
        self._at_exit.cancel()
        if not writer.is_alive():
            self._writer = None

    def _begin(self) -> None:
        self._engine = open_engine(self._url, _BUSY_SECONDS)
        self._buffer = Buffer(self._capacity, self._wait_seconds)
        self._tally = Tally()
        self._starting = threading.Lock()
        self._writer = None

    def _begin_in_child(self) -> None:
        # What waits is the parent's to write. Even closing the parent's connection here would
        # harm it, so it is kept, untouched.
        self._engine_of_parent = self._engine
        self._begin()

    def _start(self) -> None:
        with self._starting:
            if self._writer is not None:
                return
            writer = Writer(self._buffer, self._engine, self._tally, self._pause_seconds)
            try:
                writer.start()
            except RuntimeError as error:
                self._tally.fail(error)
                return
            self._writer = writer
            # A worker of multiprocessing runs no atexit hooks when it ends, only these; any
            # other process runs these as one of its hooks.
            self._at_exit = Finalize(None, self.close, exitpriority=100)


def _call_in_children(method: "weakref.WeakMethod[Callable[[], None]]") -> None:
    def call() -> None:
        alive = method()
        if alive is not None:
            alive()

    os.register_at_fork(after_in_child=call)
