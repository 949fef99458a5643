"""Browsing the edition: pages of movies, one movie, its genres."""

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np

from warehouse.bundle.components import Array
from webapp.recommender.catalogue import Catalogue
from webapp.recommender.filters import FilterTable
from webapp.recommender.movie_answers import GenreCount, MovieDetails, MoviesPage, RatingCount
from webapp.recommender.popular import Popularity
from webapp.recommender.questions import MovieOrder, MoviesQuestion

# Ratings at the mean of all that a movie is given on top of its own, so that one
# rating of five stars does not make the best movie.
_DAMPING = 25


def _damped_ratings(catalogue: Catalogue) -> Array:
    counts, means = catalogue.n_ratings, catalogue.mean_ratings
    stars = np.where(counts > 0, counts * means, 0.0)
    mean = stars.sum() / max(int(counts.sum()), 1)
    return np.asarray((stars + _DAMPING * mean) / (counts + _DAMPING))


_KEYS: Mapping[MovieOrder, Callable[[Catalogue], Array]] = {
    "movie_id": lambda catalogue: catalogue.ids,
    "title": lambda catalogue: np.array([title.casefold() for title in catalogue.titles]),
    "year": lambda catalogue: -catalogue.years.astype(np.int64),
    "popularity": lambda catalogue: -catalogue.n_ratings,
    "rating": lambda catalogue: -_damped_ratings(catalogue),
}


class Movies:
    """All movies of the edition, those that the model knows and the others.

    Parameters
    ----------
    catalogue : Catalogue
    filters : FilterTable
        By position.
    popularity : Popularity
    rating_values : list of float
        Stars that ``rating_counts`` of the features count.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        filters: FilterTable,
        popularity: Popularity,
        rating_values: list[float],
    ) -> None:
        self._catalogue, self._filters = catalogue, filters
        self._popularity, self._rating_values = popularity, rating_values
        self._orders: dict[MovieOrder, Array] = {}

    def page(self, question: MoviesQuestion) -> MoviesPage:
        """List one page; ties in the order of the movie ids."""
        order = self._order(question.order)
        mask = self._filters.mask(question.filters)
        if mask is not None:
            order = order[mask[order]]
        return MoviesPage(
            total=len(order),
            offset=question.offset,
            limit=question.limit,
            movies=self._catalogue.summaries(
                order[question.offset : question.offset + question.limit]
            ),
        )

    def details(self, movie_id: int) -> MovieDetails:
        """Describe one movie.

        Raises
        ------
        MovieNotInCatalogue
        """
        position = self._catalogue.position(movie_id)
        features = self._catalogue.features(position)
        row = self._catalogue.find_row(movie_id)
        return MovieDetails(
            **self._catalogue.summary(position),
            n_positives=features["n_positives"],
            popularity=None if row is None else self._popularity.ranks(row),
            rating_distribution=[
                RatingCount(rating=rating, count=count)
                for rating, count in zip(
                    self._rating_values, features["rating_counts"], strict=True
                )
            ],
        )

    @cached_property
    def genres(self) -> list[GenreCount]:
        """Count the movies of every genre, by name."""
        membership = self._catalogue.membership
        trained = membership[:, self._catalogue.positions].sum(axis=1).tolist()
        counted = zip(self._catalogue.genres, membership.sum(axis=1).tolist(), trained, strict=True)
        return [
            GenreCount(genre=genre, n_movies=n_movies, n_trained=n_trained)
            for genre, n_movies, n_trained in counted
        ]

    def _order(self, order: MovieOrder) -> Array:
        """Positions in an order, made when first asked for."""
        if order not in self._orders:
            key = _KEYS[order](self._catalogue)
            self._orders[order] = np.argsort(key, kind="stable").astype(np.int32)
        return self._orders[order]
