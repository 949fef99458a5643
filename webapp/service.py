"""What the views of one application share."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine as StoreEngine
from werkzeug.exceptions import ServiceUnavailable

from warehouse.settings import Settings
from warehouse.store.request_log import RequestLog
from webapp.background import Repeated
from webapp.live_bundle import LiveBundle, ServingBundle
from webapp.metrics import Metrics
from webapp.request import current_request
from webapp.schemas.readers import Readers
from webapp.simulated_time import VARIABLE, require_unseen, told_time
from webapp.store_probe import StoreProbe


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Surroundings:
    """What a server tells the application in its worker processes.

    Attributes
    ----------
    shared_metrics : Path or None
        See `Metrics`; none where the process is alone.
    is_draining : callable
        Whether the server is about to stop and wants no new requests.
    """

    shared_metrics: Path | None = None
    is_draining: Callable[[], bool] = _never


@dataclass(frozen=True)
class Service:
    """What the views of one application share.

    Attributes
    ----------
    settings : Settings
    readers : Readers
    metrics : Metrics
    live : LiveBundle
    log : RequestLog
    store : sqlalchemy Engine
        For `store_probe`; nothing else.
    store_probe : StoreProbe
    is_draining : callable
    started : float
        On the monotonic clock, in seconds.
    background : list of Repeated
        What runs beside the requests.
    """

    settings: Settings
    readers: Readers
    metrics: Metrics
    live: LiveBundle
    log: RequestLog
    store: StoreEngine
    store_probe: StoreProbe
    is_draining: Callable[[], bool]
    started: float = field(default_factory=time.monotonic)
    background: list[Repeated] = field(default_factory=list)

    def repeat(self, name: str, task: Callable[[], None], seconds: float) -> None:
        """Call a task again and again until `close`."""
        repeated = Repeated(task, seconds, name)
        self.background.append(repeated)
        repeated.start()

    def close(self) -> None:
        """Write what waits to be logged and end what runs beside; a server's end does the same."""
        for repeated in self.background:
            repeated.stop()
        self.log.close()
        self.store.dispose()

    def serving(self) -> ServingBundle:
        """Take the bundle that serves now; take it once for each answer.

        Raises
        ------
        ServiceUnavailable
            There is none.
        """
        current = self.live.current
        if current is None:
            why = self.live.refusal or "there is none yet"
            raise ServiceUnavailable(
                f"no model is loaded: {why}; `make up` makes one, served within seconds",
                retry_after=5,
            )
        return current

    def serving_logged(self) -> ServingBundle:
        """Take the bundle that serves now, for a request that is logged at the time that it tells.

        Raises
        ------
        ServiceUnavailable
            There is none.
        SimulatedTimeError
            The request tells a time that cannot be used, or that this bundle has seen the
            future of.
        """
        request = current_request()
        if VARIABLE not in request.environ:
            return self.serving()
        text = request.environ[VARIABLE]
        request.simulated_at = told_time(text, self.settings.serving.simulated_time)
        current = self.serving()
        require_unseen(text, request.simulated_at, current.engine.facts)
        return current
