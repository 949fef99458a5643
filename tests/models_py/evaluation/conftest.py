"""Random lists and targets, and small sets to evaluate on."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest
from scipy import sparse

from models_py.data.interactions import EvaluationSet, Histories, TrainingSet
from models_py.evaluation.ranking import RankedLists


def _flags(dense: np.ndarray) -> sparse.csr_array:
    return sparse.csr_array(dense.astype(bool))


@pytest.fixture
def flags() -> Callable[[np.ndarray], sparse.csr_array]:
    return _flags


@pytest.fixture
def make_lists() -> Callable[[list[list[int]]], RankedLists]:
    """Lists of given columns, padded to one depth."""

    def make(rows: list[list[int]], depth: int = 100) -> RankedLists:
        items = np.full((len(rows), depth), -1, np.int32)
        scores = np.full((len(rows), depth), -np.inf, np.float32)
        for row, columns in enumerate(rows):
            items[row, : len(columns)] = columns
            scores[row, : len(columns)] = np.arange(len(columns), 0, -1)
        return RankedLists(items, scores)

    return make


@pytest.fixture
def random_histories() -> Callable[..., Histories]:
    def make(n_users: int, n_items: int, share: float, seed: int = 0) -> Histories:
        generator = np.random.default_rng(seed)
        liked = generator.random((n_users, n_items)) < share
        # Every movie of a catalogue has a positive, and so has every known user.
        liked[np.arange(n_items) % n_users, np.arange(n_items)] = True
        liked[np.arange(n_users), np.arange(n_users) % n_items] = True
        rows, columns = np.nonzero(liked)
        ages = generator.uniform(0, 100, len(rows))
        return Histories.from_entries(
            rows, columns, generator.choice([4.0, 5.0], len(rows)), ages, liked.shape
        )

    return make


@pytest.fixture
def small_world(random_histories) -> tuple[TrainingSet, dict[str, EvaluationSet]]:
    """Sixty known users, 150 movies, ten warm users and five new ones."""
    histories = random_histories(60, 150, 0.1)
    seen = histories.ratings.astype(bool)
    movie_ids = np.arange(1000, 1150, dtype=np.int32)
    counts = np.asarray(histories.ratings.astype(bool).sum(axis=0)).astype(float)
    generator = np.random.default_rng(1)
    training_set = TrainingSet(
        dataset="toy",
        fit_window="train",
        cutoff_at=datetime(2000, 1, 1),
        user_ids=np.arange(1, 61, dtype=np.int32),
        movie_ids=movie_ids,
        histories=histories,
        seen=seen,
        popularity={None: counts, 14: counts**0.5},
        returning_popularity={None: counts, 10: counts**0.5, 14: counts**0.5},
        genres=(generator.random((150, 6)) < 0.3).astype(np.float32),
        years=np.full(150, 1999, np.float32),
        last_interaction_at=datetime(1999, 12, 31),
    )

    def one(population: str, told: Histories, users: np.ndarray) -> EvaluationSet:
        targets = (generator.random((len(users), 150)) < 0.1) & (told.ratings.toarray() == 0)
        targets[:, 149] |= ~targets.any(axis=1)
        return EvaluationSet(
            split="validation",
            population=population,
            user_ids=users.astype(np.int32),
            movie_ids=movie_ids,
            histories=told,
            seen=told.ratings.astype(bool),
            targets=_flags(targets),
        )

    return training_set, {
        "warm": one("warm", histories.take(slice(0, 10)), np.arange(1, 11)),
        "new_0": one("new_0", Histories.empty(5, 150), np.arange(101, 106)),
    }
