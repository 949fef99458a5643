"""The thread that brings waiting records into the store, and the tally of what became of them."""

import logging
import threading
import time
from dataclasses import dataclass, field

from sqlalchemy import Engine
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential

from warehouse.store.buffer import Buffer
from warehouse.store.insertion import insert_records
from warehouse.store.record import RequestRecord

_BATCH = 1_000
_log = logging.getLogger(__name__)


@dataclass
class Tally:
    """What has become of the records of one process.

    Attributes
    ----------
    written, dropped : int
    failing : bool
        Whether the last attempt to write failed.
    """

    written: int = 0
    dropped: int = 0
    failing: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _dropping: bool = False

    def drop(self, count: int, reason: str) -> None:
        """Count lost records; the first loss since the last success is worth a message."""
        with self._lock:
            self.dropped += count
            is_news, self._dropping = not self._dropping, True
        if is_news:
            _log.error("the request log loses rows: %s", reason)

    def fail(self, reason: object) -> None:
        """Note a failed attempt; the first one is worth a message."""
        if not self.failing:
            _log.error("the request log cannot be written: %s", reason)
        self.failing = True

    def succeed(self, count: int) -> None:
        """Count records that are in the store now."""
        self.written += count
        if self.failing or self._dropping:
            _log.warning("the request log is written again; rows lost so far: %s", self.dropped)
        self.failing = self._dropping = False


class Writer(threading.Thread):
    """Writes what waits, a batch a transaction and in order, until it is told to finish.

    A batch that the store does not take is tried again, at growing intervals,
    for as long as it needs. So is one that fails on a defect: a thread that
    died of it would lose everything that comes after.

    Parameters
    ----------
    buffer : Buffer of RequestRecord
    engine : Engine
    tally : Tally
    pause_seconds : float
        Between looking for records.
    """

    def __init__(
        self, buffer: Buffer[RequestRecord], engine: Engine, tally: Tally, pause_seconds: float
    ) -> None:
        super().__init__(name="request-log", daemon=True)
        self._buffer = buffer
        self._engine = engine
        self._tally = tally
        self._pause_seconds = pause_seconds
        self._deadline: float | None = None
        self._retrying = Retrying(
            retry=retry_if_exception_type(Exception),
            wait=wait_exponential(multiplier=0.05, max=2),
            stop=self._is_out_of_time,
            sleep=self._pause,
            after=lambda state: tally.fail(state.outcome.exception() if state.outcome else None),
            reraise=True,
        )

    def finish(self, seconds: float) -> None:
        """Write what waits and end; drop what the store has not taken after `seconds`."""
        self._deadline = time.monotonic() + seconds
        self._buffer.wanted.set()

    def run(self) -> None:
        """Work until told to finish."""
        while self._deadline is None:
            self._pause(self._pause_seconds)
            self._drain()
        self._drain()
        while lost := len(self._buffer.batch(_BATCH)):
            self._buffer.finish()
            self._tally.drop(lost, "the store did not take them in time before the end")
        self._engine.dispose()

    def _drain(self) -> None:
        while batch := self._buffer.batch(_BATCH):
            try:
                stored = self._retrying(insert_records, self._engine, batch)
            except Exception:
                # Out of time; told of by the retrying, counted at the end.
                return
            refused = len(batch) - stored
            self._buffer.finish()
            self._tally.succeed(stored)
            if refused:
                self._tally.drop(refused, "some cannot be stored")

    def _pause(self, seconds: float) -> None:
        if self._deadline is None:
            self._buffer.wanted.wait(seconds)
            self._buffer.wanted.clear()
        else:
            time.sleep(min(seconds, 0.05))

    def _is_out_of_time(self, _state: RetryCallState) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline
