"""The server: Granian's worker processes, watched over, drained before they stop."""

import multiprocessing
import os
import signal
import socket
import tempfile
from functools import partial
from importlib import import_module
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import structlog
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from warehouse.bundle.pointer import current_version
from warehouse.errors import MarqueeError
from warehouse.settings import Settings
from warehouse.store.migrate import upgrade
from webapp.background import Repeated
from webapp.logs import configure_logs, logging_config

# A worker that takes longer to end than this, its last log rows included, is killed.
_STOP_SECONDS = 30
_ORPHAN_SECONDS = 1.0
_APPLICATION = "webapp.app:create_app"
_log = structlog.get_logger(__name__)


class DrainingServer(MPServer):
    """Granian that, asked to stop, first answers on for a while and says that it is not ready."""

    def __init__(self, draining: Event, drain_seconds: float, **options: Any) -> None:
        super().__init__(_APPLICATION, **options)
        self._draining, self._drain_seconds = draining, drain_seconds

    def shutdown(self, exit_code: int = 0) -> None:
        """Drain, then stop the workers; a second signal cuts the draining short."""
        if self.interrupt_signal and self._drain_seconds:
            _log.info("draining", seconds=self._drain_seconds)
            self._draining.set()
            self.main_loop_interrupt.clear()
            self.main_loop_interrupt.wait(self._drain_seconds)
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]


def serve(settings: Settings, application: str = _APPLICATION) -> None:
    """Serve until a signal comes.

    Parameters
    ----------
    settings : Settings
    application : str
        Module and function that make the application, called as `webapp.app.create_app` is.

    Raises
    ------
    MarqueeError
        The port is taken, or the store cannot be used.
    """
    serving = settings.serving
    configure_logs(serving)
    _require_free(serving.host, serving.port)
    upgrade(settings.store.url)
    _announce(settings)
    with tempfile.TemporaryDirectory(prefix="marquee-metrics-") as shared:
        draining = multiprocessing.Event()
        server = DrainingServer(
            draining,
            serving.drain_seconds,
            address=serving.host,
            port=serving.port,
            interface=Interfaces.WSGI,
            workers=serving.workers,
            websockets=False,
            # Scoring holds the interpreter: a second thread would only wait for the first.
            blocking_threads=1,
            respawn_failed_workers=True,
            workers_kill_timeout=_STOP_SECONDS,
            log_level=LogLevels(serving.log_level),
            log_dictconfig=logging_config(serving),
        )
        server.serve(
            target_loader=partial(_load, application, settings, draining, Path(shared)),
            wrap_loader=False,
        )


def _load(application: str, settings: Settings, draining: Event, shared: Path) -> Any:
    """Make the application, in the worker process that will run it."""
    # Until Granian has its own handlers in place, a stopped worker need not finish anything; with
    # those of the parent, which a fork inherits, it would not stop at all.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    configure_logs(settings.serving)
    # Not at the top: the process that only watches over the workers needs none of it.
    Repeated(partial(_end_with, os.getppid()), _ORPHAN_SECONDS, "parent").start()
    module, _, name = application.partition(":")
    create_app = getattr(import_module(module), name)
    around = import_module("webapp.service").Surroundings(shared, draining.is_set)
    return create_app(settings, around)


def _end_with(parent: int) -> None:
    """Stop this worker where the process that watches over it is gone, by a kill for instance."""
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _require_free(host: str, port: int) -> None:
    # Granian lets several processes share a port, so a second server would not notice.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise MarqueeError(
                f"{host}:{port}: cannot be listened on: {error.strerror}",
                "stop what uses it, or set MARQUEE_API_HOST and MARQUEE_API_PORT",
            ) from error


def _announce(settings: Settings) -> None:
    host, port = settings.serving.host, settings.serving.port
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}"
    _log.info("serving", api=address, docs=f"{address}/docs", workers=settings.serving.workers)
    if current_version(settings.home) is None:
        _log.warning(
            "no model yet: `make up` trains one, and it serves within seconds; "
            "until then /readyz says 503",
            home=str(settings.home.root),
        )
