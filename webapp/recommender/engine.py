"""One door to every answer, all of them from one bundle."""

from collections.abc import Sequence

import numpy as np

from warehouse.bundle.reader import Bundle
from webapp.recommender.answers import PopularMovies, Recommendations, SimilarMovies
from webapp.recommender.catalogue import Catalogue
from webapp.recommender.facts import Facts
from webapp.recommender.filters import FilterTable
from webapp.recommender.history import Histories
from webapp.recommender.movie_answers import (
    FoundMovie,
    GenreCount,
    HistoryPage,
    MovieDetails,
    MoviesPage,
)
from webapp.recommender.movies import Movies
from webapp.recommender.popular import Popularity
from webapp.recommender.questions import (
    HistoryQuestion,
    MoviesQuestion,
    PopularQuestion,
    RecommendQuestion,
    SearchQuestion,
    SimilarQuestion,
)
from webapp.recommender.recommend import Recommender
from webapp.recommender.search import Search
from webapp.recommender.similar import Similarity


class Engine:
    """Answers from a bundle; safe to ask from several threads.

    It takes what it needs out of the bundle and keeps no reference to it, so
    that the features of the movies need not stay in memory as Python objects.

    Parameters
    ----------
    bundle : Bundle
    kept : int
        Rankings of users, and as many of movies, that are kept; 0 keeps none.

    Attributes
    ----------
    model_version : str
        Every answer is from this version.
    facts : Facts
    """

    def __init__(self, bundle: Bundle, kept: int = 0) -> None:
        self.model_version = bundle.model_version
        self.facts = Facts.of(bundle)
        catalogue = Catalogue(bundle)
        years, genres, membership = catalogue.years, catalogue.genres, catalogue.membership
        rows = catalogue.positions
        of_rows = FilterTable(years[rows], genres, np.ascontiguousarray(membership[:, rows]))
        of_positions = FilterTable(years, genres, membership)
        popularity = Popularity(bundle, catalogue, of_rows)
        self._popularity = popularity
        self._recommender = Recommender(bundle, catalogue, of_rows, popularity, kept)
        self._similarity = Similarity(bundle, catalogue, of_rows, kept)
        self._movies = Movies(catalogue, of_positions, popularity, bundle.metadata["rating_values"])
        self._search = Search(catalogue)
        self._histories = Histories(bundle, catalogue)

    def recommend(self, question: RecommendQuestion) -> Recommendations:
        """Recommend movies to a person; see `webapp.recommender.recommend`."""
        return self._recommender.answer(question)

    def recommend_batch(self, questions: Sequence[RecommendQuestion]) -> list[Recommendations]:
        """Answer many questions as `recommend` answers each."""
        return self._recommender.answer_many(questions)

    def similar(self, question: SimilarQuestion) -> SimilarMovies:
        """Name the movies that resemble one or several.

        Raises
        ------
        MovieNotInCatalogue, MovieNotTrained
        """
        return self._similarity.answer(question)

    def popular(self, question: PopularQuestion) -> PopularMovies:
        """Name the most popular movies."""
        return self._popularity.answer(question)

    def movies(self, question: MoviesQuestion) -> MoviesPage:
        """List a page of the edition's movies."""
        return self._movies.page(question)

    def movie(self, movie_id: int) -> MovieDetails:
        """Describe a movie of the edition.

        Raises
        ------
        MovieNotInCatalogue
        """
        return self._movies.details(movie_id)

    def search(self, question: SearchQuestion) -> list[FoundMovie]:
        """Find movies by title; see `webapp.recommender.search`."""
        return self._search.answer(question)

    def genres(self) -> list[GenreCount]:
        """List the genres with their counts, by name."""
        return self._movies.genres

    def history(self, question: HistoryQuestion) -> HistoryPage:
        """List a page of what a user has rated.

        Raises
        ------
        UserNotKnown, UserWithoutHistory
        """
        return self._histories.page(question)
