"""A made-up bundle as large as an API of this kind gets: 60,000 movies, 160,000 users."""

from datetime import datetime
from typing import Any

import numpy as np
from rich.console import Console

from warehouse.bundle.components import AlsComponent, Array, covariance_of
from warehouse.bundle.fold_in import FoldIn
from warehouse.bundle.layout import BundleContents, Ragged
from warehouse.bundle.pointer import set_current
from warehouse.bundle.writer import write_bundle
from warehouse.home import Home

MOVIES, USERS, DIMENSIONS = 60_000, 160_000, 64
_RATINGS_A_USER = 60
_GENRES = ("Action", "Comedy", "Crime", "Drama", "Horror", "Romance", "Sci-Fi", "Thriller", "War")


def write_large_bundle(home: Home, console: Console, seed: int = 7) -> None:
    """Write the bundle into `home` and let it serve; takes about a minute.

    Popularity has a long tail; the spectrum of the factors falls as that of
    fitted ones does, and popular movies have longer factors.
    """
    random = np.random.default_rng(seed)
    with console.status(f"making a bundle of {MOVIES:,} movies and {USERS:,} users"):
        contents = _contents(random)
        write_bundle(home, contents)
        set_current(home, contents.model_version)


def _contents(random: np.random.Generator) -> BundleContents:
    weights = 1.0 / (random.permutation(MOVIES) + 1.0) ** 0.8
    popularity = 1e5 * weights
    spectrum = 1.0 / np.sqrt(np.arange(1, DIMENSIONS + 1))
    length = (popularity / popularity.max())[:, None] ** 0.15
    items = (random.normal(size=(MOVIES, DIMENSIONS)) * spectrum * length).astype(np.float32)
    users = (random.normal(size=(USERS, DIMENSIONS)) * spectrum).astype(np.float32)
    logarithm = np.log(popularity + 1)
    prior = 0.25 * (logarithm - logarithm.mean()) / logarithm.std()
    indptr, indices = _ratings(random, weights)
    stars = random.choice(np.array([3, 4, 5], np.float32), len(indices))
    instants = random.integers(900_000_000, 1_000_000_000, len(indices))
    ages = random.integers(0, 3_000, len(indices)).astype(np.float32)
    features = _features(random, popularity)
    fold_in = FoldIn((AlsComponent(factors=items, alpha=3.0, covariance=covariance_of(items)),))
    return BundleContents(
        model_version="synthetic-60k",
        model_name="synthetic",
        dataset="synthetic",
        data_fingerprint="0" * 64,
        cutoff=datetime(2020, 1, 1),
        trained_on={"fit_window": "all", "n_interactions": len(indices)},
        recipe={"parameters": {}, "seed": 0},
        metrics={},
        user_ids=np.arange(1, USERS + 1, dtype=np.int32),
        movie_ids=np.arange(1, MOVIES + 1, dtype=np.int32),
        user_embeddings=users,
        item_embeddings=items,
        item_prior=prior.astype(np.float32),
        seen=Ragged(indptr, indices, (stars, instants.astype(np.int64))),
        histories=Ragged(indptr, indices, (np.maximum(stars, 4), ages)),
        fold_in=fold_in,
        default_rating=4.0,
        popularity=np.stack([popularity, popularity * random.lognormal(0, 1, MOVIES)]),
        trending_half_life_days=14,
        genre_popularity=_by_genre(features, popularity),
        item_features=features,
        rating_values=[3.0, 4.0, 5.0],
        users_without_history=[],
    )


def _ratings(random: np.random.Generator, weights: Array) -> tuple[Array, Array]:
    """Distinct movies of each user, as CSR."""
    share = np.cumsum(weights) / weights.sum()
    lengths = np.clip(random.lognormal(np.log(_RATINGS_A_USER), 0.9, USERS), 5, 2_500).astype(int)
    rows = [
        np.unique(np.searchsorted(share, random.random(length)).clip(max=MOVIES - 1))
        for length in lengths.tolist()
    ]
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    return indptr.astype(np.int64), np.concatenate(rows).astype(np.int32)


def _features(random: np.random.Generator, popularity: Array) -> list[dict[str, Any]]:
    syllables = [first + second for first in "bcdfglmnprst" for second in ("a", "e", "io", "or")]
    words = ["".join(random.choice(syllables, 3)).title() for _ in range(20_000)]
    lengths = random.integers(1, 4, MOVIES)
    chosen = random.integers(0, len(words), (MOVIES, 4))
    return [
        {
            "movie_id": number + 1,
            "title": " ".join(words[place] for place in chosen[number, : lengths[number] + 1]),
            "year": int(1920 + number % 104),
            "genres": sorted({_GENRES[place % len(_GENRES)] for place in chosen[number, :2]}),
            "n_ratings": int(popularity[number]) + 1,
            "mean_rating": 3.5,
            "n_positives": int(popularity[number] / 2),
            "rating_counts": [int(popularity[number]) + 1, 0, 0],
            "in_catalogue": True,
        }
        for number in range(MOVIES)
    ]


def _by_genre(features: list[dict[str, Any]], popularity: Array) -> dict[str, dict[str, list[int]]]:
    order = np.argsort(-popularity, kind="stable").tolist()
    ranked: dict[str, list[int]] = {genre: [] for genre in _GENRES}
    for row in order:
        for genre in features[row]["genres"]:
            ranked[genre].append(row)
    return {genre: {"all_time": rows, "trending": rows} for genre, rows in ranked.items()}
