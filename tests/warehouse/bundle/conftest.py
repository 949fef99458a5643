"""A small bundle's contents, the same at every call."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from warehouse.bundle.components import (
    AlsComponent,
    ConstantComponent,
    HistoryWeights,
    LinearComponent,
    covariance_of,
)
from warehouse.bundle.fold_in import FoldIn
from warehouse.bundle.layout import BundleContents, Ragged
from warehouse.home import Home

N_USERS, N_ITEMS = 25, 160


def _ragged(rng: np.random.Generator) -> Ragged:
    lengths = rng.integers(1, 12, N_USERS)
    indices = [np.sort(rng.permutation(N_ITEMS)[:length]) for length in lengths]
    total = int(lengths.sum())
    return Ragged(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.concatenate(indices).astype(np.int32),
        (
            rng.choice([4.0, 5.0], total).astype(np.float32),
            rng.integers(0, 300, total).astype(np.float32),
        ),
    )


def make_contents(model_version: str = "toy-0123456789", seed: int = 5) -> BundleContents:
    rng = np.random.default_rng(seed)
    left, right = (rng.normal(size=(N_ITEMS, 6)).astype(np.float32) for _ in range(2))
    prior_of_returning = rng.normal(size=(N_ITEMS, 1)).astype(np.float32)
    fold_in = FoldIn(
        (
            AlsComponent(
                factors=left,
                alpha=3.0,
                regularization=2.0,
                covariance=covariance_of(left),
                history_weights=HistoryWeights(weight_of_five=2.0),
            ),
            LinearComponent(factors=right, shrinkage=3.0, returning_weight=0.4),
            ConstantComponent(weight=0.0, returning_weight=0.5),
        )
    )
    histories, seen = _ragged(rng), _ragged(rng)
    # The user without history has rated nothing that the model knows.
    seen = Ragged(np.append(seen.indptr, seen.indptr[-1]), seen.indices, seen.values)
    movie_ids = np.arange(1, 2 * N_ITEMS, 2, dtype=np.int32)
    return BundleContents(
        model_version=model_version,
        model_name="toy",
        dataset="toy-set",
        data_fingerprint="f" * 64,
        cutoff=datetime(1998, 4, 23, 1, 10, 39),
        trained_on={"fit_window": "all", "n_interactions": len(histories.indices)},
        recipe={"parameters": {"alpha": 3.0}, "seed": 0},
        metrics={"validation.warm.ndcg_at_10": 0.25},
        user_ids=np.arange(10, 10 + N_USERS, dtype=np.int32),
        movie_ids=movie_ids,
        user_embeddings=fold_in.vectors(histories.indptr, histories.indices, *histories.values),
        item_embeddings=np.hstack([left, right, prior_of_returning]),
        item_prior=rng.normal(size=N_ITEMS).astype(np.float32),
        seen=Ragged(seen.indptr, seen.indices, (seen.values[0], seen.values[1].astype(np.int64))),
        histories=histories,
        fold_in=fold_in,
        default_rating=4.0,
        popularity=rng.random((2, N_ITEMS)),
        trending_half_life_days=14,
        genre_popularity={"Drama": {"all_time": [0, 2], "trending": [2, 0]}},
        item_features=[
            {"movie_id": movie, "title": f"Les Misérables {movie}", "year": None, "genres": []}
            for movie in range(1, 2 * N_ITEMS + 4)
        ],
        rating_values=[1.0, 2.0, 3.0, 4.0, 5.0],
        users_without_history=[99],
    )


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def contents() -> BundleContents:
    return make_contents()


@pytest.fixture
def changed() -> Callable[..., BundleContents]:
    """Contents with some fields replaced."""

    def change(**fields: Any) -> BundleContents:
        return replace(make_contents(), **fields)

    return change
