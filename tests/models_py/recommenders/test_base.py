import numpy as np

from models_py.data.interactions import Histories
from models_py.recommenders import FactorRecommender
from warehouse.bundle.components import HistoryWeights, LinearComponent
from warehouse.bundle.fold_in import FoldIn


class Fading(FactorRecommender):
    """Sums one unit vector for each movie; a week-old interaction counts half."""

    name = "fading"

    def _fit(self, training_set) -> None:
        self.item_factors = np.eye(training_set.n_items, dtype=np.float32)
        self.item_prior = np.arange(training_set.n_items, dtype=np.float32)
        weights = HistoryWeights(half_life_days=7)
        self.folding = FoldIn([LinearComponent(factors=self.item_factors, history_weights=weights)])


def test_ages_reach_the_fold_in_as_days_and_the_prior_is_added(make_training_set) -> None:
    model = Fading().fit(make_training_set(np.full((1, 3), 4.0)))
    told = Histories.from_entries(
        np.zeros(3, int), np.arange(3), np.full(3, 4.0), np.array([0.0, 7.0, 14.0]), (1, 3)
    )
    np.testing.assert_allclose(model.fold_in(told), [[1, 0.5, 0.25]])
    np.testing.assert_allclose(model.score(told), [[1, 1.5, 2.25]])
