"""The time-aware combination: what is liked now, and whose taste is asking.

The score is one inner product, and it adds up

1. a prior over the movies: the standardised logarithm of decayed popularity;
2. for people with a history (`returning_length`), a second prior: what such
   people like lately (the first session of a newcomer is spent on classics),
   and how new a movie is;
3. four views of taste, each standardised per user, shrunk for short histories
   and weighted differently for newcomers and returning people: EASE on recent
   interactions, EASE on all of them, genres, item-item cosine.

Popularity, of everybody and of returning people, is read from the warehouse.
"""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from models_py.interactions import TrainingSet
from models_py.recommenders.base import FactorRecommender
from models_py.recommenders.low_rank import (
    FactorPair,
    debiased_ease,
    genre_profile,
    shrunk_cosine,
)
from models_py.recommenders.parameters import Parameter
from models_py.recommenders.popularity import counted_popularity
from models_py.recommenders.time_aware_parameters import PARAMETERS
from warehouse.bundle.components import (
    Component,
    ConstantComponent,
    LinearComponent,
    covariance_of,
)
from warehouse.bundle.fold_in import FoldIn


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
        popularity = training_set.popularity[None]
        ages = training_set.histories.ages
        views = {}
        for view in ("recent", "lasting"):
            if self._is_used(view):
                half_life = self._number(f"{view}_half_life_days")
                decayed = 0.5 ** ((ages.data.astype(np.float64) - 1.0) / half_life)
                views[view] = debiased_ease(
                    sparse.csr_array((decayed, ages.indices, ages.indptr), shape=ages.shape),
                    popularity,
                    l2=self._number(f"{view}_l2"),
                    penalty=self._number(f"{view}_popularity_penalty"),
                    rank=int(self._number(f"{view}_rank")),
                    seed=self.seed,
                )
        if self._is_used("genre"):
            views["genre"] = genre_profile(training_set.genres)
        if self._is_used("cosine"):
            views["cosine"] = shrunk_cosine(
                sparse.csr_array((np.ones(ages.nnz), ages.indices, ages.indptr), shape=ages.shape),
                popularity,
                shrinkage=self._number("cosine_pair_shrinkage"),
                rank=int(self._number("cosine_rank")),
                seed=self.seed,
            )
        return views

    def _taste(self, view: str, pair: FactorPair) -> LinearComponent:
        items = pair.items.astype(np.float32)
        return LinearComponent(
            factors=pair.inputs.astype(np.float32),
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
