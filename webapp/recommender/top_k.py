"""The movies of highest score, without sorting the rest."""

from dataclasses import dataclass

import numpy as np

from warehouse.bundle.components import Array

_LEAST_PARTS, _MOST_PARTS = 8, 64


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows to choose from, and how many.

    Attributes
    ----------
    k : int
        At least 1.
    passing : int array or None
        Rows to choose from, ascending; none stands for all.
    excluded : int array or None
        Rows that must not come back.
    """

    k: int
    passing: Array | None = None
    excluded: Array | None = None

    def allowed(self, n_rows: int) -> Array:
        """Rows to choose from, ascending, without the excluded ones, out of `n_rows`."""
        rows = np.arange(n_rows) if self.passing is None else self.passing
        if self.excluded is None:
            return rows
        keep = np.ones(n_rows, dtype=np.bool_)
        keep[self.excluded] = False
        return np.asarray(rows[keep[rows]])

    def rows_near_top(self, scores: Array, margin: float = 0.0) -> Array:
        """Rows, ascending, whose score comes within `margin` of the k-th largest.

        A few more may be among them.

        Parameters
        ----------
        scores : float array (n,)
            Of every row; the excluded ones are overwritten.
        margin : float
            0 or more.
        """
        if self.excluded is not None:
            # NumPy is slow to look up by numbers of any other width.
            scores[self.excluded.astype(np.intp, copy=False)] = -np.inf
        if self.passing is None:
            return near_top(scores, self.k, margin)
        return np.asarray(self.passing[near_top(scores[self.passing], self.k, margin)])

    def best(self, scores: Array) -> tuple[Array, Array]:
        """Up to k rows and scores, descending; ties in the order of the rows."""
        return ranked(self.rows_near_top(scores), scores, self.k)


def near_top(scores: Array, k: int, margin: float) -> Array:
    """Positions, ascending, of all scores within `margin` of the k-th largest, and few more.

    The scores are laid under one another in parts of equal length. The k-th
    largest of the maxima of the columns is a lower bound of the k-th largest
    score, since k different scores reach it, and so few reach it that the rest
    costs nothing. Partitioning all scores takes several times as long.

    Parameters
    ----------
    scores : float array (n,)
        Minus infinity where a position must not come back.
    k : int
        At least 1.
    margin : float
        0 or more.
    """
    parts = min(max(len(scores) // (16 * k), _LEAST_PARTS), _MOST_PARTS)
    columns = len(scores) // parts
    if columns > k:
        maxima = scores[: parts * columns].reshape(parts, columns).max(axis=0)
        maxima.partition(columns - k)
        bound = maxima[columns - k]
        found = _reaching(scores, bound - margin)
    else:
        found = _reaching(scores, -np.inf)
    if len(found) > 2 * k + _LEAST_PARTS:
        reached = scores[found]
        kth = np.partition(reached, len(reached) - k)[len(reached) - k]
        found = found[reached >= kth - margin]
    return found


def ranked(rows: Array, scores: Array, k: int) -> tuple[Array, Array]:
    """Up to k of `rows`, ascending before, by their `scores`; the scores as well."""
    chosen = scores[rows]
    order = (-chosen).argsort(kind="stable")[:k]
    return rows[order], chosen[order]


def _reaching(scores: Array, bound: float) -> Array:
    """Positions of scores that reach the bound; minus infinity reaches none."""
    return (scores >= bound if bound > -np.inf else scores > bound).nonzero()[0]
