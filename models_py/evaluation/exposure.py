"""Who gets shown: how the lists of all known users spread over the catalogue."""

import numpy as np
from numpy.typing import NDArray

from models_py.evaluation.ranking import RankedLists


def item_exposure(lists: RankedLists, n_items: int) -> NDArray[np.int64]:
    """Count in how many lists each movie of the catalogue stands, shape (n_items,)."""
    counts: NDArray[np.int64] = np.bincount(
        lists.items[lists.items >= 0].astype(np.int64), minlength=n_items
    ).astype(np.int64)
    return counts


def coverage(counts: NDArray[np.int64]) -> float:
    """Share of the catalogue that stands in at least one list."""
    return float(np.count_nonzero(counts) / len(counts))


def gini(counts: NDArray[np.int64]) -> float:
    """Gini coefficient of exposure over the whole catalogue: 0 even, towards 1 on few movies.

    ``sum_i (2 i - n - 1) x_i / (n sum_i x_i)``, x ascending, i from 1 to n;
    0 where nothing is shown at all.
    """
    ascending = np.sort(counts).astype(np.float64)
    n = len(ascending)
    if not ascending.sum():
        return 0.0
    ranks = np.arange(1, n + 1)
    return float(((2 * ranks - n - 1) * ascending).sum() / (n * ascending.sum()))
