"""The manifest: what a bundle is, and the checksums that it is held against."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from warehouse.bundle.layout import MANIFEST, REQUIRED_FILES, SCHEMA_VERSION
from warehouse.errors import BundleError
from warehouse.files import fingerprint, sha256_of

_SEAL = "manifest_sha256"


def checksums(folder: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Size and sha256 of each named file."""
    return {
        name: {"sha256": sha256_of(folder / name), "bytes": (folder / name).stat().st_size}
        for name in sorted(names)
    }


def content_hash_of(files: Mapping[str, Mapping[str, Any]]) -> str:
    """Sha256 over the names and sha256 of the files: what the bundle holds, however it was made."""
    return fingerprint({name: entry["sha256"] for name, entry in files.items()})


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Add the checksum of the manifest itself."""
    plain = {key: value for key, value in manifest.items() if key != _SEAL}
    return {**plain, _SEAL: fingerprint(plain)}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and check a bundle's manifest, without looking at the other files.

    Raises
    ------
    BundleError
        There is none, it is damaged, or it is of another schema version.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BundleError(f"{path}: missing") from error
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: not readable as JSON") from error
    if not isinstance(manifest, dict) or _SEAL not in manifest:
        raise BundleError(f"{path}: not a bundle's manifest")
    if manifest.get("schema_version") != SCHEMA_VERSION:
        raise BundleError(
            f"{path}: schema_version {manifest.get('schema_version')}, expected {SCHEMA_VERSION}",
            hint="train again, or serve it with the release that wrote it",
        )
    if sealed(manifest) != manifest:
        raise BundleError(f"{path}: damaged, its checksum does not match")
    absent = [name for name in REQUIRED_FILES if name not in manifest["files"]]
    if absent:
        raise BundleError(f"{path}: does not list {absent}")
    return manifest


def verify_files(folder: Path, manifest: Mapping[str, Any], contents: bool = True) -> None:
    """Hold every file against its size and, if `contents`, its sha256.

    Raises
    ------
    BundleError
        Naming the first file that is missing, truncated or changed.
    """
    for name, entry in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            raise BundleError(f"{path}: missing")
        size = path.stat().st_size
        if size != entry["bytes"]:
            raise BundleError(f"{path}: damaged, {size} bytes, expected {entry['bytes']}")
        if contents and sha256_of(path) != entry["sha256"]:
            raise BundleError(f"{path}: damaged, its checksum does not match")
