"""The model in production as it is deployed, measured on a window that it has not seen."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from models_py.data.interactions import Histories, TrainingSet
from models_py.data.marts import positions
from models_py.data.warehouse_reader import WINDOW_POPULATIONS
from models_py.evaluation.evaluate import EvaluationResult, evaluate
from models_py.fitting import Window
from models_py.recommenders.base import FactorRecommender
from warehouse.bundle import Bundle, load_bundle
from warehouse.errors import BundleError
from warehouse.home import Home

# A movie that the bundle does not hold comes after all that it holds.
_UNKNOWN_MOVIE = np.float32(-1e6)


class DeployedModel(FactorRecommender):
    """A bundle's model over the catalogue of another training set.

    It scores by the bundle's own arrays; there is nothing to fit.

    Parameters
    ----------
    bundle : Bundle
    movie_ids : array of int32 (n_items,)
        The catalogue, ascending.
    """

    name = "deployed"

    def __init__(self, bundle: Bundle, movie_ids: NDArray[np.int32]) -> None:
        super().__init__()
        self._rows = positions(bundle.movie_ids, movie_ids)
        held = self._rows >= 0
        self.item_factors = bundle.item_embeddings[self._rows] * held[:, None]
        self.item_prior = np.where(held, bundle.item_prior[self._rows], _UNKNOWN_MOVIE)
        self.folding = bundle.fold_in
        self.n_items = len(movie_ids)

    def fold_in(self, histories: Histories) -> NDArray[np.float32]:
        """Turn histories into user vectors; movies that the bundle lacks tell it nothing."""
        ratings, ages = histories.ratings, histories.ages
        rows = self._rows[ratings.indices]
        held = rows >= 0
        indptr = np.concatenate([[0], np.cumsum(held)])[ratings.indptr]
        vectors: NDArray[np.float32] = self.folding.vectors(
            indptr, rows[held], ratings.data[held], ages.data[held] - np.float32(1)
        )
        return vectors

    def _fit(self, training_set: TrainingSet) -> None:
        raise NotImplementedError("a deployed model is fitted already")


def evaluate_as_deployed(home: Home, model_version: str, window: Window) -> EvaluationResult | None:
    """Measure a version's bundle on a window, if neither it nor its users' histories reach into it.

    Of the users it knows what it knew on the day it was made: nothing of those
    who came later, who get what it shows to everybody.

    Returns
    -------
    EvaluationResult or None
        None where the bundle is gone or damaged, or has seen the window.
    """
    try:
        bundle = load_bundle(home.bundles / model_version)
    except BundleError:
        return None
    cutoff = datetime.fromisoformat(bundle.manifest["cutoff"]).astimezone(UTC)
    training_set = window.training_set
    if cutoff.replace(tzinfo=None) > training_set.cutoff_at:
        return None

    def known(user_ids: NDArray[np.int32]) -> Histories:
        return _histories(bundle, user_ids, training_set.movie_ids)

    evaluation_sets = {
        population: replace(each, histories=known(each.user_ids))
        if population in WINDOW_POPULATIONS
        else each
        for population, each in window.evaluation_sets.items()
    }
    told = replace(training_set, histories=known(training_set.user_ids))
    return evaluate(DeployedModel(bundle, training_set.movie_ids), told, evaluation_sets)


def _histories(
    bundle: Bundle, user_ids: NDArray[np.int32], movie_ids: NDArray[np.int32]
) -> Histories:
    """Histories of users as the bundle holds them, over another catalogue."""
    stored = bundle.histories
    owners = np.repeat(bundle.user_ids, np.diff(stored.indptr))
    rows, columns = positions(user_ids, owners), positions(movie_ids, bundle.movie_ids)
    columns = columns[stored.indices]
    kept = (rows >= 0) & (columns >= 0)
    ratings, ages = (values[kept] for values in stored.values)
    return Histories.from_entries(
        rows[kept], columns[kept], ratings, ages, (len(user_ids), len(movie_ids))
    )
