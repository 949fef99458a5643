"""Making one folder of ``raw/`` whole: convert, check, name, describe, put in place."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from warehouse.errors import InvalidDataError
from warehouse.files import replacing_folder, restore_replaced
from warehouse.settings import Settings
from warehouse.sources.archive import Archive
from warehouse.sources.convert import convert
from warehouse.sources.manifest import (
    FILES,
    REJECTS,
    Contents,
    FileRecord,
    Manifest,
    Source,
    examine,
)
from warehouse.sources.rejects import RejectLog


@dataclass(frozen=True)
class Origin:
    """An archive and what is known of it before it is opened.

    Attributes
    ----------
    path : Path
    source : Source
    sha256 : str or None
        None for a folder.
    label : str
        Safe as a file name; stands in messages and names the file of refused rows.
    """

    path: Path
    source: Source
    sha256: str | None
    label: str


# Gives the names of dataset and edition once the contents are known, or refuses them.
Naming = Callable[[Contents], tuple[str, str]]


def build_raw_folder(
    origin: Origin, naming: Naming, settings: Settings, console: Console
) -> Manifest:
    """Convert an archive into ``raw/<dataset>/``, replaced as a whole at the very end.

    Parameters
    ----------
    origin : Origin
    naming : callable
    settings : Settings
    console : Console

    Raises
    ------
    InvalidDataError
        When the archive is damaged, too many rows are bad (all of them are
        then kept in ``raw/<label>.refused.parquet``), or `naming` refuses.
    """
    raw = settings.home.root / "raw"
    refused = raw / f"{origin.label}.refused.parquet"
    refused.unlink(missing_ok=True)
    with TemporaryDirectory(dir=raw, prefix=".convert-") as name:
        folder = Path(name)
        with RejectLog(folder / REJECTS) as log:
            scale = convert(Archive(origin.path), folder, settings, log, console)
        _report(log, origin.label, console)
        try:
            log.require_share(settings.max_reject_share, origin.label)
        except InvalidDataError as error:
            shutil.copyfile(folder / REJECTS, refused)
            message = f"{error.message}\n    all of them: {refused}"
            raise InvalidDataError(message, hint=error.hint) from error
        contents = examine(folder, origin.label)
        dataset, edition = naming(contents)
        manifest = Manifest(
            dataset=dataset,
            edition=edition,
            source=origin.source,
            archive_sha256=origin.sha256,
            counts=contents.counts,
            rejected=dict(sorted(log.reasons.items())),
            rated_from=contents.rated_from,
            rated_until=contents.rated_until,
            rating_scale=scale,
            fingerprint=contents.fingerprint,
            files=records(folder),
        )
        put_in_place(folder, manifest, settings.home.raw(dataset))
    return manifest


def records(folder: Path) -> dict[str, FileRecord]:
    """Measure and hash the finished files of a folder."""
    return {name: FileRecord.of(folder / name) for name in FILES}


def read_finished(
    folder: Path, wanted: Callable[[Manifest], bool], console: Console
) -> Manifest | None:
    """Read a finished folder's manifest, if it is the wanted one and its files are whole.

    Parameters
    ----------
    folder : Path
    wanted : callable
        Tells from the manifest whether the folder is the one asked for.
    console : Console
        Gets a notice when the folder is, and is damaged.
    """
    manifest = Manifest.read(folder)
    if not manifest or not wanted(manifest):
        return None
    fault = manifest.fault(folder)
    if fault:
        notice = f"{folder}: {fault}; it is made again"
        console.print(notice, style="yellow", markup=False, soft_wrap=True)
        return None
    return manifest


def put_in_place(folder: Path, manifest: Manifest, target: Path) -> None:
    """Move finished files to `target` together with their manifest."""
    with replacing_folder(target) as beside:
        for file in folder.iterdir():
            file.replace(beside / file.name)
        manifest.write(beside)


def clear_leftovers(raw: Path) -> None:
    """Remove what killed runs have left under `raw`; call it only while holding its lock.

    A dataset that was renamed aside, and whose successor never came, is brought back.
    """
    for folder in sorted(raw.glob(".*")):
        if folder.is_dir() and not restore_replaced(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _report(log: RejectLog, label: str, console: Console) -> None:
    for reason, count in sorted(log.reasons.items()):
        console.print(f"{label}: {count:,} rows rejected: {reason}", style="yellow", markup=False)
