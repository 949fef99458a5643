"""Putting a finished warehouse in front of its readers, who never meet the writer.

A version is a folder of its own, ``published/<version>/warehouse.duckdb``; the
file's stem stays the same because views carry the catalogue's name. Readers
follow the link ``warehouse.duckdb`` at the home's root.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse.errors import PublishError
from warehouse.files import replacing_folder
from warehouse.home import Home


def publish(home: Home, keep: int) -> str:
    """Copy the build into a new version and move the pointer to it.

    Parameters
    ----------
    home : Home
    keep : int
        How many versions stay on disk, the new one included.

    Returns
    -------
    str
        The new version's name, ``20260131T125959.123456Z``.

    Raises
    ------
    PublishError
        When the build is missing or unreadable, or the disk is full. The
        version that was current stays current.
    """
    version = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    target = home.published / version
    try:
        with replacing_folder(target) as folder:
            shutil.copyfile(home.build_file, folder / home.build_file.name)
            _verify(folder / home.build_file.name)
        _point(home, target / home.build_file.name)
    except (OSError, duckdb.Error) as error:
        raise PublishError(
            f"{home.build_file} could not be published as {version}: {error}",
            "free some disk space or build again; readers keep the version they had",
        ) from error
    prune(home, keep)
    return version


def current_version(home: Home) -> str | None:
    """Name of the version that the pointer leads to, or None before the first."""
    return home.pointer.resolve().parent.name if home.pointer.exists() else None


def prune(home: Home, keep: int) -> list[str]:
    """Remove all but the newest `keep` versions, and never the current one."""
    versions = sorted(path.name for path in home.published.iterdir() if path.name[0] != ".")
    spare = [name for name in versions[:-keep] if name != current_version(home)]
    for name in spare:
        shutil.rmtree(home.published / name)
    return spare


def _verify(path: Path) -> None:
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.sql("select count(*) from marts.fct_interactions").fetchone()


def _point(home: Home, target: Path) -> None:
    beside = home.pointer.with_name(f".{home.pointer.name}.tmp")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target.relative_to(home.pointer.parent))
    beside.replace(home.pointer)
