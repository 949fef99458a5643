"""The one entry point: make sure that the wanted dataset's typed Parquet is in place."""

import re
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout
from rich.console import Console

from warehouse.errors import InvalidDataError, LockedError, SettingError, SourceError
from warehouse.files import sha256_of
from warehouse.settings import Settings
from warehouse.sources.acquire import acquire
from warehouse.sources.catalogue import EDITIONS, Edition, edition_of
from warehouse.sources.formats import FAMILIES
from warehouse.sources.manifest import Contents, Manifest, Source
from warehouse.sources.raw_folder import (
    Origin,
    build_raw_folder,
    clear_leftovers,
    read_finished,
)
from warehouse.sources.synthetic import PREFIX, Recipe, build_synthetic

CUSTOM = "custom"


def ensure_dataset(settings: Settings, console: Console, refresh: bool = False) -> Manifest:
    """Put the dataset that ``MARQUEE_DATASET`` names under ``raw/``, if it is not there yet.

    Parameters
    ----------
    settings : Settings
    console : Console
        Gets progress and notices; one on standard error.
    refresh : bool
        Fetch and convert again.

    Returns
    -------
    Manifest
        Its ``dataset`` names the folder below ``raw/``, also where the
        setting is a path.

    Raises
    ------
    SettingError
        When the setting is no edition, no recipe and no existing path.
    SourceError
        When the dataset cannot be fetched, read or trusted; what stood under
        ``raw/`` before still stands.
    LockedError
        When another process prepares a dataset in the same home.
    """
    raw = settings.home.root / "raw"
    try:
        raw.mkdir(parents=True, exist_ok=True)
        with FileLock(raw / ".lock", timeout=0):
            clear_leftovers(raw)
            return _prepare(settings, console, refresh)
    except Timeout as error:
        raise LockedError(
            f"{raw}: another process prepares a dataset here", hint="wait until it is done"
        ) from error
    except duckdb.Error as error:
        raise SourceError(f"{settings.dataset}: the conversion failed: {error}") from error
    except OSError as error:
        raise SourceError(
            f"{error.filename or raw}: {error.strerror or error}",
            hint="check the free space and the permissions of MARQUEE_HOME",
        ) from error


def slug(path: Path) -> str:
    """Make a dataset's name from a path: lowercase, safe as a folder, no edition's own name.

    Examples
    --------
    >>> slug(Path("/data/My Ratings (2024).zip"))
    'my-ratings-2024'
    >>> slug(Path("trimmed/ml-100k.zip"))
    'custom-ml-100k'
    """
    stem = path.name if path.is_dir() else path.name.removesuffix(".gz").rpartition(".")[0]
    name = re.sub(r"[^a-z0-9]+", "-", (stem or path.name).lower())[:60].strip("-") or CUSTOM
    return f"{CUSTOM}-{name}" if name in EDITIONS or name.startswith(PREFIX) else name


def _prepare(settings: Settings, console: Console, refresh: bool) -> Manifest:
    wanted = settings.dataset
    if wanted in EDITIONS:
        return _named(EDITIONS[wanted], settings, console, refresh)
    if wanted.startswith(PREFIX):
        return build_synthetic(Recipe.parse(wanted), settings, console, refresh)
    path = Path(wanted).expanduser()
    if not path.exists():
        raise SettingError(
            f"MARQUEE_DATASET={wanted!r}: no such edition, file or folder",
            hint=f"use one of {', '.join(EDITIONS)}, {PREFIX}<number of ratings> "
            f"(as {PREFIX}25m), or the path to a zip or folder of an edition",
        )
    return _local(path.resolve(), settings, console, refresh)


def _named(edition: Edition, settings: Settings, console: Console, refresh: bool) -> Manifest:
    folder = settings.home.raw(edition.name)
    finished = None
    if not refresh:
        finished = read_finished(folder, lambda found: found.edition == edition.name, console)
    if finished:
        return finished
    acquired = acquire(edition, settings, console, refresh)
    published = acquired.source.kind == "publisher"
    trusted = published and (edition.checksum is not None or edition.changes)

    def naming(contents: Contents) -> tuple[str, str]:
        if not trusted and not edition.holds(contents):
            raise InvalidDataError(
                f"{edition.name} from {acquired.source.name}: holds {contents.counts}, rated "
                f"{contents.rated_from} to {contents.rated_until}; expected "
                + " or ".join(map(str, edition.releases))
            )
        return edition.name, edition.name

    origin = Origin(acquired.path, acquired.source, acquired.sha256, edition.name)
    return build_raw_folder(origin, naming, settings, console)


def _local(path: Path, settings: Settings, console: Console, refresh: bool) -> Manifest:
    source = Source("path", str(path), _revision(path))
    folders = () if refresh else sorted((settings.home.root / "raw").glob("[!.]*"))
    for folder in folders:
        finished = read_finished(folder, lambda found: found.source == source, console)
        if finished:
            return finished

    def naming(contents: Contents) -> tuple[str, str]:
        known = edition_of(contents)
        return (known.name, known.name) if known else (slug(path), CUSTOM)

    sha256 = sha256_of(path) if path.is_file() else None
    return build_raw_folder(Origin(path, source, sha256, slug(path)), naming, settings, console)


def _revision(path: Path) -> str:
    """Sizes and times of change of what an edition is read from, without reading it."""
    names = [name for family in FAMILIES for name in (family.ratings, family.movies, family.users)]
    files = [path] if path.is_file() else [f for n in names if n for f in sorted(path.rglob(n))]
    stats = [file.stat() for file in files]
    return " ".join(f"{stat.st_size}-{stat.st_mtime_ns}" for stat in stats)
