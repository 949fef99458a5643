"""What a person has named to begin with: movies and genres."""

from dataclasses import dataclass

import numpy as np

from warehouse.bundle.components import Array
from webapp.recommender.catalogue import Catalogue
from webapp.recommender.filters import FilterTable
from webapp.recommender.questions import RecommendQuestion


@dataclass(frozen=True, slots=True)
class Seeds:
    """Seeds of a question, sorted into those that can be used and the others.

    Attributes
    ----------
    rows : int64 array
        Rows of the movies, ascending.
    genres : list of int
        Numbers of the genres, ascending.
    ignored_movie_ids : list of int
    ignored_genres : list of str
    """

    rows: Array
    genres: list[int]
    ignored_movie_ids: list[int]
    ignored_genres: list[str]


NO_SEEDS = Seeds(np.empty(0, dtype=np.int64), [], [], [])


def usable_seeds(question: RecommendQuestion, catalogue: Catalogue, table: FilterTable) -> Seeds:
    """Look up the seeds of a question."""
    if not question.seed_movie_ids and not question.seed_genres:
        return NO_SEEDS
    movies = {movie: catalogue.find_row(movie) for movie in question.seed_movie_ids}
    genres = {genre: table.numbers.get(genre.casefold()) for genre in question.seed_genres}
    rows = sorted(row for row in movies.values() if row is not None)
    return Seeds(
        np.array(rows, dtype=np.int64),
        sorted({number for number in genres.values() if number is not None}),
        [movie for movie, row in movies.items() if row is None],
        [genre for genre, number in genres.items() if number is None],
    )
