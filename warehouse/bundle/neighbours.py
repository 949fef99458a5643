"""What is similar to what: the vectors behind the index and the precomputed neighbours."""

import numpy as np

from warehouse.bundle.components import Array, HistoryComponent
from warehouse.bundle.fold_in import FoldIn

NEIGHBOURS = 100
_BATCH = 1024


def similarity_vectors(item_embeddings: Array, fold_in: FoldIn) -> Array:
    """Make unit vectors, float32 ``(n_items, d)``, whose inner product is the likeness of movies.

    The blocks of components that read a history enter, centred over the
    catalogue, scaled to a common mean length and multiplied by the larger of
    the component's weights. Blocks that hold a prior are set to zero: that two
    movies are equally popular does not make them alike. A movie without any
    factor keeps a zero vector and is similar to nothing.
    """
    blocks, start = [], 0
    for component in fold_in.components:
        block = item_embeddings[:, start : start + component.dimensions].astype(np.float64)
        start += component.dimensions
        known = np.linalg.norm(block, axis=1) > 0
        if not isinstance(component, HistoryComponent) or not known.any():
            blocks.append(np.zeros_like(block))
            continue
        block[known] -= block[known].mean(axis=0)
        length = np.sqrt((block[known] ** 2).sum(axis=1).mean())
        weight = max(component.weight, component.returning_weight or 0.0)
        blocks.append(block * (weight / length if length > 0 else 0.0))
    joined = np.hstack(blocks)
    norms = np.linalg.norm(joined, axis=1, keepdims=True)
    units = np.divide(joined, norms, out=np.zeros_like(joined), where=norms > 0)
    return np.asarray(units, dtype=np.float32)


def nearest(vectors: Array, count: int = NEIGHBOURS) -> tuple[Array, Array]:
    """Most similar other rows of every row, exactly.

    Parameters
    ----------
    vectors : float32 array (n, d)
        From `similarity_vectors`.

    Returns
    -------
    tuple of int32 and float32 arrays (n, min(count, n - 1))
        Rows and cosines, most similar first; ties in the order of the rows.
    """
    total = len(vectors)
    count = min(count, total - 1)
    if count < 1:
        return np.empty((total, 0), dtype=np.int32), np.empty((total, 0), dtype=np.float32)
    rows = np.empty((total, count), dtype=np.int32)
    scores = np.empty((total, count), dtype=np.float32)
    for start in range(0, total, _BATCH):
        similarity = vectors[start : start + _BATCH] @ vectors.T
        own = np.arange(len(similarity))
        similarity[own, start + own] = -np.inf
        rows[start : start + _BATCH] = top = _top_rows(similarity, count)
        scores[start : start + _BATCH] = np.take_along_axis(similarity, top, axis=1)
    return rows, scores


def _top_rows(similarity: Array, count: int) -> Array:
    """Columns of the `count` largest of each row, descending, ties by column."""
    top = np.empty((len(similarity), count), dtype=np.int32)
    thresholds = -np.partition(-similarity, count - 1, axis=1)[:, count - 1]
    for number, (row, threshold) in enumerate(zip(similarity, thresholds, strict=True)):
        candidates = np.flatnonzero(row >= threshold)
        top[number] = candidates[np.argsort(-row[candidates], kind="stable")][:count]
    return top
