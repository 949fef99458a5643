"""Writing a bundle: beside its place, verified, then renamed into it.

``created_at`` and the code revision stand in the manifest only, so that the
same contents give the same files and the same content hash.
"""

import json
import os
import shutil
import uuid
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from warehouse.bundle import layout
from warehouse.bundle.components import Array
from warehouse.bundle.index import IndexReport, build_index
from warehouse.bundle.layout import BundleContents
from warehouse.bundle.manifest import (
    checksums,
    content_hash_of,
    read_manifest,
    sealed,
    verify_files,
)
from warehouse.bundle.neighbours import nearest, similarity_vectors
from warehouse.bundle.reader import load_bundle
from warehouse.errors import BundleError
from warehouse.home import Home


def write_bundle(home: Home, contents: BundleContents, code_revision: str | None = None) -> Path:
    """Put a bundle into ``bundles/<model_version>``; ``CURRENT`` is left as it is.

    A version that is there with the same content hash is left untouched; if
    its files have been damaged since, it is replaced.

    Returns
    -------
    Path
        The bundle's folder.

    Raises
    ------
    BundleError
        The contents do not fit together, or the version is there with other contents.
    """
    contents.check()
    target = home.bundles / contents.model_version
    home.bundles.mkdir(parents=True, exist_ok=True)
    remove_leftovers(home)
    beside = home.bundles / f".{contents.model_version}.{uuid.uuid4().hex[:8]}.tmp"
    beside.mkdir()
    try:
        _fill(beside, contents, code_revision)
        manifest = load_bundle(beside).manifest
        if not _is_same(target, manifest["content_hash"]):
            _put_in_place(beside, target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return target


def remove_leftovers(home: Home) -> None:
    """Remove what a killed writer has left; only the holder of the home's lock may call this."""
    for folder in home.bundles.glob(".*.tmp"):
        if folder.is_dir():
            shutil.rmtree(folder)


def _fill(folder: Path, contents: BundleContents, code_revision: str | None) -> None:
    """Write every file, the manifest last."""
    vectors = similarity_vectors(contents.item_embeddings, contents.fold_in)
    neighbours, scores = nearest(vectors)
    arrays: dict[str, Array] = {
        "user_embeddings": contents.user_embeddings,
        "item_embeddings": contents.item_embeddings,
        "item_prior": contents.item_prior,
        "seen_indptr": contents.seen.indptr,
        "seen_indices": contents.seen.indices,
        "seen_ratings": contents.seen.values[0],
        "seen_at": contents.seen.values[1],
        "history_indptr": contents.histories.indptr,
        "history_indices": contents.histories.indices,
        "history_ratings": contents.histories.values[0],
        "history_ages": contents.histories.values[1],
        "popularity": contents.popularity,
        "item_neighbours": neighbours,
        "item_neighbour_scores": scores,
        **contents.fold_in.arrays(),
    }
    for name, array in arrays.items():
        _write_array(folder / f"{name}.npy", array)
    index = build_index(vectors, folder / layout.ITEM_INDEX)
    _flush(folder / layout.ITEM_INDEX)
    rows_of_users = {str(user): row for row, user in enumerate(contents.user_ids.tolist())}
    rows_of_items = {str(movie): row for row, movie in enumerate(contents.movie_ids.tolist())}
    _write_json(folder / layout.USER_MAPPING, rows_of_users)
    _write_json(folder / layout.ITEM_MAPPING, rows_of_items)
    _write_json(folder / layout.ITEM_FEATURES, list(contents.item_features))
    _write_json(folder / layout.GENRE_POPULARITY, dict(contents.genre_popularity))
    _write_json(folder / layout.METADATA, _metadata(contents))
    files = checksums(folder, (path.name for path in folder.iterdir()))
    manifest = sealed(_manifest(contents, index, files, code_revision))
    _write_json(folder / layout.MANIFEST, manifest, indent=2)
    _flush(folder)


def _metadata(contents: BundleContents) -> dict[str, Any]:
    """Gather what serving must know besides the arrays; part of the content hash."""
    return {
        "model_version": contents.model_version,
        "model_name": contents.model_name,
        "dataset": contents.dataset,
        "cutoff": contents.cutoff.replace(tzinfo=UTC).isoformat(),
        "recipe": dict(contents.recipe),
        "score": "user_embedding . item_embedding + item_prior",
        "fold_in": contents.fold_in.describe(),
        "default_rating": contents.default_rating,
        "popularity_windows": list(layout.POPULARITY_WINDOWS),
        "trending_half_life_days": contents.trending_half_life_days,
        "rating_values": list(contents.rating_values),
        "users_without_history": list(contents.users_without_history),
    }


def _manifest(
    contents: BundleContents,
    index: IndexReport,
    files: dict[str, dict[str, Any]],
    code_revision: str | None,
) -> dict[str, Any]:
    return {
        "schema_version": layout.SCHEMA_VERSION,
        "model_version": contents.model_version,
        "model_name": contents.model_name,
        "dataset": contents.dataset,
        "code_revision": code_revision,
        "data_fingerprint": contents.data_fingerprint,
        "cutoff": contents.cutoff.replace(tzinfo=UTC).isoformat(),
        "trained_on": dict(contents.trained_on),
        "recipe": dict(contents.recipe),
        "dimensions": contents.fold_in.dimensions,
        "counts": {
            "users": len(contents.user_ids),
            "items": len(contents.movie_ids),
            "movies": len(contents.item_features),
            "seen": len(contents.seen.indices),
            "history": len(contents.histories.indices),
        },
        "metrics": dict(contents.metrics),
        "index": asdict(index),
        "files": files,
        "content_hash": content_hash_of(files),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _is_same(target: Path, content_hash: str) -> bool:
    """Whether the bundle is there already, whole."""
    if not target.exists():
        return False
    try:
        manifest = read_manifest(target)
    except BundleError:
        return False
    if manifest["content_hash"] != content_hash:
        raise BundleError(
            f"{target}: is there with content hash {manifest['content_hash'][:12]}, "
            f"now made with {content_hash[:12]}",
            hint="a bundle never changes: if nothing serves it, remove the folder and run again",
        )
    try:
        verify_files(target, manifest)
    except BundleError:
        return False
    return True


def _put_in_place(beside: Path, target: Path) -> None:
    """Rename the new folder to its name; what stands there is damaged and leaves."""
    damaged = target.with_name(f".{target.name}.damaged.tmp")
    if target.exists():
        target.rename(damaged)
    beside.rename(target)
    _flush(target.parent)
    shutil.rmtree(damaged, ignore_errors=True)


def _write_array(path: Path, array: Array) -> None:
    np.save(path, np.ascontiguousarray(array), allow_pickle=False)
    _flush(path)


def _write_json(path: Path, content: Any, indent: int | None = None) -> None:
    text = json.dumps(content, indent=indent, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    _flush(path)


def _flush(path: Path) -> None:
    """Force a file or a folder's entries to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
