"""The parts that a user's vector is computed from, in plain numpy.

Every component turns the history of one user into one block of the user
vector. A block is the component's raw answer, optionally standardised, then
scaled:

1. **Standardised**: ``u / sqrt(u' C u)`` with ``C`` the covariance of the
   catalogue's item factors. The scores ``u . v`` then have a standard deviation
   of one over the catalogue, however long the history is.
2. **Shrunk** by ``n / (n + shrinkage)``, n the entries of the history, so that
   a short history moves the scores less.
3. **Weighted** by ``weight + (returning_weight - weight) * n^p / (n^p + c^p)``,
   c being `returning_length` and p `returning_power`: a person who has just
   arrived and one with a long history are served by different mixtures.
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

    Linear in the stars, ``max(0, 1 + (stars - 4) * (weight_of_five - 1))``: 1 at
    four stars, `weight_of_five` at five; times ``0.5 ** (age / half_life_days)``.
    The defaults weigh every entry 1.

    Parameters
    ----------
    weight_of_five : float
    half_life_days : float, optional
        Age at which an entry counts half; none: age does not matter.
    """

    weight_of_five: float = 1.0
    half_life_days: float | None = None

    def of(self, ratings: Array, ages: Array) -> Array:
        """Weights, float64 ``(n,)``, of ratings in stars and ages in days (below 0 counts as 0)."""
        slope = self.weight_of_five - 1.0
        weights = np.maximum(1.0 + (ratings.astype(np.float64) - 4.0) * slope, 0.0)
        if self.half_life_days is not None:
            weights *= 0.5 ** (np.maximum(ages.astype(np.float64), 0.0) / self.half_life_days)
        return weights


@dataclass(frozen=True, kw_only=True)
class Component(ABC):
    """One block of the user vector.

    Parameters
    ----------
    weight : float
        Of an empty history; of every history where `returning_weight` is none.
    returning_weight : float, optional
        What the weight tends to as the history grows.
    returning_length : float
        Entries at which half the way is gone.
    returning_power : float
        How suddenly: the larger, the more like a step.
    """

    kind: ClassVar[str]

    weight: float = 1.0
    returning_weight: float | None = None
    returning_length: float = 20.0
    returning_power: float = 4.0

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """Length of the block."""

    @abstractmethod
    def block(self, indices: Array, ratings: Array, ages: Array) -> Array:
        """Block, float64 ``(dimensions,)``, of one user's history (rows, stars, days)."""

    def weight_of(self, length: int) -> float:
        """Weight for a user whose history has `length` entries."""
        if self.returning_weight is None:
            return self.weight
        grown = float(length) ** self.returning_power
        share = grown / (grown + self.returning_length**self.returning_power)
        return float(self.weight + (self.returning_weight - self.weight) * share)


@dataclass(frozen=True, kw_only=True)
class ConstantComponent(Component):
    """A block of one number, the weight itself: its item factor is a prior over the movies.

    It differs from the item prior in that its strength depends on the history.
    """

    kind: ClassVar[str] = "constant"

    @property
    def dimensions(self) -> int:
        """One."""
        return 1

    def block(
        self,
        indices: Array,
        ratings: Array,  # noqa: ARG002
        ages: Array,  # noqa: ARG002
    ) -> Array:
        """See `Component.block`."""
        return np.array([self.weight_of(len(indices))])


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
        scale = self.weight_of(len(indices)) * len(indices) / (len(indices) + self.shrinkage)
        if self.covariance is not None:
            deviation = math.sqrt(max(float(raw @ self.covariance @ raw), 0.0))
            scale = scale / deviation if deviation > 0 else 0.0
        return raw * scale


@dataclass(frozen=True, kw_only=True)
class AlsComponent(HistoryComponent):
    """The exact ridge solution of implicit-feedback ALS for one user.

    ``(Y'Y + regularization I + sum (c - 1) y y') u = sum c y`` with the
    confidence ``c = 1 + alpha * weight`` over the history's item factors ``y``
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
        added = self.alpha * weights
        gram: Array = self._gram  # type: ignore[attr-defined]
        system = gram + (factors.T * added) @ factors
        return np.asarray(np.linalg.solve(system, factors.T @ (1.0 + added)))


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
