"""Taking in what people dropped: each file becomes a batch, exactly once."""

import filecmp
import hashlib
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console

from warehouse.errors import InvalidDataError
from warehouse.home import Home
from warehouse.interactions.batches import (
    Batch,
    content_hash,
    labelled,
    prepare,
    rejects_folder,
)
from warehouse.interactions.origin import source_of
from warehouse.interactions.reading import Rules, read_interactions
from warehouse.parquet import write_parquet
from warehouse.settings import Settings
from warehouse.sources.manifest import MOVIES, FileRecord, Manifest
from warehouse.sources.rejects import RejectLog

SUFFIXES = (".csv", ".parquet")
ACCEPTED = "accepted"
# Bytes.
_LONGEST_ID = 100


def ingest(settings: Settings, manifest: Manifest, console: Console) -> list[Batch]:
    """Accept every file in ``incoming/<dataset>/``, in the order of their names.

    A file is moved to ``accepted/`` once its batch counts, and never onto
    another one there. One whose rows were accepted before, under whatever name,
    is moved there and counts once. What is killed half-way is taken up by the
    next run. Names that begin with a dot are still being written and are left alone.

    Only for the process that holds the home's lock.

    Parameters
    ----------
    settings : Settings
    manifest : Manifest
        Of the edition that the interactions belong to.
    console : Console

    Returns
    -------
    list of Batch
        Those accepted now.

    Raises
    ------
    InvalidDataError
        A file cannot be read, too many of its rows are bad, or a batch of its
        name was accepted with other contents. The file stays where it is, and
        so do those after it.
    """
    home, dataset = settings.home, manifest.dataset
    known = list(prepare(home, dataset))
    movies = pq.read_table(home.raw(dataset) / MOVIES, columns=["movie_id"])
    rules = Rules(manifest.rating_scale, movies)
    intake = _Intake(home, dataset, rules, settings.max_reject_share, known, console)
    before = len(known)
    for path in _files(home.incoming(dataset), console):
        intake.take(path)
        (path.parent / ACCEPTED).mkdir(exist_ok=True)
        path.replace(_place_for(path, path.parent / ACCEPTED))
    return known[before:]


def batch_id_of(path: Path) -> str:
    """Make a batch's id from the name of its file: letters of any script, lowercase, and digits.

    Examples
    --------
    >>> batch_id_of(Path("incoming/Ratings of May (2).csv"))
    'ratings-of-may-2'
    """
    stem = unicodedata.normalize("NFC", path.stem)
    name = re.sub(r"[^\w]+", "-", stem.lower()).strip("-_")
    # File systems count bytes.
    short = name.encode()[:_LONGEST_ID].decode(errors="ignore")
    return short or f"unnamed-{hashlib.sha256(stem.encode(errors='replace')).hexdigest()[:8]}"


def _place_for(path: Path, folder: Path) -> Path:
    """Find a name for a file in a folder, beside others of that name unless they hold the same."""
    place, number = folder / path.name, 2
    while place.exists() and not filecmp.cmp(path, place, shallow=False):
        place = folder / f"{path.stem}-{number}{path.suffix}"
        number += 1
    return place


def _files(incoming: Path, console: Console) -> Iterator[Path]:
    for path in sorted(incoming.glob("[!.]*")):
        if path.is_file() and path.suffix.lower() in SUFFIXES:
            yield path
        elif path.name != ACCEPTED:
            notice = f"{path}: passed by, neither {' nor '.join(SUFFIXES)}"
            console.print(notice, style="yellow", markup=False, soft_wrap=True)


@dataclass(frozen=True)
class _Intake:
    home: Home
    dataset: str
    rules: Rules
    max_reject_share: float
    known: list[Batch]
    console: Console

    def take(self, path: Path) -> None:
        """Make a file a batch, unless it holds nothing new."""
        folder, batch_id = self.home.interactions(self.dataset), batch_id_of(path)
        with TemporaryDirectory(dir=folder, prefix=".reading-", suffix=".tmp") as scratch:
            rejects = Path(scratch) / "rejects.parquet"
            with RejectLog(rejects) as log:
                rows = read_interactions(path, self.rules, log)
            self._require_share(log, path, rejects)
            content = content_hash(rows)
            if self._holds_nothing_new(path, rows, content):
                return
            if any(batch.batch_id == batch_id for batch in self.known):
                raise InvalidDataError(
                    f"{path}: a batch {batch_id!r} was accepted with other contents",
                    hint="hand new interactions in under a new name",
                )
            source, accepted_at = source_of(path), self._next_instant()
            rejects.replace(rejects_folder(self.home, self.dataset) / f"{batch_id}.parquet")
            target = folder / f"{batch_id}.parquet"
            write_parquet(target, labelled(rows, source, batch_id, accepted_at))
        rejected = dict(sorted(log.reasons.items()))
        file = FileRecord.of(target)
        origin, count = path.name, rows.num_rows
        batch = Batch(batch_id, content, count, rejected, origin, accepted_at, file, source)
        batch.write(self.home, self.dataset)
        self.known.append(batch)
        bad = ", ".join(f"{reason} {count:,}" for reason, count in rejected.items())
        said = f"{batch.rows:,} interactions accepted{f'; rejected: {bad}' if bad else ''}"
        self.console.print(f"{path.name}: {said}", markup=False)

    def _holds_nothing_new(self, path: Path, rows: pa.Table, content: str) -> bool:
        twin = next((batch for batch in self.known if batch.content_hash == content), None)
        if twin is None and rows.num_rows:
            return False
        why = f"known already as batch {twin.batch_id}" if twin else "holds no interaction"
        self.console.print(f"{path.name}: {why}, nothing to do", markup=False)
        return True

    def _next_instant(self) -> datetime:
        """Now, and after every batch before, whatever has become of the clock."""
        step = timedelta(microseconds=1)
        earlier = (batch.accepted_at + step for batch in self.known)
        return max([datetime.now(UTC).replace(tzinfo=None), *earlier])

    def _require_share(self, log: RejectLog, path: Path, rejects: Path) -> None:
        """Refuse a file with too many bad rows, and keep them all to be looked at."""
        folder = self.home.interactions(self.dataset) / "refused"
        refused = folder / f"{batch_id_of(path)}.parquet"
        refused.unlink(missing_ok=True)
        try:
            log.require_share(self.max_reject_share, str(path))
        except InvalidDataError as error:
            folder.mkdir(exist_ok=True)
            shutil.copyfile(rejects, refused)
            message = f"{error.message}\n    all of them: {refused}"
            raise InvalidDataError(message, hint=error.hint) from error
