"""The bundle that serves: followed as ``bundles/CURRENT`` moves, swapped in one assignment.

Whoever answers takes `LiveBundle.current` once and uses nothing else, so an
answer comes from one bundle, and an answer begun on the old one ends on it.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from warehouse.bundle.pointer import CURRENT, current_version, versions
from warehouse.bundle.reader import load_bundle
from warehouse.home import Home
from webapp.answering import Answers
from webapp.metrics import Metrics
from webapp.recommender.engine import Engine
from webapp.recommender.exploration import Explorer
from webapp.schemas.readers import Readers

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ServingBundle:
    """One loaded bundle and everything that is answered from it.

    Attributes
    ----------
    engine : Engine
    answers : Answers
    created_at, loaded_at : datetime
        When it was made, and when this process began to serve it (UTC).
    """

    engine: Engine
    answers: Answers
    created_at: datetime
    loaded_at: datetime


@contextmanager
def _staying() -> Iterator[None]:
    """Spare the garbage collector what is made within.

    It would go through a hundred thousand objects that stay as long as the
    bundle does, and no request is answered meanwhile: 60 ms on ML-1M, now and
    then. References still free them at once when the bundle leaves.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class LiveBundle:
    """The bundle that serves in this process.

    Parameters
    ----------
    home : Home
    readers : Readers
    kept_answers : int
    metrics : Metrics
    explorer : Explorer, optional
        See `Answers`.
    """

    def __init__(
        self,
        home: Home,
        readers: Readers,
        kept_answers: int,
        metrics: Metrics,
        explorer: Explorer | None = None,
    ) -> None:
        self._home = home
        self._readers = readers
        self._kept_answers = kept_answers
        self._explorer = explorer
        self._metrics = metrics
        self._refused: object = None
        self._refreshing = threading.Lock()
        self.current: ServingBundle | None = None
        self.refusal: str | None = None

    def refresh(self) -> None:
        """Serve what ``CURRENT`` names, if that has changed.

        A bundle that cannot be loaded is refused: the one before it keeps
        serving and `refusal` says why. It is tried again when a file of it or
        ``CURRENT`` changes. A process that has nothing to serve yet takes the
        newest other bundle that is good.
        """
        with self._refreshing:
            try:
                wanted = current_version(self._home)
                seen = self._state_of(wanted)
            except (OSError, ValueError) as error:
                self._refuse("CURRENT", error)
                return
            if wanted is None or wanted == self._serving_version:
                self._accept()
            elif seen != self._refused:
                self._change_to(wanted, seen)

    @property
    def _serving_version(self) -> str | None:
        return self.current.engine.model_version if self.current else None

    def _change_to(self, wanted: str, seen: object) -> None:
        try:
            self._serve(wanted)
        except Exception as error:
            # Whatever is wrong with a new bundle, the old one must go on serving.
            self._refuse(wanted, error)
            self._refused = seen
            if self.current is None:
                self._serve_any_but(wanted)
        else:
            self._accept()

    def _serve_any_but(self, wanted: str) -> None:
        """Serve the newest other bundle that is good; the refusal stays that of `wanted`."""
        for version in reversed(versions(self._home)):
            if version == wanted:
                continue
            try:
                self._serve(version)
            except Exception as error:
                _log.warning("no substitute", model_version=version, reason=str(error))
            else:
                return

    def _serve(self, version: str) -> None:
        with _staying():
            bundle = load_bundle(self._home.bundles / version)
            created_at = datetime.fromisoformat(bundle.manifest["created_at"])
            engine = Engine(bundle, self._kept_answers)
            answers = Answers(engine, self._readers, self._kept_answers, self._explorer)
        previous = self._serving_version
        self.current = ServingBundle(engine, answers, created_at, datetime.now(UTC))
        self._metrics.bundle_serves(version, previous, created_at)
        _log.info("bundle serves", model_version=version, previous=previous)

    def _refuse(self, what: str, error: Exception) -> None:
        refusal = f"{what}: {error}"
        if refusal != self.refusal:
            self._metrics.bundle_refused(True)
            _log.error("bundle refused", model_version=what, reason=str(error))
        self.refusal = refusal

    def _accept(self) -> None:
        self._refused = self.refusal = None
        self._metrics.bundle_refused(False)

    def _state_of(self, version: str | None) -> object:
        """Stamp that changes when somebody mends a bundle or points to it anew."""
        if version is None or version == self._serving_version:
            return None
        folder = self._home.bundles / version
        files = [self._home.bundles / CURRENT, folder, *sorted(folder.glob("*"))]
        stats = [path.stat() for path in files if path.exists()]
        return version, [(stat.st_ino, stat.st_size, stat.st_ctime_ns) for stat in stats]
