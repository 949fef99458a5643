"""Item-item neighbours: cosine on co-occurrence.

B. Sarwar, G. Karypis, J. Konstan, J. Riedl, "Item-based collaborative
filtering recommendation algorithms", WWW 2001; shrinkage as in R. Bell and
Y. Koren, "Improved neighborhood-based collaborative filtering", KDD Cup 2007.
"""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from models_py.data.interactions import Histories, TrainingSet
from models_py.recommenders.base import Recommender
from models_py.recommenders.confidence import WEIGHT_OF_FIVE, confidence
from models_py.recommenders.parameters import Parameter
from models_py.selection import smallest

BLOCK_ENTRIES = 8_000_000


class ItemItem(Recommender):
    """Each movie of a history votes for its nearest neighbours.

    With x the columns of the weighted interaction matrix,
    ``similarity(i, j) = <x_i, x_j> / (|x_i| |x_j| + shrinkage)``; each movie
    keeps its `neighbours` nearest (ties: earlier column first), and a user's
    score of j is the sum of similarity(i, j) over the history.
    """

    name = "item_item"
    declared_parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("neighbours", int, 100, 1, 10_000, "Nearest movies that each movie votes for."),
        Parameter(
            "shrinkage",
            float,
            0.0,
            0.0,
            10_000.0,
            "Added to the denominator: distrusts pairs that few users share.",
        ),
        WEIGHT_OF_FIVE,
    )

    similarity: sparse.csr_array

    def _fit(self, training_set: TrainingSet) -> None:
        users_items = confidence(training_set.histories.ratings, self._weight_of_five)
        items_users = users_items.T.tocsr()
        norms = np.sqrt(items_users.multiply(items_users).sum(axis=1))
        # Rows are worked in blocks, so that the dense part stays below a fixed size.
        step = max(1, BLOCK_ENTRIES // training_set.n_items)
        self.similarity = sparse.vstack(
            [
                self._nearest(items_users[start : start + step], users_items, norms, start)
                for start in range(0, training_set.n_items, step)
            ],
            format="csr",
        )

    def _nearest(
        self,
        block: sparse.csr_array,
        users_items: sparse.csr_array,
        norms: NDArray[np.float64],
        start: int,
    ) -> sparse.csr_array:
        """Similarities of a block of movies to their nearest, (n_block, n_items)."""
        together = (block @ users_items).toarray()
        own = np.arange(start, start + len(together))
        similar = together / (np.outer(norms[own], norms) + self.parameters["shrinkage"])
        similar[np.arange(len(own)), own] = 0
        kept = min(int(self.parameters["neighbours"]), similar.shape[1])
        nearest = smallest(-similar, kept)
        rows = np.repeat(np.arange(len(own)), kept)
        values = np.take_along_axis(similar, nearest, axis=1).ravel()
        positive = values > 0
        return sparse.csr_array(
            (values[positive], (rows[positive], nearest.ravel()[positive])), shape=similar.shape
        )

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        weights = confidence(histories.ratings, self._weight_of_five)
        scores: NDArray[np.float32] = (weights @ self.similarity).toarray().astype(np.float32)
        return scores

    @property
    def _weight_of_five(self) -> float:
        return float(self.parameters["weight_of_five"])
