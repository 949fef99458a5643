"""Long rankings kept for whoever asks about the same person or movie again.

Filters and the number of movies wanted differ from question to question, the
ranking that they are taken from does not.
"""

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np

from warehouse.bundle.components import Array

Ranked = tuple[Array, Array]


class KeptRankings:
    """Rankings of one bundle, a bounded number of them.

    Parameters
    ----------
    rank : callable
        From a key and a depth to rows and scores, best first; fewer than
        the depth where there are no more.
    depth : int
        Length of a ranking, at 8 bytes a movie.
    kept : int
        Rankings kept; 0 keeps none.
    """

    def __init__(self, rank: Callable[[int, int], Ranked], depth: int, kept: int) -> None:
        self._depth = depth
        self._recall = lru_cache(kept)(partial(_compact, rank, depth)) if kept else None

    def best(self, key: int, mask: Array | None, k: int) -> Ranked | None:
        """Best k rows, and scores, that the mask lets pass; none if a longer ranking may hold more.

        Parameters
        ----------
        key : int
        mask : bool array (n,) or None
            By row; none lets all of them pass.
        k : int
        """
        if self._recall is None:
            return None
        rows, scores = self._recall(key)
        is_whole = len(rows) < self._depth
        if mask is not None:
            places = mask[rows].nonzero()[0][:k]
            rows, scores = rows[places], scores[places]
        return (rows[:k], scores[:k]) if is_whole or len(rows) >= k else None


def _compact(rank: Callable[[int, int], Ranked], depth: int, key: int) -> Ranked:
    rows, scores = rank(key, depth)
    return rows.astype(np.int32), scores
