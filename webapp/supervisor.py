"""The process that watches over the workers: replaces those that die, drains, stops them."""

import math
import signal
import time
from collections import Counter
from typing import Any

import structlog
from granian.server.mp import MPServer

from webapp.worker import DRAINING, STOPPING, Shared

_TICK_SECONDS = 0.1
# A worker that lived for less has died early.
_SETTLED_SECONDS = 10.0
# How long to wait before a worker is replaced that has died early never, once, twice, ... in turn.
_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
_log = structlog.get_logger(__name__)


class DrainingServer(MPServer):
    """Granian that drains before it stops, and that no dying worker brings down.

    Granian itself gives up when a worker dies twice within seconds. Here it is
    replaced again and again, with growing pauses; only where no worker has
    ever been able to make its application, the server ends.

    Parameters
    ----------
    shared : Shared
    drain_seconds : float
        How long to answer on, asked to stop; a second signal cuts it short.
    **options
        Granian's.
    """

    def __init__(self, shared: Shared, drain_seconds: float, **options: Any) -> None:
        super().__init__("webapp.app:create_app", **options)
        self._shared, self._drain_seconds = shared, drain_seconds
        self._interrupts = 0
        self._minds_hangup = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
        self._early_deaths: Counter[int] = Counter()
        self._due: dict[int, float] = {}

    def signal_handler_interrupt(self, *_: Any, **__: Any) -> None:
        """Note that the server is to stop."""
        # Granian sets an event, which waits for itself where a second signal interrupts the first.
        self._interrupts += 1

    def signal_handler_reload(self, *_: Any, **__: Any) -> None:
        """Stop as the terminal is gone, unless whoever started the server chose to ignore that."""
        # New bundles come in by themselves: there is nothing to reload.
        if self._minds_hangup:
            self._interrupts += 1

    def shutdown(self, exit_code: int = 0) -> None:
        """Stop the workers."""
        self._shared.stage.value = STOPPING
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        self._watch(0, math.inf, spawn_target, target_loader)
        if self._interrupts and self._drain_seconds:
            _log.info("draining", seconds=self._drain_seconds)
            self._shared.stage.value = DRAINING
            until = time.monotonic() + self._drain_seconds
            self._watch(self._interrupts, until, spawn_target, target_loader)
        if self._interrupts:
            # Granian would call it a failure that a worker has died and was not replaced yet.
            self.interrupt_children.clear()

    def _watch(self, interrupts: int, until: float, spawn_target: Any, target_loader: Any) -> None:
        """Replace workers that die, until a moment or one more than so many interrupts."""
        while self._interrupts == interrupts and time.monotonic() < until:
            if self.interrupt_children and not self._shared.loaded.value:
                return
            for worker in self._to_replace():
                self._respawn_workers([worker], spawn_target, target_loader)
            time.sleep(_TICK_SECONDS)

    def _to_replace(self) -> list[int]:
        now = time.monotonic()
        while self.interrupt_children:
            dead = self.interrupt_children.pop()
            early = now - self.wrks[dead].birth < _SETTLED_SECONDS
            self._early_deaths[dead] = self._early_deaths[dead] + 1 if early else 0
            pause = _PAUSES[min(self._early_deaths[dead], len(_PAUSES) - 1)]
            self._due[dead] = now + pause
        due = [worker for worker, moment in self._due.items() if moment <= now]
        for worker in due:
            del self._due[worker]
        return due
