"""The movies of highest score, exactly, without sorting the rest."""

import math

import numpy as np

from warehouse.bundle.components import Array

_CHUNK = 64


def candidates(scores: Array, k: int, margin: float) -> Array:
    """Positions, ascending, of all scores that come within `margin` of the k-th largest.

    A few more may be among them. The k-th largest of the maxima of fixed chunks
    is a lower bound of the k-th largest score, since k different scores reach it;
    what reaches the bound is so little that it can be partitioned.

    Parameters
    ----------
    scores : float array (n,)
        Minus infinity where a position must not come back.
    k : int
        At least 1.
    margin : float
        0 or more.
    """
    found: Array
    if len(scores) <= k:
        return np.flatnonzero(scores > -np.inf)
    starts = np.arange(0, len(scores), _CHUNK)
    if len(starts) > k:
        maxima = np.maximum.reduceat(scores, starts)
        bound = float(np.partition(maxima, len(maxima) - k)[len(maxima) - k])
        found = np.flatnonzero(scores >= bound - margin if bound > -np.inf else scores > bound)
    else:
        found = np.flatnonzero(scores > -np.inf)
    if len(found) > k:
        reached = scores[found]
        kth = float(np.partition(reached, len(reached) - k)[len(reached) - k])
        found = found[reached >= kth - margin]
    return found


class ExactRanking:
    """Best rows of ``matrix @ vector + offset``, whatever path the sums took.

    Float32 sums differ in their last digits with the shape of the product. They
    only choose candidates here, with a margin that covers their error; what is
    ranked and answered are the candidates' sums in float64, rounded to float32
    once. The same question so has the same answer alone or in a batch,
    filtered or not, on any machine.

    Parameters
    ----------
    matrix : float32 array (n, d)
    offset : float32 array (n,)
    """

    def __init__(self, matrix: Array, offset: Array) -> None:
        self.matrix, self.offset = matrix, offset
        squares = np.einsum("ij,ij->i", matrix, matrix, dtype=np.float64)
        self._longest = math.sqrt(float(squares.max(initial=0.0)))
        self._highest = float(np.abs(offset).max(initial=0.0))
        # A sum of n float32 products errs by at most n rounding units of the lengths' product;
        # twice for the two sides of a comparison, twice to be generous.
        self._unit = 4 * (matrix.shape[1] + 2) * float(np.finfo(np.float32).eps)

    def scores(self, vector: Array) -> Array:
        """Score of every row, float32 ``(n,)``, close to exact."""
        scores = self.matrix @ vector
        scores += self.offset
        return np.asarray(scores)

    def best(
        self,
        vector: Array,
        k: int,
        rows: Array | None = None,
        excluded: Array | None = None,
        bonus: Array | None = None,
    ) -> tuple[Array, Array]:
        """Up to k rows of highest score.

        Parameters
        ----------
        vector : float32 array (d,)
        k : int
        rows : int array, optional
            Rows to choose from, ascending; default all.
        excluded : int array, optional
            Rows that must not come back.
        bonus : float64 array (n,), optional
            Added to the scores.

        Returns
        -------
        tuple of int and float32 arrays (k or fewer,)
            Rows and scores, descending; ties in the order of the rows.
        """
        scores = self.scores(vector)
        if bonus is not None:
            scores += bonus
        if excluded is not None:
            scores[excluded] = -np.inf
        return self._pick(scores if rows is None else scores[rows], vector, k, rows, bonus)

    def _pick(
        self, scores: Array, vector: Array, k: int, rows: Array | None, bonus: Array | None
    ) -> tuple[Array, Array]:
        """Rank the candidates among `scores`, those of `rows`."""
        length = math.sqrt(float(vector @ vector))
        margin = self._unit * (length * self._longest + self._highest)
        found = candidates(scores, k, margin)
        if rows is not None:
            found = rows[found]
        exact = np.vecdot(self.matrix[found].astype(np.float64), vector.astype(np.float64))
        exact += self.offset[found]
        if bonus is not None:
            exact += bonus[found]
        rounded = exact.astype(np.float32)
        order = np.argsort(-rounded, kind="stable")[:k]
        return found[order], rounded[order]
