"""Schemas of what is asked, by endpoint."""

from typing import Any, get_args

from webapp.recommender.questions import MovieOrder, Window
from webapp.schemas.fields import (
    LARGEST_ID,
    Choice,
    ListOf,
    Part,
    Text,
    TrueOrFalse,
    WholeNumber,
)
from webapp.schemas.loading import Question

LARGEST_BATCH = 1_000
_LARGEST_YEAR = 9_999
_MOST_EXCLUDED = 1_000
_MOST_SEEDS = 100
_MOST_SIMILAR_SEEDS = 20
_MOST_GENRES = 30
_LONGEST_PAGE = 200
_LARGEST_OFFSET = 10_000_000


def _id(example: int, **options: Any) -> WholeNumber:
    return WholeNumber(1, LARGEST_ID, metadata={"example": example}, **options)


def _year(example: int, which: str, **options: Any) -> WholeNumber:
    described = {"example": example, "description": f"{which} year of release, itself included."}
    return WholeNumber(0, _LARGEST_YEAR, metadata=described, **options)


def _genres(description: str) -> ListOf:
    described = {"example": ["Comedy", "Drama"], "description": description}
    return ListOf(Text(60), _MOST_GENRES, metadata=described)


class Filters(Question):
    """Which movies may be answered."""

    genres = _genres("A movie needs at least one of them.")
    year_min = _year(1980, "First", allow_none=True)
    year_max = _year(1999, "Last", allow_none=True)


def _k(max_k: int) -> WholeNumber:
    described = {"example": 10, "description": "Movies wanted."}
    return WholeNumber(1, max_k, load_default=10, metadata=described)


def recommend_request(max_k: int) -> Question:
    """Make the schema of ``POST /recommend``."""

    class RecommendRequest(Question):
        """Whom to recommend movies to, and which."""

        user_id = _id(42, allow_none=True, load_default=None)
        k = _k(max_k)
        exclude_seen = TrueOrFalse(load_default=True, metadata={"example": True})
        filters = Part(Filters)
        exclude_movie_ids = ListOf(_id(50), _MOST_EXCLUDED, metadata={"example": [50, 181]})
        seed_movie_ids = ListOf(
            _id(1),
            _MOST_SEEDS,
            metadata={
                "example": [1, 260],
                "description": "Movies that the person likes, on top of what is known.",
            },
        )
        seed_genres = _genres("Genres that the person likes: a taste, not a filter.")

    return RecommendRequest()


def batch_request(max_k: int) -> Question:
    """Make the schema of ``POST /recommend/batch``."""

    class BatchRequest(Question):
        """The users to recommend movies to, each as in ``/recommend``."""

        user_ids = ListOf(
            _id(42), LARGEST_BATCH, shortest=1, required=True, metadata={"example": [42, 43]}
        )
        k = _k(max_k)
        exclude_seen = TrueOrFalse(load_default=True, metadata={"example": True})
        filters = Part(Filters)
        exclude_movie_ids = ListOf(_id(50), _MOST_EXCLUDED, metadata={"example": [50, 181]})

    return BatchRequest()


def similar_request(max_k: int) -> Question:
    """Make the schema of ``POST /similar``; at least one of the two kinds of seed is needed."""

    class SimilarRequest(Question):
        """The movie, or movies, to find the like of."""

        movie_id = _id(1)
        movie_ids = ListOf(_id(1), _MOST_SIMILAR_SEEDS, shortest=1, metadata={"example": [1, 260]})
        k = _k(max_k)
        filters = Part(Filters)

    return SimilarRequest()


def popular_query(max_k: int) -> Question:
    """Make the schema of the query of ``GET /popular``."""

    class PopularQuery(Question):
        """What to count, and among which movies."""

        k = _k(max_k)
        genre = Text(60, metadata={"example": "Comedy"})
        window = Choice(
            get_args(Window),
            load_default="all_time",
            metadata={
                "example": "trending",
                "description": "Every rating alike, or the recent ones more.",
            },
        )
        year_min = _year(1980, "First")
        year_max = _year(1999, "Last")

    return PopularQuery()


class PageQuery(Question):
    """Which part of a list."""

    offset = WholeNumber(
        0,
        _LARGEST_OFFSET,
        load_default=0,
        metadata={"example": 0, "description": "Entries to skip."},
    )
    limit = WholeNumber(
        1, _LONGEST_PAGE, load_default=50, metadata={"example": 20, "description": "Most entries."}
    )


class MoviesQuery(PageQuery):
    """Which movies, in which order."""

    genre = Text(60, metadata={"example": "Comedy"})
    year_min = _year(1980, "First")
    year_max = _year(1999, "Last")
    order = Choice(
        get_args(MovieOrder), load_default="movie_id", metadata={"example": "popularity"}
    )


class SearchQuery(Question):
    """What a person typed."""

    q = Text(
        200,
        required=True,
        metadata={"example": "the matrx", "description": "A title, or part of one."},
    )
    limit = WholeNumber(
        1, 50, load_default=10, metadata={"example": 10, "description": "Most movies to list."}
    )
