"""Pairs of factors for item-item models: what a movie says of a user, and how a movie answers.

An item-item model scores with a matrix B (movies of the history by candidates).
Its truncated singular value decomposition, ``B ~ P V'``, turns it into vectors:
the history's rows of P add up to the user's vector, V holds the movies'.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse
from scipy.sparse.linalg import svds

from models_py.recommenders.ease import gram_matrix, regression_weights
from warehouse.errors import TrainingError


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
    if not matrix.any():
        # The iteration cannot start on a matrix of zeros.
        return FactorPair(np.zeros((size, 1)), np.zeros((size, 1)))
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


def directed_ridge(
    first_then: tuple[sparse.csr_array, sparse.csr_array],
    popularity: NDArray[np.float64],
    *,
    l2: float,
    penalty: float,
    rank: int,
    seed: int,
) -> FactorPair:
    """Ridge regression of what people came to like later on what they had liked first.

    With P and F the first and the second half of every history in time,
    ``B = (P'P + l I)^-1 P'F``, candidates divided as in `debiased_ease`. EASE
    does not know which of two movies came first; this view does.

    Parameters
    ----------
    first_then : pair of csr_array (n_users, n_items)
        Weights of the interactions, the first half and the second; see `halves`.
    popularity : float64 array (n_items,)
        Number of positives.

    Raises
    ------
    TrainingError
        The penalty is too small for the system to be solved.
    """
    first, second = first_then
    gram = gram_matrix(first)
    gram[np.diag_indices(len(gram))] += l2
    answers = (first.T @ second).toarray()
    try:
        weights = linalg.solve(gram, answers, assume_a="pos", overwrite_a=True, overwrite_b=True)
    except linalg.LinAlgError as error:
        raise TrainingError(
            f"directed ridge: l2={l2:g}: the regularised Gram matrix cannot be inverted",
            hint="use a larger l2",
        ) from error
    return truncated(weights / (popularity + 5.0) ** penalty, rank, seed)


def halves(
    users_items: sparse.csr_array, ages: sparse.csr_array
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Split every history in time; the older half takes the odd entry, ties go by column.

    Whoever has one entry has no second half, and is left out of both.

    Parameters
    ----------
    users_items, ages : csr_array (n_users, n_items)
        Weights of the interactions, and how long ago they were; one pattern.
    """
    lengths = np.diff(ages.indptr)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    order = np.lexsort((-ages.data, rows))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) - ages.indptr[rows]
    is_first = place < lengths[rows] / 2
    answered = lengths[rows] > 1

    def part(kept: NDArray[np.bool_]) -> sparse.csr_array:
        entries = (users_items.data[kept], (rows[kept], users_items.indices[kept]))
        return sparse.csr_array(entries, shape=users_items.shape)

    return part(is_first & answered), part(~is_first)


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
