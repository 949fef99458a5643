"""A worker process: the application in it, and its end."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from ctypes import c_byte
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.sharedctypes import RawValue
from pathlib import Path
from typing import Any

import structlog

from warehouse.settings import Settings
from webapp.body_watch import BodyWatch
from webapp.logs import configure_logs

SERVING, DRAINING, STOPPING = range(3)
# What ends the server is for the process that watches over the workers: it drains, then tells
# them. A terminal or a service manager sends it to each process of the group as well.
_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
_LOOK_SECONDS = 1.0
# Granian waits for every request it has begun with, one whose body never comes included.
_FINISH_SECONDS = 5.0
# A body is at most `MARQUEE_MAX_BODY` long: who has not sent it by then never will.
_BODY_SECONDS = 10.0
# The log's thread works in bursts between the requests. Python would let it hold the interpreter
# for 5 ms while a request waits, which is then the slowest answer in a hundred.
_SWITCH_SECONDS = 0.0005
_log = structlog.get_logger(__name__)


def _byte() -> c_byte:
    # Without a lock: somebody killed while holding it would stop everybody else.
    return RawValue(c_byte, 0)


@dataclass(frozen=True)
class Shared:
    """What the processes of one server tell each other.

    Attributes
    ----------
    stage : c_byte
        `SERVING`, `DRAINING` or `STOPPING`; the process that watches over the workers writes it.
    loaded : c_byte
        Whether a worker could make its application; the workers write it.
    """

    stage: c_byte = field(default_factory=_byte)
    loaded: c_byte = field(default_factory=_byte)

    def is_draining(self) -> bool:
        """Whether the server is about to stop and wants no new requests."""
        return self.stage.value != SERVING


def load(application: str, settings: Settings, shared: Shared, metrics: Path, parent: int) -> Any:
    """Make the application, in the worker process that will run it.

    Parameters
    ----------
    application : str
        Module and function that make it.
    settings : Settings
    shared : Shared
    metrics : Path
        See `webapp.service.Surroundings`.
    parent : int
        Process that watches over this one; when it is gone, by a kill for instance, this one ends.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    sys.setswitchinterval(_SWITCH_SECONDS)
    configure_logs(settings.serving)
    end = _End(shared, parent)
    end.start()
    module, _, name = application.partition(":")
    create_app = getattr(import_module(module), name)
    # Not at the top: the process that only watches over the workers needs none of it.
    around = import_module("webapp.service").Surroundings(metrics, shared.is_draining)
    app = create_app(settings, around)
    watched = BodyWatch(app)
    end.watch(watched, app.extensions["marquee"].close)
    shared.loaded.value = 1
    return watched


class _End(threading.Thread):
    """Ends this worker: told to, with nobody watching over it any more, or stuck in a body."""

    def __init__(self, shared: Shared, parent: int) -> None:
        super().__init__(name="end", daemon=True)
        self._shared, self._parent = shared, parent
        self._running: tuple[BodyWatch, Callable[[], None]] | None = None

    def watch(self, application: BodyWatch, close: Callable[[], None]) -> None:
        """From now on there is an application, and a way to close it."""
        self._running = application, close

    def run(self) -> None:
        while self._shared.stage.value != STOPPING and os.getppid() == self._parent:
            signal.sigtimedwait(_SIGNALS, _LOOK_SECONDS)
            if self._running is not None and self._running[0].waiting_seconds() > _BODY_SECONDS:
                _log.error("a request's body does not come; starting anew", worker=os.getpid())
                self._leave(1)
        # Granian's own handler, but in no signal: that could come in the middle of the first one
        # and would then wait for itself.
        stop = signal.getsignal(signal.SIGTERM)
        if callable(stop) and self._running is not None:
            stop(signal.SIGTERM, None)
            time.sleep(_FINISH_SECONDS)
        self._leave(0)

    def _leave(self, code: int) -> None:
        if self._running is not None:
            self._running[1]()
        os._exit(code)
