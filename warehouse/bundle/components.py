"""The parts that a user's vector is computed from, in plain numpy.

Every component turns the history of one user into one block of the user
vector. A block is the component's raw answer, optionally standardised, then
scaled:

1. **Standardised**: ``u / sqrt(u' C u)`` with ``C`` the covariance of the
   catalogue's item factors. The scores ``u . v`` then have a standard deviation
   of one over the catalogue, however long the history is.
2. **Shrunk** by ``n / (n + shrinkage)``, n the entries of the history, so that
   a short history moves the scores less.
3. **Weighted** by ``weight + (returning_weight - weight) * (1 - 0.5 ** (tenure
   / tenure_half_life_days))``. The tenure is the age of the oldest entry in
   days: a person who has just arrived and one who returns after weeks are
   served by different mixtures.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class HistoryWeights:
    """Weight of one history entry.

    ``(rating - rating_offset) ** rating_power * 0.5 ** (age / half_life_days)``;
    the defaults weigh every entry 1.

    Parameters
    ----------
    rating_offset : float
        In stars, below the lowest rating that counts as positive.
    rating_power : float
        0 ignores the rating.
    half_life_days : float, optional
        Age at which an entry counts half; none: age does not matter.
    """

    rating_offset: float = 0.0
    rating_power: float = 0.0
    half_life_days: float | None = None

    def of(self, ratings: Array, ages: Array) -> Array:
        """Weights, float64 ``(n,)``, of ratings in stars and ages in days (below 0 counts as 0)."""
        weights = (ratings.astype(np.float64) - self.rating_offset) ** self.rating_power
        if self.half_life_days is not None:
            weights *= 0.5 ** (np.maximum(ages.astype(np.float64), 0.0) / self.half_life_days)
        return weights


@dataclass(frozen=True, kw_only=True)
class Component(ABC):
    """One block of the user vector.

    Parameters
    ----------
    weight : float
        Of a user who has just arrived; of every user where the next two are none.
    returning_weight : float, optional
        What the weight tends to as the tenure grows.
    tenure_half_life_days : float, optional
        Tenure at which half the way is gone.
    """

    kind: ClassVar[str]

    weight: float = 1.0
    returning_weight: float | None = None
    tenure_half_life_days: float | None = None

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """Length of the block."""

    @abstractmethod
    def block(self, indices: Array, ratings: Array, ages: Array) -> Array:
        """Block, float64 ``(dimensions,)``, of one user's history (rows, stars, days)."""

    def weight_of(self, ages: Array) -> float:
        """Weight for a user whose history has these ages in days."""
        if self.returning_weight is None or self.tenure_half_life_days is None:
            return self.weight
        tenure = max(float(ages.max()), 0.0) if len(ages) else 0.0
        returned = 1.0 - 0.5 ** (tenure / self.tenure_half_life_days)
        return float(self.weight + (self.returning_weight - self.weight) * returned)


@dataclass(frozen=True, kw_only=True)
class ConstantComponent(Component):
    """A block of one number, the weight itself: its item factor is a prior over the movies.

    It differs from the item prior in that its strength depends on the tenure.
    """

    kind: ClassVar[str] = "constant"

    @property
    def dimensions(self) -> int:
        """One."""
        return 1

    def block(self, indices: Array, ratings: Array, ages: Array) -> Array:  # noqa: ARG002
        """See `Component.block`."""
        return np.array([self.weight_of(ages)])


@dataclass(frozen=True, kw_only=True)
class HistoryComponent(Component):
    """A block solved from the factors of the movies in the history; empty history: zeros.

    Parameters
    ----------
    factors : float32 array (n_items, d)
        What a movie in the history contributes; see the subclasses.
    history_weights : HistoryWeights
    covariance : float64 array (d, d), optional
        Standardises the block where given; see `covariance_of`.
    shrinkage : float
        In entries; 0 does not shrink.
    """

    factors: Array
    history_weights: HistoryWeights = field(default_factory=HistoryWeights)
    covariance: Array | None = None
    shrinkage: float = 0.0

    @property
    def dimensions(self) -> int:
        """Columns of the factors."""
        return int(self.factors.shape[1])

    @abstractmethod
    def solve(self, factors: Array, weights: Array) -> Array:
        """Raw block, float64 ``(d,)``, of factors ``(n, d)`` and weights ``(n,)``, n >= 1."""

    def block(self, indices: Array, ratings: Array, ages: Array) -> Array:
        """See `Component.block`."""
        if len(indices) == 0:
            return np.zeros(self.dimensions)
        weights = self.history_weights.of(ratings, ages)
        raw = self.solve(self.factors[indices].astype(np.float64), weights)
        scale = self.weight_of(ages) * len(indices) / (len(indices) + self.shrinkage)
        if self.covariance is not None:
            deviation = math.sqrt(max(float(raw @ self.covariance @ raw), 0.0))
            scale = scale / deviation if deviation > 0 else 0.0
        return raw * scale


@dataclass(frozen=True, kw_only=True)
class AlsComponent(HistoryComponent):
    """The exact ridge solution of implicit-feedback ALS for one user.

    ``(Y'Y + regularization I + sum (c - 1) y y') u = sum c y`` with the
    confidence ``c = alpha * weight`` over the history's item factors ``y``
    (Hu, Koren and Volinsky 2008). `factors` are the item factors.
    """

    kind: ClassVar[str] = "als"

    regularization: float = 0.01
    alpha: float = 1.0

    def __post_init__(self) -> None:
        wide = self.factors.astype(np.float64)
        gram = wide.T @ wide + self.regularization * np.eye(self.dimensions)
        object.__setattr__(self, "_gram", gram)

    def solve(self, factors: Array, weights: Array) -> Array:
        """See `HistoryComponent.solve`."""
        confidence = self.alpha * weights
        gram: Array = self._gram  # type: ignore[attr-defined]
        system = gram + (factors.T * (confidence - 1.0)) @ factors
        return np.asarray(np.linalg.solve(system, factors.T @ confidence))


@dataclass(frozen=True, kw_only=True)
class LinearComponent(HistoryComponent):
    """Weighted sum of input factors, ``sum w f / (sum w) ** length_power``.

    `factors` are input factors: what a movie in the history says about the
    user, which may differ from the item factors that score a candidate. A
    `length_power` of 1 makes it the mean, 0 the plain sum.
    """

    kind: ClassVar[str] = "linear"

    length_power: float = 0.0

    def solve(self, factors: Array, weights: Array) -> Array:
        """See `HistoryComponent.solve`."""
        total = float(weights.sum())
        return np.asarray(weights @ factors / (total**self.length_power if total > 0 else 1.0))


def covariance_of(item_factors: Array) -> Array:
    """Covariance over the catalogue, float64 ``(d, d)``, of item factors ``(n_items, d)``.

    ``u' C u`` is then the variance of the scores ``item_factors @ u``.
    """
    wide = item_factors.astype(np.float64)
    centred = wide - wide.mean(axis=0)
    return np.asarray(centred.T @ centred / len(wide))
