"""Opening a bundle: verified, memory-mapped, ready to answer from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from warehouse.bundle import layout
from warehouse.bundle.components import Array
from warehouse.bundle.fold_in import FoldIn
from warehouse.bundle.layout import Ragged
from warehouse.bundle.manifest import read_manifest, verify_files
from warehouse.errors import BundleError


@dataclass(frozen=True)
class Bundle:
    """A loaded bundle; every array is read-only.

    Attributes
    ----------
    path : Path
    manifest, metadata : mapping
        ``manifest.json`` and ``model_metadata.json``.
    user_rows, item_rows : mapping of int to int
        Row of a user or movie id in the arrays; ids ascend with the rows.
    user_ids, movie_ids : int32 arrays
        Ids in the order of the rows.
    user_embeddings, item_embeddings : float32 arrays (n, d)
    item_prior : float32 array (n_items,)
    rows_without_history : mapping of int to int
        Row in `seen` of the users who have no embedding.
    seen : Ragged
        By user row, then for the users without history: catalogue rows, with stars and epoch
        seconds.
    histories : Ragged
        By user row: catalogue rows of liked movies, with stars and ages in days at the cutoff.
    item_features : mapping
        Movie id -> features, of every movie of the edition: ``movie_id``, ``title``, ``year``,
        ``genres``, ``n_ratings``, ``mean_rating``, ``n_positives``, ``rating_counts``,
        ``in_catalogue``.
    popularity : float64 array (2, n_items)
        All time and trending.
    genre_popularity : mapping
        Genre -> ``all_time`` or ``trending`` -> catalogue rows, most popular first.
    neighbours, neighbour_scores : int32, float32 arrays (n_items, 100 or fewer)
        Most similar catalogue rows and their cosines.
    fold_in : FoldIn
        Computes the vector of a history.
    """

    path: Path
    manifest: Mapping[str, Any]
    metadata: Mapping[str, Any]
    user_rows: Mapping[int, int]
    item_rows: Mapping[int, int]
    user_ids: Array
    movie_ids: Array
    user_embeddings: Array
    item_embeddings: Array
    item_prior: Array
    rows_without_history: Mapping[int, int]
    seen: Ragged
    histories: Ragged
    item_features: Mapping[int, Mapping[str, Any]]
    popularity: Array
    genre_popularity: Mapping[str, Mapping[str, list[int]]]
    neighbours: Array
    neighbour_scores: Array
    fold_in: FoldIn

    @property
    def model_version(self) -> str:
        """Version that answers must name."""
        return str(self.manifest["model_version"])

    @property
    def index_path(self) -> Path:
        """FAISS file over the movies, for `warehouse.bundle.index.load_index`."""
        return self.path / layout.ITEM_INDEX

    def scores(self, vector: Array) -> Array:
        """Score of every catalogue movie, float32 ``(n_items,)``, for one user vector ``(d,)``."""
        return np.asarray(self.item_embeddings @ vector + self.item_prior)


def load_bundle(path: Path, mmap: bool = True, verify: bool = True) -> Bundle:
    """Open the bundle in a folder.

    Parameters
    ----------
    path : Path
        ``bundles/<version>``.
    mmap : bool
        Map the arrays, so that worker processes share their memory; else read them.
    verify : bool
        Check the sha256 of every file; sizes and the manifest are always checked.

    Raises
    ------
    BundleError
        A file is missing, damaged or of another schema version; the message names it.
    """
    manifest = read_manifest(path)
    verify_files(path, manifest, contents=verify)

    def array(name: str) -> Array:
        file = path / f"{name}.npy"
        try:
            loaded = np.load(file, mmap_mode="r" if mmap else None, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise BundleError(f"{file}: not a readable array") from error
        loaded.setflags(write=False)
        return np.asarray(loaded)

    metadata = _json(path / layout.METADATA)
    user_rows = {int(key): row for key, row in _json(path / layout.USER_MAPPING).items()}
    item_rows = {int(key): row for key, row in _json(path / layout.ITEM_MAPPING).items()}
    features = _json(path / layout.ITEM_FEATURES)
    return Bundle(
        path=path,
        manifest=manifest,
        metadata=metadata,
        user_rows=user_rows,
        item_rows=item_rows,
        user_ids=np.fromiter(user_rows, dtype=np.int32, count=len(user_rows)),
        movie_ids=np.fromiter(item_rows, dtype=np.int32, count=len(item_rows)),
        user_embeddings=array("user_embeddings"),
        item_embeddings=array("item_embeddings"),
        item_prior=array("item_prior"),
        rows_without_history={
            user: len(user_rows) + place
            for place, user in enumerate(metadata["users_without_history"])
        },
        seen=_ragged(array, "seen", ("ratings", "at")),
        histories=_ragged(array, "history", ("ratings", "ages")),
        item_features={int(movie["movie_id"]): movie for movie in features},
        popularity=array("popularity"),
        genre_popularity=_json(path / layout.GENRE_POPULARITY),
        neighbours=array("item_neighbours"),
        neighbour_scores=array("item_neighbour_scores"),
        fold_in=FoldIn.restore(metadata["fold_in"], array),
    )


def _ragged(array: Any, name: str, values: tuple[str, ...]) -> Ragged:
    return Ragged(
        array(f"{name}_indptr"),
        array(f"{name}_indices"),
        tuple(array(f"{name}_{value}") for value in values),
    )


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: not readable as JSON") from error
