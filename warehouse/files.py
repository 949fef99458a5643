"""Writing files so that a crash at any instant leaves the last good state."""

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ASIDE = ".old.tmp"
_ASIDE_NAME = re.compile(r"\.(?P<target>.+)\.[0-9a-f]{8}\.old\.tmp")


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a path beside `target`; rename it onto `target` when the block ends well.

    Yields
    ------
    Path
        A file name of its own on the same file system, flushed to disk before the rename.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        yield beside
        _flush(beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def replacing_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside `target`; rename it onto `target` when the block ends well.

    An existing `target` is renamed aside first and removed last: between the
    two renames nothing stands at `target`, so use this only where `target` is
    new or a reader never opens it while a writer holds the lock. A crash there
    is mended by `restore_replaced`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.tmp")
    aside = beside.with_name(beside.name.removesuffix(".tmp") + _ASIDE)
    beside.mkdir()
    try:
        yield beside
        for path in beside.rglob("*"):
            if path.is_file():
                _flush(path)
        if target.exists():
            target.rename(aside)
        beside.rename(target)
    finally:
        if not restore_replaced(aside):
            shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(beside, ignore_errors=True)


def restore_replaced(aside: Path) -> bool:
    """Bring a folder back that `replacing_folder` renamed aside, if nothing took its place.

    Parameters
    ----------
    aside : Path
        Any path; one that `replacing_folder` did not name stays as it is.

    Returns
    -------
    bool
        Whether it stands at its own name again.
    """
    name = _ASIDE_NAME.fullmatch(aside.name)
    if not name or not aside.is_dir() or aside.with_name(name["target"]).exists():
        return False
    aside.rename(aside.with_name(name["target"]))
    return True


def remove_leftovers(root: Path, spare: Container[str] = ()) -> None:
    """Remove what killed writers left beside their targets anywhere below `root`.

    A folder that was renamed aside, and whose successor never came, is brought back.

    Only for the process that holds the lock on `root`. Folders directly below
    it whose names are in `spare` have writers of their own, and are left alone.
    """
    for path in sorted(root.rglob(".*.tmp*")):
        if path.relative_to(root).parts[0] not in spare and not restore_replaced(path):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def write_text(target: Path, text: str) -> None:
    """Replace `target` by `text` atomically."""
    with replacing(target) as beside:
        beside.write_text(text, encoding="utf-8")


def write_json(target: Path, content: Any) -> None:
    """Replace `target` by canonical JSON (sorted keys), atomically."""
    write_text(target, json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def fingerprint(content: Any) -> str:
    """Hex sha256 of any JSON-serialisable content in canonical form."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
