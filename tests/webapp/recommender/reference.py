"""The slow and plain way to the same answers, in float64 and Python."""

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

from warehouse.bundle.layout import BundleContents
from webapp.recommender.questions import Filters


def passes(movie: dict[str, Any], filters: Filters) -> bool:
    """Whether a movie's features pass the filters."""
    named = {genre.casefold() for genre in filters.genres}
    if named and named.isdisjoint(genre.casefold() for genre in movie["genres"]):
        return False
    if filters.year_min is None and filters.year_max is None:
        return True
    if movie["year"] is None:
        return False
    low = filters.year_min if filters.year_min is not None else movie["year"]
    high = filters.year_max if filters.year_max is not None else movie["year"]
    return bool(low <= movie["year"] <= high)


def features(contents: BundleContents) -> dict[int, dict[str, Any]]:
    """Features by movie id."""
    return {movie["movie_id"]: dict(movie) for movie in contents.item_features}


def passing(contents: BundleContents, filters: Filters) -> set[int]:
    """Movies that the model knows and that pass the filters."""
    known = features(contents)
    return {movie for movie in contents.movie_ids.tolist() if passes(known[movie], filters)}


def seen(contents: BundleContents, user_id: int) -> set[int]:
    """Movies that a user of the edition has rated."""
    row = [*contents.user_ids.tolist(), *contents.users_without_history].index(user_id)
    return set(contents.movie_ids[contents.seen.indices[contents.seen.row(row)]].tolist())


def scores(contents: BundleContents, vector: Any) -> dict[int, float]:
    """Score of every movie that the model knows, in float64."""
    embeddings = contents.item_embeddings.astype(np.float64)
    values = embeddings @ np.asarray(vector, dtype=np.float64) + contents.item_prior
    return dict(zip(contents.movie_ids.tolist(), values.tolist(), strict=True))


def best(scored: dict[int, float], allowed: Iterable[int], k: int) -> list[int]:
    """Up to k of the allowed movies by score, ties by id."""
    return sorted(allowed, key=lambda movie: (-np.float32(scored[movie]), movie))[:k]


def rows(contents: BundleContents, movie_ids: Collection[int]) -> Any:
    """Catalogue rows of movies, ascending."""
    return np.flatnonzero(np.isin(contents.movie_ids, list(movie_ids)))
