"""Long rankings kept for whoever asks about the same person or movie again.

Filters and the number of movies wanted differ from question to question, the
ranking that they are taken from does not.
"""

from collections.abc import Callable
from functools import lru_cache

from warehouse.bundle.components import Array

# Deep enough for ten movies that pass all but the narrowest filters; 2 KB each.
_DEPTH = 256

Ranked = tuple[Array, Array]


class KeptRankings:
    """Rankings of one bundle, a bounded number of them.

    Parameters
    ----------
    rank : callable
        From a key and a depth to rows and scores, best first; fewer than
        the depth where there are no more.
    kept : int
        Rankings kept; 0 keeps none.
    """

    def __init__(self, rank: Callable[[int, int], Ranked], kept: int) -> None:
        self._recall = lru_cache(kept)(lambda key: rank(key, _DEPTH)) if kept else None

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
        is_whole = len(rows) < _DEPTH
        if mask is not None:
            places = mask[rows].nonzero()[0][:k]
            rows, scores = rows[places], scores[places]
        return (rows[:k], scores[:k]) if is_whole or len(rows) >= k else None
