"""Fitting recipes on the fit windows and measuring them on the split that follows."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import duckdb
from numpy.typing import NDArray

from models_py.data.interactions import EvaluationSet, TrainingSet
from models_py.data.warehouse_reader import read_evaluation_sets, read_training_set
from models_py.evaluation.evaluate import EvaluationResult, evaluate
from models_py.recipes.configuration import Recipe
from models_py.recommenders import FactorRecommender, Recommender
from warehouse.files import fingerprint

SPLIT_OF_WINDOW = {"train": "validation", "train_validation": "test"}


@dataclass(frozen=True)
class Read:
    """Evidence of what a fit has read, for ``ml.training_reads``."""

    fit_window: str
    last_interaction_at: datetime
    n_interactions: int


@dataclass(frozen=True)
class Trained:
    """A recipe with what it reached.

    Attributes
    ----------
    recipe : Recipe
    model_version : str
    validation : EvaluationResult
        Fitted on `train`.
    test : EvaluationResult or None
        Fitted on `train_validation`; none until the promotion has been decided.
    reads : tuple of Read
    seconds : mapping of fit window to float
        Duration of each fit.
    arrays : mapping of name to mapping of array name to array
        Embeddings of the fit on `train`, for the run's artifacts; empty where it has none.
    """

    recipe: Recipe
    model_version: str
    validation: EvaluationResult = field(repr=False)
    reads: tuple[Read, ...]
    seconds: dict[str, float]
    arrays: Mapping[str, Mapping[str, NDArray[Any]]] = field(repr=False)
    test: EvaluationResult | None = field(default=None, repr=False)

    @property
    def servable(self) -> bool:
        """It scores by embeddings, so a bundle can hold it."""
        return bool(self.arrays)


@dataclass(frozen=True)
class Window:
    """A training set and the populations of the split that follows it."""

    training_set: TrainingSet
    evaluation_sets: dict[str, EvaluationSet]


class Windows:
    """The fit windows of a built warehouse, each read when it is first asked for.

    Test is therefore not read before the code asks for it, which it does after
    the promotion has been decided.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Read-only.
    dataset : str
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, dataset: str) -> None:
        self.connection = connection
        self._dataset = dataset

    @cached_property
    def validation(self) -> Window:
        """`train`, and the populations of validation."""
        return self._read("train")

    @cached_property
    def test(self) -> Window:
        """`train_validation`, and the populations of test."""
        return self._read("train_validation")

    @cached_property
    def everything(self) -> TrainingSet:
        """All interactions up to now: what is deployed has seen them."""
        return read_training_set(self.connection, "all", self._dataset)

    def _read(self, fit_window: str) -> Window:
        training_set = read_training_set(self.connection, fit_window, self._dataset)
        split = SPLIT_OF_WINDOW[fit_window]
        return Window(training_set, read_evaluation_sets(self.connection, split, training_set))


def model_version(recipe: Recipe, inputs: str) -> str:
    """Name a recipe trained on given inputs (a fingerprint of data, SQL and code).

    Deterministic: what has the same version is the same model.
    """
    content = [inputs, recipe.name, dict(recipe.parameters), recipe.seed]
    return f"{recipe.name}-{fingerprint(content)[:10]}"


def fit(recipe: Recipe, training_set: TrainingSet, threads: int) -> tuple[Recommender, Read, float]:
    """Fit a recipe; return the recommender, what it has read, and the seconds it took.

    Raises
    ------
    TrainingError
        The data cannot be learnt from with this recipe.
    """
    started = time.perf_counter()
    recommender = recipe.build(threads).fit(training_set)
    read = Read(
        training_set.fit_window, training_set.last_interaction_at, training_set.n_interactions
    )
    return recommender, read, time.perf_counter() - started


def fit_for_validation(recipe: Recipe, model_version: str, window: Window, threads: int) -> Trained:
    """Fit on `train` and measure on validation."""
    recommender, read, seconds = fit(recipe, window.training_set, threads)
    return Trained(
        recipe=recipe,
        model_version=model_version,
        validation=evaluate(recommender, window.training_set, window.evaluation_sets),
        reads=(read,),
        seconds={read.fit_window: seconds},
        arrays=_embeddings(recommender, window.training_set),
    )


def _embeddings(
    recommender: Recommender, training_set: TrainingSet
) -> dict[str, dict[str, NDArray[Any]]]:
    if not isinstance(recommender, FactorRecommender):
        return {}
    return {
        "embeddings": {
            "movie_ids": training_set.movie_ids,
            "item_factors": recommender.item_factors,
            "item_prior": recommender.item_prior,
            "user_ids": training_set.user_ids,
            "user_factors": recommender.fold_in(training_set.histories),
        }
    }


def fit_for_test(trained: Trained, window: Window, threads: int) -> Trained:
    """Fit again on `train_validation` and measure on test, once, for the report."""
    recommender, read, seconds = fit(trained.recipe, window.training_set, threads)
    return replace(
        trained,
        test=evaluate(recommender, window.training_set, window.evaluation_sets),
        reads=(*trained.reads, read),
        seconds={**trained.seconds, read.fit_window: seconds},
    )
