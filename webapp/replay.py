"""Computing a logged answer again, from the bundle that the log names."""

from dataclasses import dataclass

from warehouse.bundle.reader import load_bundle
from warehouse.errors import MarqueeError
from warehouse.home import Home
from warehouse.store.engine import open_engine
from warehouse.store.reading import find_request
from warehouse.store.record import RequestRecord
from webapp.questions import question_of
from webapp.recommender.answers import RankedMovies
from webapp.recommender.engine import Engine
from webapp.recommender.questions import PopularQuestion, RecommendQuestion


@dataclass(frozen=True)
class Replay:
    """A logged answer beside the same one computed now.

    Attributes
    ----------
    logged : RequestRecord
    movie_ids : list of int
    scores : list of float
        As computed now.
    """

    logged: RequestRecord
    movie_ids: list[int]
    scores: list[float]

    @property
    def is_same(self) -> bool:
        """Whether ids and scores are exactly those of the log."""
        return self.movie_ids == self.logged.recommendations and self.scores == self.logged.scores


def replay(home: Home, store_url: str, request_id: str) -> Replay:
    """Compute a logged answer again.

    Raises
    ------
    MarqueeError
        There is no such row, it holds no answer, or its bundle is gone or damaged.
    """
    store = open_engine(store_url)
    try:
        logged = find_request(store, request_id)
    finally:
        store.dispose()
    if logged is None:
        raise MarqueeError(
            f"request {request_id}: not in the request log",
            "a request is written within MARQUEE_REQUEST_LOG_FLUSH seconds of its answer",
        )
    if logged.recommendations is None or logged.model_version is None:
        raise MarqueeError(
            f"request {request_id}: was answered with status {logged.status}, and with no movies"
        )
    engine = Engine(load_bundle(home.bundles / logged.model_version))
    found = _answer(engine, logged)
    return Replay(logged, found.movie_ids, found.scores)


def _answer(engine: Engine, logged: RequestRecord) -> RankedMovies:
    question = question_of(logged)
    if isinstance(question, RecommendQuestion):
        return engine.recommend(question)
    if isinstance(question, PopularQuestion):
        return engine.popular(question)
    return engine.similar(question)
