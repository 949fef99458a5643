"""What can be asked of an engine: immutable, hashable, so each serves as its own cache key.

Lists are tuples. Nothing is checked here: bounds on `k`, paging and list
lengths are the caller's business.
"""

from dataclasses import dataclass
from typing import Literal

Window = Literal["all_time", "trending"]
MovieOrder = Literal["movie_id", "title", "year", "popularity", "rating"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which movies may be answered; the default lets every movie pass.

    Attributes
    ----------
    genres : tuple of str
        A movie needs at least one of them, compared without regard to case;
        a genre that no movie has lets nothing pass. Empty: any genre, or none.
    year_min, year_max : int or None
        Bounds of the release year, both included; a movie without a year
        passes neither.
    """

    genres: tuple[str, ...] = ()
    year_min: int | None = None
    year_max: int | None = None

    def __bool__(self) -> bool:
        return bool(self.genres) or self.year_min is not None or self.year_max is not None


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class RecommendQuestion:
    """What to recommend.

    Attributes
    ----------
    user_id : int or None
        None for a person without an account.
    k : int
        Movies wanted.
    exclude_seen : bool
        Leave out everything that the user has rated.
    filters : Filters
    seed_movie_ids : tuple of int
        Movies that the person likes; never recommended back.
    seed_genres : tuple of str
        Genres that the person likes: a taste, not a filter.
    exclude_movie_ids : tuple of int
        Movies to leave out; unknown ids do no harm.
    """

    user_id: int | None
    k: int = 10
    exclude_seen: bool = True
    filters: Filters = NO_FILTERS
    seed_movie_ids: tuple[int, ...] = ()
    seed_genres: tuple[str, ...] = ()
    exclude_movie_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SimilarQuestion:
    """What resembles a movie, or several taken together.

    Attributes
    ----------
    movie_ids : tuple of int
        At least one; never answered back.
    k : int
    filters : Filters
    """

    movie_ids: tuple[int, ...]
    k: int = 10
    filters: Filters = NO_FILTERS


@dataclass(frozen=True, slots=True)
class PopularQuestion:
    """What most people like.

    Attributes
    ----------
    k : int
    window : {"all_time", "trending"}
    filters : Filters
    """

    k: int = 10
    window: Window = "all_time"
    filters: Filters = NO_FILTERS


@dataclass(frozen=True, slots=True)
class MoviesQuestion:
    """One page of the edition's movies.

    Attributes
    ----------
    filters : Filters
    order : {"movie_id", "title", "year", "popularity", "rating"}
        The last three begin with the newest, the most and the best rated; the
        best rated by their mean, damped where the ratings are few.
    offset, limit : int
        Movies to skip, and at most to list.
    """

    filters: Filters = NO_FILTERS
    order: MovieOrder = "movie_id"
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """Which movies a person may mean.

    Attributes
    ----------
    text : str
        A title or part of one, as typed; may hold a year.
    limit : int
    """

    text: str
    limit: int = 10


@dataclass(frozen=True, slots=True)
class HistoryQuestion:
    """One page of what a user has rated.

    Attributes
    ----------
    user_id : int
    offset, limit : int
    """

    user_id: int
    offset: int = 0
    limit: int = 50
