"""The bundle that serves: followed as ``bundles/CURRENT`` moves, swapped in one assignment.

Whoever answers takes `LiveBundle.current` once and uses nothing else, so an
answer comes from one bundle, and an answer begun on the old one ends on it.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from warehouse.bundle.pointer import current_version, versions
from warehouse.bundle.reader import load_bundle
from warehouse.home import Home
from webapp.answering import Answers
from webapp.metrics import Metrics
from webapp.recommender.engine import Engine
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


class LiveBundle:
    """The bundle that serves in this process.

    Parameters
    ----------
    home : Home
    readers : Readers
    kept_answers : int
    metrics : Metrics
    """

    def __init__(self, home: Home, readers: Readers, kept_answers: int, metrics: Metrics) -> None:
        self._home = home
        self._readers = readers
        self._kept_answers = kept_answers
        self._metrics = metrics
        self._refused: tuple[object, ...] | None = None
        self._refreshing = threading.Lock()
        self.current: ServingBundle | None = None
        self.refusal: str | None = None

    def refresh(self) -> None:
        """Serve what ``CURRENT`` names, if that has changed.

        A bundle that cannot be loaded is refused: the one before it keeps
        serving and `refusal` says why. It is tried again when its folder or
        ``CURRENT`` changes. A process that has nothing to serve yet takes the
        newest other bundle that is good.
        """
        with self._refreshing:
            wanted = current_version(self._home)
            if wanted is None or wanted == self._serving_version:
                self._accept()
                return
            seen = self._state_of(wanted)
            if seen == self._refused:
                return
            if self._serve(wanted):
                self._accept()
                return
            self._refused = seen
            if self.current is None:
                any(self._serve(version) for version in self._others(wanted))

    @property
    def _serving_version(self) -> str | None:
        return self.current.engine.model_version if self.current else None

    def _accept(self) -> None:
        self._refused = self.refusal = None
        self._metrics.bundle_refused(False)

    def _serve(self, version: str) -> bool:
        try:
            bundle = load_bundle(self._home.bundles / version)
            created_at = datetime.fromisoformat(bundle.manifest["created_at"])
            engine = Engine(bundle)
            answers = Answers(engine, self._readers, self._kept_answers)
        except Exception as error:
            # Whatever is wrong with a new bundle, the old one must go on serving.
            self.refusal = f"{version}: {error}"
            self._metrics.bundle_refused(True)
            _log.error("bundle refused", model_version=version, reason=str(error))
            return False
        previous = self._serving_version
        self.current = ServingBundle(engine, answers, created_at, datetime.now(UTC))
        self._metrics.bundle_serves(version, previous, created_at)
        _log.info("bundle serves", model_version=version, previous=previous)
        return True

    def _others(self, version: str) -> Iterator[str]:
        return (other for other in reversed(versions(self._home)) if other != version)

    def _state_of(self, version: str) -> tuple[object, ...]:
        """Stamp that changes when somebody mends the bundle or points to it anew."""
        folder = self._home.bundles / version
        times = []
        for path in (self._home.bundles / "CURRENT", folder, folder / "manifest.json"):
            try:
                times.append(path.stat().st_mtime_ns)
            except OSError:
                times.append(0)
        return (version, *times)
