"""Training sets small enough to reason about."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest

from models_py.data.interactions import Histories, TrainingSet


def _training_set(stars: np.ndarray, ages: np.ndarray | None = None) -> TrainingSet:
    """Training set of a dense matrix of stars, 0 where there is no interaction."""
    rows, columns = np.nonzero(stars)
    ages = np.ones_like(stars, dtype=float) if ages is None else ages
    histories = Histories.from_entries(
        rows, columns, stars[rows, columns], ages[rows, columns], stars.shape
    )
    popularity: dict[int | None, np.ndarray] = {None: (stars > 0).sum(axis=0).astype(float)}
    for days in (7, 10, 14):
        popularity[days] = np.where(stars > 0, 0.5 ** (ages / days), 0).sum(axis=0)
    return TrainingSet(
        dataset="toy",
        fit_window="train",
        cutoff_at=datetime(2000, 1, 1),
        user_ids=np.arange(1, len(stars) + 1, dtype=np.int32),
        movie_ids=np.arange(10, 10 + stars.shape[1], dtype=np.int32),
        histories=histories,
        seen=histories.ratings.astype(bool),
        popularity=popularity,
        returning_popularity=popularity,
        genres=np.eye(stars.shape[1], 4, dtype=np.float32),
        years=np.full(stars.shape[1], 1999, np.float32),
        last_interaction_at=datetime(1999, 12, 31),
    )


@pytest.fixture
def make_training_set() -> Callable[..., TrainingSet]:
    return _training_set


@pytest.fixture
def two_blocks() -> TrainingSet:
    """Forty users who like films 0-9 and forty who like films 10-19, six of them each."""
    generator = np.random.default_rng(7)
    stars = np.zeros((80, 20))
    for user in range(80):
        first = 0 if user < 40 else 10
        liked = generator.choice(np.arange(first, first + 10), size=6, replace=False)
        stars[user, liked] = generator.choice([4.0, 4.5, 5.0], size=6)
    return _training_set(stars, generator.uniform(0, 60, size=stars.shape))
