"""Pairs of factors for item-item models: what a movie says of a user, and how a movie answers.

An item-item model scores with a matrix B (movies of the history by candidates).
Its truncated singular value decomposition, ``B ~ P V'``, turns it into vectors:
the history's rows of P add up to the user's vector, V holds the movies'.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from models_py.recommenders.ease import gram_matrix, regression_weights


class FactorPair(NamedTuple):
    """Input factors P and item factors V, each float64 (n_items, rank)."""

    inputs: NDArray[np.float64]
    items: NDArray[np.float64]


def truncated(matrix: NDArray[np.floating], rank: int, seed: int) -> FactorPair:
    """Best approximation of a square matrix by a product of two thin ones.

    The singular values are shared between both sides (Eckart and Young 1936).
    The rank is cut to what the matrix admits.
    """
    size = len(matrix)
    start = np.random.default_rng(seed).standard_normal(size)
    wide = matrix.astype(np.float64, copy=False)
    if rank >= size - 1:
        left, values, right = np.linalg.svd(wide)
    else:
        left, values, right = svds(wide, k=rank, v0=start)
        order = np.argsort(-values)
        left, values, right = left[:, order], values[order], right[order]
    shared = np.sqrt(np.maximum(values, 0.0))
    return FactorPair(left * shared, right.T * shared)


def debiased_ease(
    users_items: sparse.csr_array,
    popularity: NDArray[np.float64],
    *,
    l2: float,
    penalty: float,
    rank: int,
    seed: int,
) -> FactorPair:
    """EASE (Steck 2019) whose candidates are divided by ``(popularity + 5) ** penalty``.

    A prior beside it carries popularity; without the division the regression
    would count it twice and leave no room for taste.

    Parameters
    ----------
    users_items : csr_array (n_users, n_items)
        Weights of the interactions.
    popularity : float64 array (n_items,)
        Number of positives.
    """
    gram = gram_matrix(users_items)
    gram[np.diag_indices(len(gram))] += l2
    weights = regression_weights(gram)
    return truncated(weights / (popularity + 5.0) ** penalty, rank, seed)


def shrunk_cosine(
    users_items: sparse.csr_array,
    popularity: NDArray[np.float64],
    *,
    shrinkage: float,
    rank: int,
    seed: int,
) -> FactorPair:
    """Item-item cosine on co-occurrence, ``n_ij / sqrt((n_i + s)(n_j + s))``.

    Without the positive weights of a regression it keeps favouring what many
    like, which is what a person with a short history is best served with.
    """
    together = gram_matrix(users_items)
    np.fill_diagonal(together, 0.0)
    scale = np.sqrt(popularity + shrinkage)
    return truncated(together / np.outer(scale, scale), rank, seed)


def genre_profile(genres: NDArray[np.float32]) -> FactorPair:
    """Genres as factors: rows of length one, centred on the catalogue's mean."""
    lengths = np.sqrt(genres.sum(axis=1, keepdims=True, dtype=np.float64))
    unit = genres / np.maximum(lengths, 1.0)
    centred = unit - unit.mean(axis=0)
    return FactorPair(centred, centred)
