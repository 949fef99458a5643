"""A small bundle with complete features: 24 movies, 20 of them known, and 6 users."""

from datetime import datetime
from typing import Any

import numpy as np

from warehouse.bundle.components import (
    AlsComponent,
    ConstantComponent,
    HistoryWeights,
    LinearComponent,
    covariance_of,
)
from warehouse.bundle.fold_in import FoldIn
from warehouse.bundle.layout import BundleContents, Ragged

DATASET = "hand-made"
UNTRAINED = (3, 13, 23, 33)
WITHOUT_HISTORY = (90, 91)
RATING_VALUES = [1.0, 2.0, 3.0, 4.0, 5.0]
# title, year, genres; movie ids are 1, 3, 5, ... in this order.
MOVIES: tuple[tuple[str, int | None, tuple[str, ...]], ...] = (
    ("Matrix, The", 1999, ("Action", "Sci-Fi")),
    ("Matrix Untrained, The", 2003, ("Action", "Sci-Fi")),
    ("Misérables, Les", 1995, ("Drama",)),
    ("Misérables, Les", 1998, ("Drama",)),
    ("Thelma & Louise", 1991, ("Crime", "Drama")),
    ("Seventh Seal, The (Sjunde inseglet, Det)", 1957, ("Drama",)),
    ("Lost Reel", 1921, ("Documentary",)),
    ("2001: A Space Odyssey", 1968, ("Sci-Fi",)),
    ("Star Wars: Episode IV - A New Hope", 1977, ("Action", "Sci-Fi")),
    ("Godfather, The", 1972, ("Crime", "Drama")),
    ("Godfather: Part II, The", 1974, ("Crime", "Drama")),
    ("Unseen Nights", 1960, ("Film-Noir",)),
    ("Titanic", 1953, ("Drama", "Romance")),
    ("Titanic", 1997, ("Drama", "Romance")),
    ("L.A. Confidential", 1997, ("Crime", "Film-Noir")),
    ("Amélie", 2001, ("Comedy", "Romance")),
    ("Yearless Wonder", None, ("Comedy",)),
    ("Genreless", 1980, ()),
    ("Rocky II", 1979, ("Action", "Drama")),
    ("M*A*S*H", 1970, ("Comedy", "War")),
    ("Alien³", 1992, ("Sci-Fi",)),
    ("Associate, The (L'Associé)", 1982, ("Comedy",)),
    ("Professional, The (a.k.a. Leon: The Professional)", 1994, ("Crime",)),
    ("Big Sleep, The", 1946, ("Film-Noir",)),
)
ALL_IDS = tuple(range(1, 2 * len(MOVIES), 2))
TRAINED_IDS = tuple(movie for movie in ALL_IDS if movie not in UNTRAINED)
USER_IDS = (10, 11, 12, 13, 14, 15)
SEEN_COUNTS = (3, 5, 8, 20, 1, 12)
# Ratings of those without a history: none, and some that are not likings.
OTHERS_SEEN_COUNTS = (0, 4)


def make_contents(model_version: str = "small-0000000001", seed: int = 3) -> BundleContents:
    """Make the contents, the same at every call; another seed gives another model.

    User 13 has seen every movie that the model knows.
    """
    rng = np.random.default_rng(seed)
    n_items = len(TRAINED_IDS)
    left, right = (rng.normal(size=(n_items, 5)).astype(np.float32) for _ in range(2))
    returning = rng.normal(size=(n_items, 1)).astype(np.float32)
    weights = HistoryWeights(weight_of_five=2.0, half_life_days=100.0)
    fold_in = FoldIn(
        (
            AlsComponent(
                factors=left,
                alpha=3.0,
                regularization=2.0,
                covariance=covariance_of(left),
                history_weights=weights,
            ),
            LinearComponent(factors=right, shrinkage=3.0, returning_weight=0.4),
            ConstantComponent(weight=0.0, returning_weight=0.5),
        )
    )
    counts = (*SEEN_COUNTS, *OTHERS_SEEN_COUNTS)
    seen = _ragged(rng, counts, n_items, lambda n: rng.choice([1.0, 3.0, 5.0], n))
    liked = [max(1, count // 2) for count in SEEN_COUNTS]
    histories = _ragged(rng, liked, n_items, lambda n: rng.choice([4.0, 5.0], n))
    return BundleContents(
        model_version=model_version,
        model_name="small",
        dataset=DATASET,
        data_fingerprint="f" * 64,
        cutoff=datetime(1998, 4, 23, 1, 10, 39),
        trained_on={"fit_window": "all", "n_interactions": len(histories.indices)},
        recipe={"parameters": {}, "seed": seed},
        metrics={},
        user_ids=np.array(USER_IDS, dtype=np.int32),
        movie_ids=np.array(TRAINED_IDS, dtype=np.int32),
        user_embeddings=fold_in.vectors(histories.indptr, histories.indices, *histories.values),
        item_embeddings=np.hstack([left, right, returning]),
        item_prior=rng.normal(size=n_items).astype(np.float32),
        seen=Ragged(
            seen.indptr,
            seen.indices,
            (seen.values[0], (893286638 - 3600 * seen.values[1]).astype(np.int64)),
        ),
        histories=histories,
        fold_in=fold_in,
        default_rating=4.0,
        # Whole numbers, so that some movies are equally popular.
        popularity=np.stack([rng.integers(1, 9, n_items), rng.random(n_items)]),
        trending_half_life_days=14,
        genre_popularity={},
        item_features=[_features(number) for number in range(len(MOVIES))],
        rating_values=RATING_VALUES,
        users_without_history=list(WITHOUT_HISTORY),
    )


def _ragged(rng: np.random.Generator, counts: Any, n_items: int, stars: Any) -> Ragged:
    indices = [np.sort(rng.permutation(n_items)[:count]) for count in counts]
    total = sum(counts)
    return Ragged(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.concatenate(indices).astype(np.int32),
        (stars(total).astype(np.float32), rng.integers(0, 300, total).astype(np.float32)),
    )


def _features(number: int) -> dict[str, Any]:
    """Features of one movie; the fewer ratings, the later in the list."""
    title, year, genres = MOVIES[number]
    trained = ALL_IDS[number] in TRAINED_IDS
    counts = [0, 1, 2, 3, 30 - number] if trained else [0] * len(RATING_VALUES)
    total = sum(counts)
    stars = sum(value * count for value, count in zip(RATING_VALUES, counts, strict=True))
    return {
        "movie_id": ALL_IDS[number],
        "title": title,
        "year": year,
        "genres": list(genres),
        "n_ratings": total,
        "mean_rating": stars / total if total else None,
        "n_positives": counts[3] + counts[4],
        "rating_counts": counts,
        "in_catalogue": trained,
    }
