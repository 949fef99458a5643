"""``bundles/CURRENT``: the version that serves, and which versions are kept."""

import shutil

from warehouse.bundle.layout import MANIFEST
from warehouse.bundle.manifest import read_manifest
from warehouse.errors import BundleError
from warehouse.files import write_text
from warehouse.home import Home

CURRENT = "CURRENT"
# Versions in the order in which they last served, one a line. The bundles
# themselves never change, so their times say when they were put in place.
_SERVED = "SERVED"


def current_version(home: Home) -> str | None:
    """Version that serves, or none before the first training."""
    try:
        return (home.bundles / CURRENT).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def set_current(home: Home, version: str) -> None:
    """Let `version` serve, atomically.

    Raises
    ------
    BundleError
        There is no readable bundle of that version; ``CURRENT`` stays as it is.
    """
    if not version or "/" in version or version.startswith("."):
        raise BundleError(f"bundle version {version!r}: expected a folder name")
    read_manifest(home.bundles / version)
    # Before the pointer, which forgets what it pointed at.
    latest = [current_version(home), version]
    there = set(versions(home))
    served = [each for each in _served(home) if each in there and each not in latest]
    served += [each for each in dict.fromkeys(latest) if each in there]
    write_text(home.bundles / _SERVED, "".join(f"{each}\n" for each in served))
    write_text(home.bundles / CURRENT, f"{version}\n")


def versions(home: Home) -> list[str]:
    """Versions that are there, oldest first by the time they were put in place."""
    found = [path.parent for path in home.bundles.glob(f"*/{MANIFEST}")]
    complete = [folder for folder in found if not folder.name.startswith(".")]
    return [
        folder.name
        for folder in sorted(complete, key=lambda f: ((f / MANIFEST).stat().st_mtime_ns, f.name))
    ]


def prune(home: Home, keep: int) -> list[str]:
    """Remove bundles beyond `keep`, never the current one; return their versions.

    Those go first that never served, the oldest at the head, then those that
    have been out of service longest, whenever they were written. A bundle
    leaves by a rename first, so that no reader opens half of one. A process
    that has its files mapped goes on reading them.
    """
    current = current_version(home)
    rank = {version: place for place, version in enumerate(_served(home))}
    there = sorted(versions(home), key=lambda version: rank.get(version, -1))
    old = [version for version in there if version != current]
    spare = max(keep - 1, 0) if current else keep
    removed = old[: max(len(old) - spare, 0)]
    for version in removed:
        leaving = home.bundles / f".{version}.removed.tmp"
        (home.bundles / version).rename(leaving)
        shutil.rmtree(leaving)
    return removed


def _served(home: Home) -> list[str]:
    try:
        return (home.bundles / _SERVED).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
