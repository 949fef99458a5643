"""Answers about movies and histories; ``orjson.dumps`` takes each as it is."""

from dataclasses import dataclass

from webapp.recommender.answers import Match


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
