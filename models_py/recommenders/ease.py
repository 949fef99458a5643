"""EASE: an item-item model with a closed form.

H. Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019.
"""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from models_py.data.interactions import Histories, TrainingSet
from models_py.recommenders.base import Recommender
from models_py.recommenders.confidence import WEIGHT_OF_FIVE, confidence
from models_py.recommenders.parameters import Parameter
from warehouse.errors import TrainingError

MAX_ITEMS = 20_000
BLOCK_ITEMS = 1_024


class Ease(Recommender):
    """Linear regression of every movie on all the others.

    With X the weighted interaction matrix, ``B = argmin |X - XB|^2 + l |B|^2``
    subject to ``diag(B) = 0`` is ``B = I - P / diag(P)`` column by column,
    where ``P = (X'X + l I)^-1``. A user's scores are the history's row times B.
    """

    name = "ease"
    declared_parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "l2", float, 200.0, 0.001, 1_000_000.0, "Weight of the ridge penalty; more is smoother."
        ),
        WEIGHT_OF_FIVE,
    )

    weights: NDArray[np.float32]

    def _fit(self, training_set: TrainingSet) -> None:
        users_items = confidence(training_set.histories.ratings, self._weight_of_five)
        gram = gram_matrix(users_items)
        gram[np.diag_indices(len(gram))] += float(self.parameters["l2"])
        self.weights = regression_weights(gram)

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        weights = confidence(histories.ratings, self._weight_of_five).astype(np.float32)
        scores: NDArray[np.float32] = np.asarray(weights @ self.weights)
        return scores

    @property
    def _weight_of_five(self) -> float:
        return float(self.parameters["weight_of_five"])


def gram_matrix(users_items: sparse.csr_array) -> NDArray[np.float64]:
    """Return ``X'X`` as a dense matrix (n_items, n_items), in blocks of rows.

    The sparse product would for a moment take more memory than the dense result.

    Raises
    ------
    TrainingError
        Before anything is allocated: the catalogue is too large for a dense matrix.
    """
    n_items = users_items.shape[1]
    if n_items > MAX_ITEMS:
        raise TrainingError(
            f"the catalogue holds {n_items} movies, expected at most {MAX_ITEMS}: a dense matrix "
            f"of it would take {8 * n_items**2 / 2**30:.0f} GiB",
            hint="raise the smallest number of positives a movie must have, or train als",
        )
    items_users = users_items.T.tocsr()
    gram = np.empty((n_items, n_items))
    for start in range(0, n_items, BLOCK_ITEMS):
        stop = start + BLOCK_ITEMS
        gram[start:stop] = (items_users[start:stop] @ users_items).toarray()
    return gram


def regression_weights(regularised_gram: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return B of the closed form, with a zero diagonal; the argument is overwritten."""
    factor, info = linalg.lapack.dpotrf(regularised_gram.T, lower=1, overwrite_a=1)
    if info == 0:
        inverse, info = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    if info != 0:
        raise TrainingError(
            "ease: the regularised Gram matrix cannot be inverted", hint="use a larger l2"
        )
    # LAPACK fills the lower triangle only, which transposed is the upper one in C order.
    weights: NDArray[np.float32] = inverse.T.astype(np.float32)
    for row in range(1, len(weights)):
        weights[row, :row] = weights[:row, row]
    weights /= -np.diag(weights)
    np.fill_diagonal(weights, 0)
    return weights
