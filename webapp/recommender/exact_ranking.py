"""Ranking by ``matrix @ vector + offset``, whatever path the sums take."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from warehouse.bundle.components import Array
from webapp.recommender.top_k import Selection, near_top

# Below this share of the rows, gathering them costs less than multiplying them all.
_GATHERED_SHARE = 8
_BLOCK_BYTES = 8 << 20


class ExactRanking:
    """Best rows of ``matrix @ vector + offset``, and the same ones by every path.

    The last digits of float32 sums change with the shape of the product and the
    machine. They only choose candidates here, with a margin that covers their
    error; what is ranked and answered are the candidates' sums in float64,
    rounded to float32 once. So a question has one answer, alone or in a batch,
    filtered or not, and again when it is replayed.

    Parameters
    ----------
    matrix : float32 array (n, d)
    offset : float32 array (n,)
    """

    def __init__(self, matrix: Array, offset: Array) -> None:
        self.matrix, self.offset = matrix, offset
        squares = np.einsum("ij,ij->i", matrix, matrix)
        self._longest = math.sqrt(float(squares.max(initial=0.0)))
        self._highest = float(np.abs(offset).max(initial=0.0))
        # A float32 sum of d products errs by at most d rounding units of the product of the
        # lengths. Two such sums are compared; doubled again for the sums of these bounds.
        self._unit = float(4 * (matrix.shape[1] + 2) * np.finfo(np.float32).eps)

    def scores(self, vector: Array) -> Array:
        """Score of every row, float32 ``(n,)``, up to the margin; a new array."""
        scores: Array = self.matrix @ vector
        scores += self.offset
        return scores

    def best(
        self, vector: Array, selection: Selection, bonus: Array | None = None
    ) -> tuple[Array, Array]:
        """Up to k rows of highest score.

        Parameters
        ----------
        vector : float32 array (d,)
        selection : Selection
        bonus : float32 array (n,), optional
            Added to the scores.

        Returns
        -------
        tuple of int and float32 arrays (k or fewer,)
            Rows and scores, descending; ties in the order of the rows.
        """
        passing = selection.passing
        few = passing is not None and len(passing) * _GATHERED_SHARE < len(self.matrix)
        if few and bonus is None:
            rows = selection.allowed(len(self.matrix))
            scores = self.matrix.take(rows, axis=0) @ vector
            scores += self.offset[rows]
            near = rows[near_top(scores, selection.k, self._margin(vector))]
            return self._ranked(near, vector, selection.k)
        scores = self.scores(vector)
        if bonus is not None:
            scores += bonus
        return self._refined(scores, vector, selection, bonus)

    def best_of_each(
        self, wanted: Sequence[tuple[Array, Selection]]
    ) -> Iterator[tuple[Array, Array]]:
        """Yield what `best` returns for each vector and selection."""
        block = max(1, _BLOCK_BYTES // (4 * max(len(self.matrix), 1)))
        for start in range(0, len(wanted), block):
            together = wanted[start : start + block]
            products = np.stack([vector for vector, _ in together]) @ self.matrix.T
            products += self.offset
            for scores, (vector, selection) in zip(products, together, strict=True):
                yield self._refined(scores, vector, selection)

    def _refined(
        self, scores: Array, vector: Array, selection: Selection, bonus: Array | None = None
    ) -> tuple[Array, Array]:
        """Rank the rows that can be among the best by scores of float32 sums."""
        near = selection.rows_near_top(scores, self._margin(vector, bonus))
        return self._ranked(near, vector, selection.k, bonus)

    def _margin(self, vector: Array, bonus: Array | None = None) -> float:
        """How far two float32 scores may lie apart whose order is not certain."""
        highest = self._highest
        if bonus is not None:
            highest += float(np.abs(bonus).max(initial=0.0))
        length = math.sqrt(float(vector @ vector))
        return self._unit * (length * self._longest + highest)

    def _ranked(
        self, rows: Array, vector: Array, k: int, bonus: Array | None = None
    ) -> tuple[Array, Array]:
        """Rank rows by float64 sums; one row's sum does not depend on the others."""
        exact = np.vecdot(
            self.matrix.take(rows, axis=0).astype(np.float64), vector.astype(np.float64)
        )
        exact += self.offset[rows]
        if bonus is not None:
            exact += bonus[rows]
        rounded = exact.astype(np.float32)
        order = (-rounded).argsort(kind="stable")[:k]
        return rows[order], rounded[order]
