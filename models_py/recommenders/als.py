"""Matrix factorisation of implicit feedback by alternating least squares.

Y. Hu, Y. Koren, C. Volinsky, "Collaborative filtering for implicit feedback
datasets", ICDM 2008. The item factors are trained by the `implicit` library;
user vectors always come from the fold-in, never from the training.
"""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from models_py.data.interactions import TrainingSet
from models_py.recommenders.base import FactorRecommender
from models_py.recommenders.confidence import WEIGHT_OF_FIVE, confidence
from models_py.recommenders.parameters import Parameter
from warehouse.bundle.components import AlsComponent, HistoryWeights
from warehouse.bundle.fold_in import FoldIn


class Als(FactorRecommender):
    """Weighted ridge regression, alternately for users and for movies.

    Every cell of the matrix counts: preference 1 where the user liked the
    movie, else 0, with confidence ``c = 1 + alpha * w``, w the weight of the
    interaction, where it was liked, and c = 1 where it was not.
    """

    name = "als"
    declared_parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("factors", int, 16, 1, 1_024, "Length of the vectors."),
        Parameter("regularization", float, 20.0, 0.0001, 10_000.0, "Ridge penalty on both sides."),
        Parameter(
            "alpha",
            float,
            9.0,
            0.01,
            1_000.0,
            "Confidence that 4 stars add to the 1 of no interaction.",
        ),
        Parameter("iterations", int, 15, 1, 500, "Rounds over users and movies."),
        WEIGHT_OF_FIVE,
    )

    def _fit(self, training_set: TrainingSet) -> None:
        weights = confidence(
            training_set.histories.ratings, float(self.parameters["weight_of_five"])
        )
        confidences = weights * float(self.parameters["alpha"])
        confidences.data += 1
        self.item_factors = train_item_factors(
            confidences,
            factors=int(self.parameters["factors"]),
            regularization=float(self.parameters["regularization"]),
            iterations=int(self.parameters["iterations"]),
            seed=self.seed,
            threads=self.threads,
        )
        self.item_prior = np.zeros(training_set.n_items, np.float32)
        self.folding = FoldIn(
            [
                AlsComponent(
                    factors=self.item_factors,
                    history_weights=HistoryWeights(
                        weight_of_five=float(self.parameters["weight_of_five"])
                    ),
                    regularization=float(self.parameters["regularization"]),
                    alpha=float(self.parameters["alpha"]),
                )
            ]
        )


def train_item_factors(
    confidences: sparse.csr_array,
    *,
    factors: int,
    regularization: float,
    iterations: int,
    seed: int,
    threads: int,
) -> NDArray[np.float32]:
    """Train on confidences (n_users, n_items) and return item factors (n_items, factors)."""
    # Imported here: it takes a second, and only a fit needs it.
    from implicit.cpu.als import AlternatingLeastSquares  # noqa: PLC0415

    # implicit runs threads of its own; BLAS threads below them only get in the way.
    with threadpool_limits(limits=1, user_api="blas"):
        model = AlternatingLeastSquares(
            factors=factors,
            regularization=regularization,
            # Its alpha multiplies the data, and the product is taken for the confidence.
            alpha=1.0,
            iterations=iterations,
            num_threads=threads,
            random_state=seed,
        )
        model.fit(sparse.csr_matrix(confidences.astype(np.float32)), show_progress=False)
    return np.ascontiguousarray(model.item_factors, np.float32)
