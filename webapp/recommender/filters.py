"""From filters to the movies that pass them, remembered."""

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np

from warehouse.bundle.components import Array
from webapp.recommender.catalogue import YEAR_UNKNOWN
from webapp.recommender.questions import Filters

_REMEMBERED_BYTES = 8 << 20
_MOST_REMEMBERED = 512


def remembered_lists(n_movies: int) -> int:
    """How many lists of up to `n_movies` numbers of 8 bytes a cache may keep."""
    return max(8, min(_MOST_REMEMBERED, _REMEMBERED_BYTES // (8 * max(n_movies, 1))))


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
        remember = lru_cache(remembered_lists(len(years)))
        self._mask = remember(partial(_mask, years, membership, self.numbers))
        self._passing = remember(partial(_passing, self._mask))

    def mask(self, filters: Filters) -> Array | None:
        """Whether each movie passes, bool and read-only; none stands for all of them."""
        return self._mask(filters) if filters else None

    def passing(self, filters: Filters) -> Array | None:
        """Movies that pass, int64, ascending and read-only; none stands for all of them."""
        return self._passing(filters) if filters else None


def _mask(years: Array, membership: Array, numbers: dict[str, int], filters: Filters) -> Array:
    keep = np.ones(len(years), dtype=np.bool_)
    if filters.genres:
        named = {genre.casefold() for genre in filters.genres}
        keep &= membership[[numbers[name] for name in named if name in numbers]].any(axis=0)
    if filters.year_min is not None or filters.year_max is not None:
        keep &= years != YEAR_UNKNOWN
    if filters.year_min is not None:
        keep &= years >= filters.year_min
    if filters.year_max is not None:
        keep &= years <= filters.year_max
    keep.setflags(write=False)
    return keep


def _passing(mask: Callable[[Filters], Array], filters: Filters) -> Array:
    passing = np.flatnonzero(mask(filters))
    passing.setflags(write=False)
    return passing
