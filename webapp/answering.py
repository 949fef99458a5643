"""Answers of one engine to requests as they arrive, ready to be sent and logged.

An answer depends on nothing but the engine and the bytes of the request, so one
cache, keyed by these bytes, spares reading, checking and ranking alike. It
lives and goes with its engine. What is sent differs in the request id only.
"""

from functools import partial

from marshmallow import ValidationError

from webapp.genres import Genres
from webapp.kept_answers import Answerer, keeper
from webapp.questions import (
    Asked,
    popular_question,
    recommend_question,
    similar_question,
    with_filters,
)
from webapp.ranked_answer import RankedAnswer, ranked, recommended
from webapp.recommender.answers import Recommendations
from webapp.recommender.engine import Engine
from webapp.recommender.errors import UnknownIdError
from webapp.recommender.exploration import Explorer
from webapp.schemas.readers import Readers


class NotAnswerableError(Exception):
    """A request that is valid names something that nothing is known of.

    Attributes
    ----------
    asked : mapping
        The loaded request.
    reason : UnknownIdError
    """

    def __init__(self, asked: Asked, reason: UnknownIdError) -> None:
        super().__init__(reason.message)
        self.asked, self.reason = asked, reason


class Answers:
    """Answers of one engine.

    Parameters
    ----------
    engine : Engine
    readers : Readers
    kept : int
        Answers kept, those of all endpoints together; 0 keeps none.
    explorer : Explorer, optional
        Draws the recommendations; none of those are kept then, as each is drawn anew.

    Attributes
    ----------
    recommend, similar, popular : callable
        From the bytes of the body, or of the query, to a `RankedAnswer`. They
        raise what the readers raise, and `NotAnswerableError`.
    """

    def __init__(
        self, engine: Engine, readers: Readers, kept: int, explorer: Explorer | None = None
    ) -> None:
        self._engine, self._readers, self._explorer = engine, readers, explorer
        # Not methods: an object that holds a cache of its own methods refers to itself, and
        # the engine that it holds would outlive the swap until the next garbage collection.
        keep = keeper(kept)
        self.genres = Genres(counted.genre for counted in engine.genres())
        self.recommend: Answerer = (
            keep(partial(_recommend, engine, readers, self.genres))
            if explorer is None
            else partial(_explore, engine, readers, self.genres, explorer)
        )
        self.similar: Answerer = keep(partial(_similar, engine, readers, self.genres))
        self.popular: Answerer = keep(partial(_popular, engine, readers, self.genres))

    def batch(self, body: bytes) -> list[RankedAnswer]:
        """Answers for several users, in the order asked; never kept."""
        asked = self._readers.batch(body)
        self.genres.check(asked)
        users = asked.pop("user_ids")
        each = [{**asked, "user_id": user} for user in users]
        questions = [recommend_question(one) for one in each]
        if self._explorer is not None:
            questions = [self._explorer.widened(question) for question in questions]
        found = self._engine.recommend_batch(questions)
        return [
            recommended(one, answer, "/recommend/batch")
            if self._explorer is None
            else _explored(one, answer, "/recommend/batch", self._explorer)
            for one, answer in zip(each, found, strict=True)
        ]


def _recommend(engine: Engine, readers: Readers, genres: Genres, body: bytes) -> RankedAnswer:
    asked = readers.recommend(body)
    genres.check(asked)
    return recommended(asked, engine.recommend(recommend_question(asked)), "/recommend")


def _explore(
    engine: Engine, readers: Readers, genres: Genres, explorer: Explorer, body: bytes
) -> RankedAnswer:
    asked = readers.recommend(body)
    genres.check(asked)
    found = engine.recommend(explorer.widened(recommend_question(asked)))
    return _explored(asked, found, "/recommend", explorer)


def _explored(
    asked: Asked, found: Recommendations, endpoint: str, explorer: Explorer
) -> RankedAnswer:
    """Answer that is drawn from `found`, the answer to the widened question."""
    explored = explorer.choose(found, asked["k"])
    answer = recommended(asked, explored.shown, endpoint)
    answer.record.propensities = explored.propensities
    answer.record.greedy = explored.greedy
    return answer


def _similar(engine: Engine, readers: Readers, genres: Genres, body: bytes) -> RankedAnswer:
    asked = readers.similar(body)
    if "movie_id" not in asked and "movie_ids" not in asked:
        raise ValidationError({"movie_id": ["missing: expected a movie_id or movie_ids"]})
    genres.check(asked)
    question = similar_question(asked)
    try:
        found = engine.similar(question)
    except UnknownIdError as error:
        raise NotAnswerableError(asked, error) from error
    members = {
        "movie_id": found.seed_movie_ids[0],
        "title": found.seed_titles[0],
        "movie_ids": found.seed_movie_ids,
        "titles": found.seed_titles,
    }
    return ranked(asked, found, "/similar", members, "similar_items")


def _popular(engine: Engine, readers: Readers, genres: Genres, query: bytes) -> RankedAnswer:
    loaded = readers.popular(query)
    genres.check_one(loaded)
    asked = with_filters(loaded)
    found = engine.popular(popular_question(asked))
    return ranked(asked, found, "/popular", {"source": found.source}, "recommendations")
