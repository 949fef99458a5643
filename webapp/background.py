"""Work that a process repeats beside answering requests."""

import threading
from collections.abc import Callable

import structlog

_log = structlog.get_logger(__name__)


class Repeated:
    """Calls a task at once and then again and again, in a thread of its own.

    Parameters
    ----------
    task : callable
        Its failures are logged, and it is called again.
    seconds : float
        Pause between two calls.
    name : str
        Of the thread.
    """

    def __init__(self, task: Callable[[], None], seconds: float, name: str) -> None:
        self._task, self._seconds, self._name = task, seconds, name
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def stop(self) -> None:
        """End after the call that is running."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._task()
            except Exception:
                _log.exception("background task failed", task=self._name)
            self._stopped.wait(self._seconds)
