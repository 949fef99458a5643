"""The interface of every recommender: a history goes in, a score for each movie comes out.

A recommender never looks a user up. A known user and a person who has just
named three films are scored by the same code from their histories, so what is
evaluated is what is served.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from models_py.data.interactions import Histories, TrainingSet
from models_py.recommenders.parameters import Parameter, ParameterValue, checked
from warehouse.bundle.fold_in import FoldIn
from warehouse.errors import TrainingError


class Recommender(ABC):
    """Scores every movie of the catalogue from a user's history.

    Parameters
    ----------
    parameters : mapping, optional
        Values of `declared_parameters`; what is missing takes its default.
    seed : int
        Fixes every random choice: same seed, same data, same scores, bit by bit.
    threads : int
        The most threads that a fit may use; the result does not depend on it.

    Raises
    ------
    TrainingError
        A parameter is unknown or out of its range.
    """

    name: ClassVar[str]
    declared_parameters: ClassVar[tuple[Parameter, ...]] = ()

    def __init__(
        self, parameters: Mapping[str, Any] | None = None, seed: int = 0, threads: int = 1
    ) -> None:
        self.parameters: Mapping[str, ParameterValue] = MappingProxyType(
            checked(self.name, self.declared_parameters, parameters or {})
        )
        self.seed = seed
        self.threads = threads
        self.n_items: int | None = None

    def fit(self, training_set: TrainingSet) -> Self:
        """Learn from a training set, which is left as it was.

        Raises
        ------
        TrainingError
            The data cannot be learnt from with these parameters.
        """
        self._fit(training_set)
        self.n_items = training_set.n_items
        return self

    def score(self, histories: Histories) -> NDArray[np.float32]:
        """Score every movie for every history; seen movies are scored like the others.

        Returns
        -------
        array of float32 (n_users, n_items)
            Finite; higher is better; comparable within a row only.

        Raises
        ------
        TrainingError
            Not fitted yet, or fitted on another catalogue.
        """
        if self.n_items is None:
            raise TrainingError(f"{self.name}: cannot score before it is fitted")
        if histories.n_items != self.n_items:
            raise TrainingError(
                f"{self.name}: histories have {histories.n_items} columns, expected "
                f"{self.n_items}, the size of the catalogue it was fitted on"
            )
        return self._score(histories)

    @abstractmethod
    def _fit(self, training_set: TrainingSet) -> None: ...

    @abstractmethod
    def _score(self, histories: Histories) -> NDArray[np.float32]: ...


class FactorRecommender(Recommender):
    """Scores by an inner product: ``fold_in(histories) @ item_factors.T + item_prior``.

    That form is what the serving bundle holds, so any recommender that brings
    itself into it can be deployed. Several components go side by side: their
    item factors are concatenated, and each component of `folding` fills its
    block of the user's vector, standardised per user, shrunk by the size of
    the history and weighted as it says.

    Attributes
    ----------
    item_factors : array of float32 (n_items, d)
    item_prior : array of float32 (n_items,)
        What each movie gets from every user, whoever it is.
    folding : FoldIn
        Turns a history into a user's vector; the code and the arrays that serving uses too.
    """

    item_factors: NDArray[np.float32]
    item_prior: NDArray[np.float32]
    folding: FoldIn

    def fold_in(self, histories: Histories) -> NDArray[np.float32]:
        """Turn histories into user vectors, shape (n_users, d)."""
        ratings = histories.ratings
        # Stored ages carry one more day than they mean; see Histories.
        ages = histories.ages.data - np.float32(1)
        vectors: NDArray[np.float32] = self.folding.vectors(
            ratings.indptr, ratings.indices, ratings.data, ages
        )
        return vectors

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        scores = self.fold_in(histories) @ self.item_factors.T
        scores += self.item_prior
        return scores
