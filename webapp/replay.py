"""Computing a logged answer again, from the bundle that the log names.

What exploration drew cannot be drawn again: of such a request the greedy answer
is computed, and the score of every movie that was shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

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
        As computed now, without exploration.
    scores : mapping of int to float
        By movie, as computed now: at least of those in `movie_ids`, and of
        those in the log that can be recommended now.
    """

    logged: RequestRecord
    movie_ids: list[int]
    scores: Mapping[int, float]

    @property
    def is_explored(self) -> bool:
        """Whether chance had a part in what was shown."""
        return self.logged.greedy is not None

    @property
    def is_same(self) -> bool:
        """Whether ids and scores are exactly those of the log; explored: the greedy ids."""
        shown = self.logged.recommendations or []
        greedy = shown if self.logged.greedy is None else self.logged.greedy
        scores = [self.scores.get(movie) for movie in shown]
        return self.movie_ids == greedy and scores == self.logged.scores


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
        raise _missing(home.request_log_archive, request_id)
    if logged.recommendations is None or logged.model_version is None:
        raise MarqueeError(
            f"request {request_id}: was answered with status {logged.status}, and with no movies"
        )
    engine = Engine(load_bundle(home.bundles / logged.model_version))
    found = _answer(engine, logged)
    scores = dict(zip(found.movie_ids, found.scores, strict=True))
    return Replay(logged, found.movie_ids[: logged.k], scores)


def _missing(archive: Path, request_id: str) -> MarqueeError:
    """Tell where a request may be that the store has not; what serves cannot read Parquet."""
    days = sorted(path.stem for path in archive.glob("[0-9]*.parquet"))
    if not days:
        return MarqueeError(
            f"request {request_id}: not in the request log",
            "a request is written within MARQUEE_REQUEST_LOG_FLUSH seconds of its answer",
        )
    return MarqueeError(
        f"request {request_id}: not in the store; requests older than MARQUEE_LOG_DAYS are "
        f"archived, a file a day, {archive / days[0]}.parquet to {days[-1]}.parquet",
        "`select * from marts.fct_requests` of the published warehouse finds it by its request_id; "
        "only what is in the store is replayed",
    )


def _answer(engine: Engine, logged: RequestRecord) -> RankedMovies:
    question = question_of(logged)
    if logged.greedy is not None:
        # What was shown may rank anywhere.
        question = replace(question, k=engine.facts.n_items)
    if isinstance(question, RecommendQuestion):
        return engine.recommend(question)
    if isinstance(question, PopularQuestion):
        return engine.popular(question)
    return engine.similar(question)
