"""Whether requests can be logged, found out beside the requests."""

import threading
import time
from collections.abc import Callable

from sqlalchemy import Engine

from warehouse.errors import StoreError
from warehouse.store.insertion import probe

# A store that hangs does not answer that it does. A connection is given up after five seconds.
_STALE_SECONDS = 10.0


class StoreProbe:
    """Asks the store again and again whether it can be written; whoever wants to know reads.

    Parameters
    ----------
    store : sqlalchemy Engine
    clock : callable
        Monotonic seconds.
    """

    def __init__(self, store: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._answered = threading.Event()
        self._at = clock()
        self._problem: str | None = None

    def ask(self) -> None:
        """Ask the store now, for as long as it takes."""
        try:
            probe(self._store)
        except StoreError as error:
            self._problem = error.message
        else:
            self._problem = None
        self._at = self._clock()
        self._answered.set()

    def wait(self, seconds: float) -> None:
        """Wait for the first answer, but no longer than that."""
        self._answered.wait(seconds)

    @property
    def problem(self) -> str | None:
        """Why the store cannot be written; none where it could be a moment ago. Never waits."""
        age = self._clock() - self._at
        if not self._answered.is_set() or age > _STALE_SECONDS:
            return f"the store has not answered for {age:.0f} seconds"
        return self._problem
