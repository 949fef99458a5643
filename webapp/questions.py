"""From a loaded request to the engine's question, and from a row of the request log back to it.

A log row holds the request as it was loaded: `user_id`, `k` and `filters` in
columns of their own, everything else in `request`. Both ways lead through the
same functions, so a replayed question is the one that was asked.
"""

from collections.abc import Callable, Mapping
from typing import Any

from warehouse.store.record import RequestRecord
from webapp.recommender.questions import (
    NO_FILTERS,
    Filters,
    PopularQuestion,
    RecommendQuestion,
    SimilarQuestion,
)

Asked = Mapping[str, Any]
RankingQuestion = RecommendQuestion | SimilarQuestion | PopularQuestion
_OWN_COLUMNS = ("user_id", "k", "filters")


def filters_of(asked: Asked) -> Filters:
    """Take the filters of a request; a request without any has `NO_FILTERS`."""
    part = asked.get("filters")
    if not part:
        return NO_FILTERS
    return Filters(tuple(part.get("genres", ())), part.get("year_min"), part.get("year_max"))


def recommend_question(asked: Asked) -> RecommendQuestion:
    """Question of a loaded ``RecommendRequest``."""
    return RecommendQuestion(
        asked["user_id"],
        asked["k"],
        asked["exclude_seen"],
        filters_of(asked),
        tuple(asked.get("seed_movie_ids", ())),
        tuple(asked.get("seed_genres", ())),
        tuple(asked.get("exclude_movie_ids", ())),
    )


def similar_question(asked: Asked) -> SimilarQuestion:
    """Question of a loaded ``SimilarRequest``: the single movie first, then the others."""
    single = (asked["movie_id"],) if "movie_id" in asked else ()
    seeds = dict.fromkeys((*single, *asked.get("movie_ids", ())))
    return SimilarQuestion(tuple(seeds), asked["k"], filters_of(asked))


def popular_question(asked: Asked) -> PopularQuestion:
    """Question of a loaded ``PopularQuery`` after `with_filters`."""
    return PopularQuestion(asked["k"], asked["window"], filters_of(asked))


def with_filters(query: Asked) -> dict[str, Any]:
    """Move the genre and years of a loaded query to ``filters``, where a body has them."""
    filters: dict[str, Any] = {
        name: query[name] for name in ("year_min", "year_max") if name in query
    }
    if "genre" in query:
        filters["genres"] = [query["genre"]]
    plain = {name: value for name, value in query.items() if name not in _FROM_QUERY}
    return {**plain, "filters": filters} if filters else plain


_FROM_QUERY = ("genre", "year_min", "year_max")


def rest_of(asked: Asked) -> dict[str, Any]:
    """Part of a request that has no column of its own in the request log."""
    return {name: value for name, value in asked.items() if name not in _OWN_COLUMNS}


QUESTIONS: Mapping[str, Callable[[Asked], RankingQuestion]] = {
    "/recommend": recommend_question,
    "/recommend/batch": recommend_question,
    "/similar": similar_question,
    "/popular": popular_question,
}


def question_of(record: RequestRecord) -> RankingQuestion:
    """Question that a logged answer was given to.

    Raises
    ------
    KeyError
        The endpoint answers no such questions, or the row lacks a part of one.
    """
    asked = {
        **(record.request or {}),
        "user_id": record.user_id,
        "k": record.k,
        "filters": record.filters,
    }
    return QUESTIONS[record.endpoint](asked)
