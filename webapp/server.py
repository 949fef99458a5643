"""The server: what it needs before it starts, and how Granian runs it."""

import os
import socket
import tempfile
from functools import partial
from pathlib import Path

import structlog
from granian.constants import Interfaces
from granian.log import LogLevels

from warehouse.bundle.pointer import current_version
from warehouse.errors import MarqueeError
from warehouse.settings import Settings
from warehouse.store.migrate import upgrade
from webapp.logs import configure_logs, logging_config
from webapp.supervisor import DrainingServer
from webapp.worker import Shared, load

# A worker ends itself sooner; one that cannot, as it hangs, is killed.
_STOP_SECONDS = 20
_APPLICATION = "webapp.app:create_app"
_log = structlog.get_logger(__name__)


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
        between = Shared()
        server = DrainingServer(
            between,
            serving.drain_seconds,
            address=serving.host,
            port=serving.port,
            interface=Interfaces.WSGI,
            workers=serving.workers,
            websockets=False,
            # Scoring holds the interpreter: four threads answered a tenth fewer requests, and
            # the slowest in a hundred took half as long again.
            blocking_threads=1,
            workers_kill_timeout=_STOP_SECONDS,
            log_level=LogLevels(serving.log_level),
            log_dictconfig=logging_config(serving),
        )
        server.serve(
            target_loader=partial(load, application, settings, between, Path(shared), os.getpid()),
            wrap_loader=False,
        )


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
