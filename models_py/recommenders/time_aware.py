"""The time-aware combination: what is liked now, and whose taste is asking.

The score is one inner product, and it adds up

1. a prior over the movies: the standardised logarithm of decayed popularity;
2. for people with a history (`returning_length`), a second prior: what such
   people like lately (the first session of a newcomer is spent on classics),
   and how new a movie is;
3. views of taste, each standardised per user, shrunk for short histories and
   weighted differently for newcomers and returning people: EASE on recent
   interactions, EASE on all of them, a regression of later on earlier likes,
   genres, item-item cosine. A view without weight is not computed.

Popularity, of everybody and of returning people, is read from the warehouse.
"""

from collections.abc import Callable
from typing import ClassVar, TypedDict

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from models_py.data.interactions import TrainingSet
from models_py.recommenders.base import FactorRecommender
from models_py.recommenders.confidence import confidence
from models_py.recommenders.low_rank import (
    FactorPair,
    debiased_ease,
    directed_ridge,
    genre_profile,
    halves,
    shrunk_cosine,
)
from models_py.recommenders.parameters import Parameter
from models_py.recommenders.popularity import counted_popularity
from models_py.recommenders.time_aware_parameters import PARAMETERS
from warehouse.bundle.components import (
    Component,
    ConstantComponent,
    HistoryWeights,
    LinearComponent,
    covariance_of,
)
from warehouse.bundle.fold_in import FoldIn

REGRESSIONS = ("recent", "lasting", "directed")


class _Regression(TypedDict):
    l2: float
    penalty: float
    rank: int
    seed: int


class TimeAware(FactorRecommender):
    """Recency priors and several views of taste in one inner product."""

    name = "time_aware"
    declared_parameters: ClassVar[tuple[Parameter, ...]] = PARAMETERS

    def _fit(self, training_set: TrainingSet) -> None:
        # One thread, so that the factors do not depend on how many there are.
        with threadpool_limits(limits=1):
            views = self._views(training_set)
        components: list[Component] = [self._taste(view, pair) for view, pair in views.items()]
        components.append(self._stage())
        item_factors = [pair.items for pair in views.values()]
        item_factors.append(self._returning_prior(training_set)[:, None])
        self.folding = FoldIn(components)
        self.item_factors = np.hstack(item_factors).astype(np.float32)
        self.item_prior = self._log_popularity(training_set, "popularity").astype(np.float32)

    def _views(self, training_set: TrainingSet) -> dict[str, FactorPair]:
        """Factor pairs of the views that have a weight at all, in a fixed order."""
        makers: dict[str, Callable[[], FactorPair]] = {
            "recent": lambda: self._ease_view("recent", training_set),
            "lasting": lambda: self._ease_view("lasting", training_set),
            "directed": lambda: self._directed_view(training_set),
            "genre": lambda: genre_profile(training_set.genres),
            "cosine": lambda: self._cosine_view(training_set),
        }
        return {view: make() for view, make in makers.items() if self._is_used(view)}

    def _ease_view(self, view: str, training_set: TrainingSet) -> FactorPair:
        weighed = self._weighed(training_set)
        ages = training_set.histories.ages.data.astype(np.float64) - 1.0
        weighed.data *= 0.5 ** (ages / self._number(f"{view}_half_life_days"))
        return debiased_ease(weighed, training_set.popularity[None], **self._regression(view))

    def _directed_view(self, training_set: TrainingSet) -> FactorPair:
        first_then = halves(self._weighed(training_set), training_set.histories.ages)
        popularity = training_set.popularity[None]
        return directed_ridge(first_then, popularity, **self._regression("directed"))

    def _cosine_view(self, training_set: TrainingSet) -> FactorPair:
        return shrunk_cosine(
            confidence(training_set.histories.ratings, 1.0),
            training_set.popularity[None],
            shrinkage=self._number("cosine_pair_shrinkage"),
            rank=int(self._number("cosine_rank")),
            seed=self.seed,
        )

    def _weighed(self, training_set: TrainingSet) -> sparse.csr_array:
        return confidence(training_set.histories.ratings, self._number("weight_of_five"))

    def _regression(self, view: str) -> _Regression:
        return {
            "l2": self._number(f"{view}_l2"),
            "penalty": self._number(f"{view}_popularity_penalty"),
            "rank": int(self._number(f"{view}_rank")),
            "seed": self.seed,
        }

    def _taste(self, view: str, pair: FactorPair) -> LinearComponent:
        items = pair.items.astype(np.float32)
        # A history is weighed as the regression it goes into was.
        weight_of_five = self._number("weight_of_five") if view in REGRESSIONS else 1.0
        return LinearComponent(
            factors=pair.inputs.astype(np.float32),
            history_weights=HistoryWeights(weight_of_five=weight_of_five),
            covariance=covariance_of(items),
            shrinkage=self._number(f"{view}_shrinkage"),
            weight=self._number(f"{view}_weight"),
            returning_weight=self._number(f"{view}_returning_weight"),
            returning_length=self._number("returning_length"),
            returning_power=self._number("returning_power"),
        )

    def _stage(self) -> ConstantComponent:
        return ConstantComponent(
            weight=0.0,
            returning_weight=1.0,
            returning_length=self._number("returning_length"),
            returning_power=self._number("returning_power"),
        )

    def _returning_prior(self, training_set: TrainingSet) -> NDArray[np.float64]:
        current_year = training_set.cutoff_at.year
        # A movie without a year counts as an old one.
        age = np.nan_to_num(current_year - training_set.years.astype(np.float64), nan=np.inf)
        newness = 0.5 ** (np.maximum(age, 0.0) / self._number("release_half_life_years"))
        returning = self._log_popularity(training_set, "returning")
        return self._number("returning_weight") * returning + self._number(
            "release_weight"
        ) * standardised(newness)

    def _log_popularity(self, training_set: TrainingSet, audience: str) -> NDArray[np.float64]:
        by_half_life = (
            training_set.returning_popularity
            if audience == "returning"
            else training_set.popularity
        )
        half_life = int(self._number(f"{audience}_half_life_days"))
        counts = counted_popularity(self.name, by_half_life, half_life)
        return standardised(np.log(counts + self._number(f"{audience}_smoothing")))

    def _is_used(self, view: str) -> bool:
        return self._number(f"{view}_weight") != 0 or self._number(f"{view}_returning_weight") != 0

    def _number(self, name: str) -> float:
        return float(self.parameters[name])


def standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centre on the catalogue's mean and scale to a deviation of one; constants become zeros."""
    centred: NDArray[np.float64] = values - values.mean()
    deviation = float(centred.std())
    return centred / (deviation if deviation > 1e-12 else np.inf)
