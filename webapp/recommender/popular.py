"""What most people like, of all time or lately."""

from functools import lru_cache, partial

import numpy as np

from warehouse.bundle.components import Array
from warehouse.bundle.layout import POPULARITY_WINDOWS
from warehouse.bundle.reader import Bundle
from webapp.recommender.answers import PopularMovies
from webapp.recommender.catalogue import Catalogue
from webapp.recommender.filters import FilterTable, remembered
from webapp.recommender.movie_answers import PopularityRank
from webapp.recommender.questions import Filters, PopularQuestion, Window
from webapp.recommender.ranking import ranked_fields


class Popularity:
    """Movies in the order of their popularity.

    Equal popularity of all time is settled by the trending one, and that by the
    row, as in the bundle's lists by genre.
    """

    def __init__(self, bundle: Bundle, catalogue: Catalogue, filters: FilterTable) -> None:
        self._catalogue, self._model_version = catalogue, bundle.model_version
        half_life = bundle.metadata["trending_half_life_days"]
        self._sources = {
            "all_time": "all time",
            "trending": f"trending, half-life {half_life} days",
        }
        self.scores = {
            window: np.asarray(bundle.popularity[number], dtype=np.float32)
            for number, window in enumerate(POPULARITY_WINDOWS)
        }
        all_time, trending = bundle.popularity
        orders = {
            "all_time": np.lexsort((-trending, -all_time)).astype(np.int32),
            "trending": np.argsort(-trending, kind="stable").astype(np.int32),
        }
        self._ranks = {window: _inverse(order) for window, order in orders.items()}
        remember = lru_cache(remembered(len(trending), 4))
        self._ordered = remember(partial(_ordered, orders, filters))

    def best(
        self, window: Window, filters: Filters, k: int, excluded: Array | None = None
    ) -> tuple[Array, Array]:
        """Up to k rows, most popular first, and their popularity as float32.

        Parameters
        ----------
        window : {"all_time", "trending"}
        filters : Filters
        k : int
        excluded : int array, optional
            Rows that must not come back.
        """
        ordered = self._ordered(window, filters)
        if excluded is None:
            rows = ordered[:k]
        else:
            first = ordered[: k + len(excluded)]
            keep = np.ones(len(self._catalogue.positions), dtype=np.bool_)
            keep[excluded] = False
            rows = first[keep[first]][:k]
        return rows, self.scores[window][rows]

    def answer(self, question: PopularQuestion) -> PopularMovies:
        """Answer a question; fewer than `k` movies where no more pass the filters."""
        ranked = self.best(question.window, question.filters, question.k)
        return PopularMovies(
            **ranked_fields(self._catalogue, self._model_version, ranked, question.k),
            source=self._sources[question.window],
        )

    def ranks(self, row: int) -> dict[str, PopularityRank]:
        """How one movie stands, by window."""
        return {
            window: PopularityRank(
                score=float(self.scores[window][row]), rank=int(self._ranks[window][row]) + 1
            )
            for window in POPULARITY_WINDOWS
        }


def _inverse(order: Array) -> Array:
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order), dtype=order.dtype)
    return ranks


def _ordered(
    orders: dict[str, Array], table: FilterTable, window: Window, filters: Filters
) -> Array:
    """Rows that pass the filters, most popular first."""
    order, mask = orders[window], table.mask(filters)
    return order if mask is None else order[mask[order]]
