"""Names and schema version of a bundle's files, and what a writer must bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from warehouse.bundle.components import Array
from warehouse.bundle.fold_in import FoldIn
from warehouse.errors import BundleError

SCHEMA_VERSION = 2
MANIFEST = "manifest.json"
METADATA = "model_metadata.json"
USER_MAPPING = "user_mapping.json"
ITEM_MAPPING = "item_mapping.json"
ITEM_FEATURES = "item_features.json"
GENRE_POPULARITY = "genre_popularity.json"
ITEM_INDEX = "item_index.faiss"
JSON_FILES = (METADATA, USER_MAPPING, ITEM_MAPPING, ITEM_FEATURES, GENRE_POPULARITY)
ARRAYS = (
    "user_embeddings",
    "item_embeddings",
    "item_prior",
    "seen_indptr",
    "seen_indices",
    "seen_ratings",
    "seen_at",
    "history_indptr",
    "history_indices",
    "history_ratings",
    "history_ages",
    "popularity",
    "item_neighbours",
    "item_neighbour_scores",
)
REQUIRED_FILES = (*JSON_FILES, ITEM_INDEX, *(f"{name}.npy" for name in ARRAYS))
POPULARITY_WINDOWS = ("all_time", "trending")


@dataclass(frozen=True)
class Ragged:
    """Rows of unequal length as CSR: row r is ``indices[indptr[r]:indptr[r + 1]]``.

    Parameters
    ----------
    indptr : int64 array (n_rows + 1,)
    indices : int32 array (n,)
        Catalogue rows, ascending within a row.
    values : tuple of arrays (n,)
        One value per entry and array.
    """

    indptr: Array
    indices: Array
    values: tuple[Array, ...] = ()

    def row(self, number: int) -> slice:
        """Where row `number` lies in the indices and in each of the values."""
        return slice(int(self.indptr[number]), int(self.indptr[number + 1]))


@dataclass(frozen=True)
class BundleContents:
    """Everything that a bundle is made from.

    Parameters
    ----------
    model_version, model_name, dataset, data_fingerprint : str
    cutoff : datetime
        The model has seen what is strictly before it (UTC).
    trained_on : mapping
        ``fit_window``, ``n_interactions``, ``first`` and ``last`` (ISO instants).
    recipe : mapping
        ``parameters`` and ``seed``.
    metrics : mapping
        Figures of the recipe, for the manifest.
    user_ids, movie_ids : int32 arrays
        Ascending; the order of all rows below.
    user_embeddings, item_embeddings : float32 arrays (n, d)
    item_prior : float32 array (n_items,)
        ``score = user . item + prior``.
    seen : Ragged
        What each user has rated in any way, with stars (float32) and epoch seconds (int64):
        a row for each of `user_ids`, then one for each of `users_without_history`.
    histories : Ragged
        What each user liked, with stars and ages in days before the cutoff (float32).
    fold_in : FoldIn
    default_rating : float
        Stars that a liked movie without a rating counts as.
    popularity : float64 array (2, n_items)
        In the order of `POPULARITY_WINDOWS`.
    trending_half_life_days : int
    genre_popularity : mapping
        Genre -> window -> catalogue rows, most popular first.
    item_features : sequence of mappings
        All movies of the edition, the catalogue and the others, ordered by ``movie_id``.
    rating_values : sequence of float
        Ratings that ``rating_counts`` of the features count, in that order.
    users_without_history : sequence of int
        Users of the edition for whom there is no embedding.
    """

    model_version: str
    model_name: str
    dataset: str
    data_fingerprint: str
    cutoff: datetime
    trained_on: Mapping[str, Any]
    recipe: Mapping[str, Any]
    metrics: Mapping[str, float]
    user_ids: Array
    movie_ids: Array
    user_embeddings: Array
    item_embeddings: Array
    item_prior: Array
    seen: Ragged
    histories: Ragged
    fold_in: FoldIn
    default_rating: float
    popularity: Array
    trending_half_life_days: int
    genre_popularity: Mapping[str, Mapping[str, Sequence[int]]]
    item_features: Sequence[Mapping[str, Any]]
    rating_values: Sequence[float]
    users_without_history: Sequence[int]

    def check(self) -> None:
        """Refuse contents that do not fit together.

        Raises
        ------
        BundleError
            Naming the part, its shape and what was expected, or the part that is not finite.
        """
        users, items, width = len(self.user_ids), len(self.movie_ids), self.fold_in.dimensions
        others = len(self.users_without_history)
        expected = {
            "user_embeddings": (self.user_embeddings, (users, width)),
            "item_embeddings": (self.item_embeddings, (items, width)),
            "item_prior": (self.item_prior, (items,)),
            "seen_indptr": (self.seen.indptr, (users + others + 1,)),
            "history_indptr": (self.histories.indptr, (users + 1,)),
            "popularity": (self.popularity, (len(POPULARITY_WINDOWS), items)),
        }
        for name, (array, shape) in expected.items():
            if array.shape != shape:
                raise BundleError(f"{name}: shape {array.shape}, expected {shape}")
            if not np.isfinite(array).all():
                raise BundleError(f"{name}: holds a number that is not finite")
        for name, ids in (("user_ids", self.user_ids), ("movie_ids", self.movie_ids)):
            if not (np.diff(ids) > 0).all():
                raise BundleError(f"{name}: expected to ascend without repetition")
        for name, ragged in (("seen", self.seen), ("history", self.histories)):
            lengths = {len(ragged.indices), int(ragged.indptr[-1]), *map(len, ragged.values)}
            if len(lengths) > 1:
                raise BundleError(f"{name}: parts of different lengths {sorted(lengths)}")
            if (
                len(ragged.indices)
                and not 0 <= ragged.indices.min() <= ragged.indices.max() < items
            ):
                raise BundleError(f"{name}_indices: expected rows from 0 to {items - 1}")
        listed = {int(movie["movie_id"]) for movie in self.item_features}
        if not listed.issuperset(self.movie_ids.tolist()):
            raise BundleError("item_features: lacks movies of the catalogue")
