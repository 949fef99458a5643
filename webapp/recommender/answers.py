"""What an engine answers: immutable, plain Python values, finite numbers.

``orjson.dumps`` takes every answer as it is; ranked movies also come as bytes
put together from fragments that were encoded when the bundle was loaded.
"""

from dataclasses import dataclass, field
from typing import Literal

import orjson

Strategy = Literal["personal", "seeds", "seed_genres", "seeds_and_genres", "popular"]
FallbackReason = Literal["unknown_user", "no_history", "no_user", "no_usable_seeds"]
Match = Literal["exact", "prefix", "words", "fuzzy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedMovies:
    """Movies with scores, best first.

    Attributes
    ----------
    movie_ids : list of int
    scores : list of float
        Float32 values, each written as the shortest decimal that reads back as it.
    exhausted : bool
        Whether fewer than `k` movies were left to answer.
    model_version : str
    """

    movie_ids: list[int]
    scores: list[float]
    exhausted: bool
    model_version: str
    _fragments: list[tuple[bytes, bytes]] = field(repr=False, compare=False)

    def items_json(self) -> bytes:
        """JSON array of objects ``movie_id, title, score, year, genres``."""
        texts = orjson.dumps(self.scores)[1:-1].split(b",")
        return b"[%b]" % b",".join(
            [head + text + tail for (head, tail), text in zip(self._fragments, texts, strict=False)]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendations(RankedMovies):
    """Answer to `RecommendQuestion`; equal scores in the order of the movie ids.

    Attributes
    ----------
    user_id : int or None
    strategy : str
        What the scores come from: the user's vector (``personal``); a vector
        that the seed movies were folded into (``seeds``); the seed genres
        (``seed_genres``), or both; popularity (``popular``).
    is_fallback : bool
        Whether the answer is not made for this person.
    fallback_reason : str or None
        ``unknown_user``, ``no_history``, ``no_user`` (none was named) or
        ``no_usable_seeds``.
    ignored_seed_movie_ids : list of int
        Seeds that the model does not know.
    ignored_seed_genres : list of str
        Seeds that no movie has.
    """

    user_id: int | None
    strategy: Strategy
    is_fallback: bool
    fallback_reason: FallbackReason | None
    ignored_seed_movie_ids: list[int]
    ignored_seed_genres: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarMovies(RankedMovies):
    """Answer to `SimilarQuestion`; the scores are cosines, all above zero.

    Attributes
    ----------
    seed_movie_ids : list of int
        As asked, without repetition.
    seed_titles : list of str
    """

    seed_movie_ids: list[int]
    seed_titles: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PopularMovies(RankedMovies):
    """Answer to `PopularQuestion`; the scores are the popularity.

    Attributes
    ----------
    source : str
        What was counted, in words.
    """

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovieSummary:
    """A movie in a list.

    Attributes
    ----------
    movie_id : int
    title : str
    year : int or None
    genres : list of str
    n_ratings : int
    mean_rating : float or None
        In stars; none where there is no rating.
    is_trained : bool
        Whether the model knows the movie, so that it can be recommended.
    """

    movie_id: int
    title: str
    year: int | None
    genres: list[str]
    n_ratings: int
    mean_rating: float | None
    is_trained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MoviesPage:
    """Answer to `MoviesQuestion`.

    Attributes
    ----------
    total : int
        Movies that pass the filters, on all pages.
    offset, limit : int
    movies : list of MovieSummary
    """

    total: int
    offset: int
    limit: int
    movies: list[MovieSummary]


@dataclass(frozen=True, slots=True, kw_only=True)
class PopularityRank:
    """How a movie stands among all that the model knows.

    Attributes
    ----------
    score : float
    rank : int
        From 1, the most popular.
    """

    score: float
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingCount:
    """How many ratings of so many stars."""

    rating: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MovieDetails(MovieSummary):
    """Everything that the bundle knows of one movie.

    Attributes
    ----------
    n_positives : int
        Ratings that count as liking.
    popularity : dict of str to PopularityRank, or None
        By window; none for a movie that the model does not know.
    rating_distribution : list of RatingCount
        By ascending stars, every value of the edition.
    """

    n_positives: int
    popularity: dict[str, PopularityRank] | None
    rating_distribution: list[RatingCount]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMovie(MovieSummary):
    """A movie that a search found.

    Attributes
    ----------
    match : {"exact", "prefix", "words", "fuzzy"}
        How the title agrees with the text, the best first.
    """

    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class GenreCount:
    """A genre, with the edition's movies of it and those among them that the model knows."""

    genre: str
    n_movies: int
    n_trained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedMovie:
    """A movie that a user has rated.

    Attributes
    ----------
    movie_id : int
    title : str
    year : int or None
    genres : list of str
    rating : float
        Stars.
    rated_at : str
        ISO instant, UTC.
    """

    movie_id: int
    title: str
    year: int | None
    genres: list[str]
    rating: float
    rated_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """Answer to `HistoryQuestion`, newest first.

    Attributes
    ----------
    user_id : int
    total : int
        Rated movies on all pages: those that the model knows.
    offset, limit : int
    ratings : list of RatedMovie
    """

    user_id: int
    total: int
    offset: int
    limit: int
    ratings: list[RatedMovie]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an engine answers from.

    Attributes
    ----------
    model_version, model_name, dataset : str
    cutoff : str
        ISO instant; the model has seen what is strictly before it.
    content_hash : str
        Of the bundle's files.
    n_users, n_items : int
        Users and movies that the model knows.
    n_movies : int
        Movies of the edition.
    dimensions : int
    """

    model_version: str
    model_name: str
    dataset: str
    cutoff: str
    content_hash: str
    n_users: int
    n_items: int
    n_movies: int
    dimensions: int
