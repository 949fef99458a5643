"""How much an interaction counts: weights from the stars."""

import numpy as np
from scipy import sparse

from models_py.recommenders.parameters import Parameter
from warehouse.bundle.components import HistoryWeights

WEIGHT_OF_FIVE = Parameter(
    name="weight_of_five",
    kind=float,
    default=1.0,
    low=0.1,
    high=10.0,
    help="Weight of 5 stars where 4 stars weigh 1; others lie on the line through both.",
)


def confidence(ratings: sparse.csr_array, weight_of_five: float) -> sparse.csr_array:
    """Replace the stars of each interaction by its weight.

    The formula is the one that weighs a history when it is served.

    Returns
    -------
    csr_array of float64
        Same pattern as `ratings`; 1 at four stars, `weight_of_five` at five, at least 0.
    """
    ageless = np.zeros_like(ratings.data)
    weights = HistoryWeights(weight_of_five=weight_of_five).of(ratings.data, ageless)
    return sparse.csr_array((weights, ratings.indices, ratings.indptr), shape=ratings.shape)
