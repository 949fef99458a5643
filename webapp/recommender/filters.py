"""From filters to the movies that pass them, remembered."""

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np

from warehouse.bundle.components import Array
from webapp.recommender.catalogue import YEAR_UNKNOWN
from webapp.recommender.questions import Filters

_REMEMBERED_BYTES = 8 << 20
_MOST_REMEMBERED = 4096


def remembered(n_movies: int, width: int) -> int:
    """How many arrays of `n_movies` entries of `width` bytes a cache may keep."""
    return max(8, min(_MOST_REMEMBERED, _REMEMBERED_BYTES // (width * max(n_movies, 1))))


class FilterTable:
    """Movies by year and genre.

    Parameters
    ----------
    years : int32 array (n,)
    genres : tuple of str
    membership : bool array (n_genres, n)
    """

    def __init__(self, years: Array, genres: tuple[str, ...], membership: Array) -> None:
        self.numbers = {genre.casefold(): number for number, genre in enumerate(genres)}
        # Bound to the columns, not to self: an engine that is replaced then goes at once.
        mask = partial(_mask, years, membership, self.numbers)
        self._mask = lru_cache(remembered(len(years), 1))(mask)
        self._passing = lru_cache(remembered(len(years), 8))(partial(_passing, self._mask))

    def mask(self, filters: Filters) -> Array | None:
        """Whether each movie passes, bool and read-only; none stands for all of them."""
        return self._mask(filters) if filters else None

    def passing(self, filters: Filters) -> Array | None:
        """Movies that pass, int64, ascending and read-only; none stands for all of them."""
        return self._passing(filters) if filters else None


def _mask(years: Array, membership: Array, numbers: dict[str, int], filters: Filters) -> Array:
    """Whether each movie passes filters that hold something."""
    conditions = []
    if filters.genres:
        named = {numbers.get(genre.casefold(), -1) for genre in filters.genres} - {-1}
        conditions.append(np.logical_or.reduce(membership[list(named)], axis=0))
    if filters.year_min is not None:
        conditions.append(years >= max(filters.year_min, YEAR_UNKNOWN + 1))
    if filters.year_max is not None:
        conditions.append(years <= filters.year_max)
        if filters.year_min is None:
            conditions.append(years != YEAR_UNKNOWN)
    keep: Array = np.logical_and.reduce(conditions)
    keep.setflags(write=False)
    return keep


def _passing(mask: Callable[[Filters], Array], filters: Filters) -> Array:
    (passing,) = mask(filters).nonzero()
    passing.setflags(write=False)
    return passing
