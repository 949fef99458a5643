"""The few best of many, exactly and without sorting the rest."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def smallest(costs: NDArray[Any], depth: int) -> NDArray[np.int32]:
    """Columns of the smallest entries of each row, smallest first, ties by column.

    Everything below the depth-th smallest entry is in, and of those equal to
    it the first columns fill what is left.

    Parameters
    ----------
    costs : array (n_rows, n_columns)
        May hold infinities, no nan.
    depth : int
        From 1 to n_columns.

    Returns
    -------
    array of int32 (n_rows, depth)
    """
    limit = np.partition(costs, depth - 1, axis=1)[:, depth - 1, None]
    kept = costs <= limit
    crowded = np.flatnonzero(np.count_nonzero(kept, axis=1) > depth)
    if len(crowded):
        below = costs[crowded] < limit[crowded]
        tied = kept[crowded] & ~below
        room = depth - np.count_nonzero(below, axis=1)[:, None]
        kept[crowded] = below | (tied & (np.cumsum(tied, axis=1) <= room))
    columns = np.nonzero(kept)[1].reshape(len(costs), depth)
    order = np.argsort(np.take_along_axis(costs, columns, axis=1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, axis=1).astype(np.int32)
