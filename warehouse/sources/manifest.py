"""The record that stands beside an edition's Parquet files and makes them trustworthy."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.errors import InvalidDataError
from warehouse.files import fingerprint, sha256_of, write_json
from warehouse.sources.formats import RatingScale

MANIFEST = "manifest.json"
RATINGS = "ratings.parquet"
MOVIES = "movies.parquet"
USERS = "users.parquet"
REJECTS = "rejects.parquet"
FILES = (RATINGS, MOVIES, USERS, REJECTS)
# Up to this size a file's bytes are hashed again before it is believed; of a
# larger one the size is.
_MOST_BYTES_HASHED = 50_000_000
# Raise it when the same source files would be converted to other contents.
FORMAT = 1
# What reading a manifest that is missing, damaged or of another shape may raise.
_UNREADABLE = (
    FileNotFoundError,
    NotADirectoryError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)

RATINGS_SCHEMA = pa.schema(
    [
        pa.field("user_id", pa.int32()),
        pa.field("movie_id", pa.int32()),
        pa.field("rating", pa.float64()),
        pa.field("rated_at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class Source:
    """Where an edition's files came from.

    Attributes
    ----------
    kind : str
        ``publisher``, ``mirror``, ``path`` or ``synthetic``.
    name : str
        The address, the packages, the path or the generator's recipe.
    revision : str or None
        Of a path: sizes and times of change, so that a changed file is noticed.
    """

    kind: str
    name: str
    revision: str | None = None


@dataclass(frozen=True)
class FileRecord:
    """What a Parquet file was like when it was finished.

    Attributes
    ----------
    bytes : int
    sha256 : str
    """

    bytes: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "FileRecord":
        """Measure and hash a finished file."""
        return cls(path.stat().st_size, sha256_of(path))

    def fault(self, path: Path) -> str | None:
        """Say how a file differs from this record; None where it does not."""
        size = path.stat().st_size
        if size != self.bytes:
            return f"{path.name} has {size:,} bytes, expected {self.bytes:,}"
        if size <= _MOST_BYTES_HASHED and sha256_of(path) != self.sha256:
            return f"{path.name} has other contents than when it was written"
        return None


@dataclass(frozen=True)
class Manifest:
    """What a folder of typed Parquet holds.

    Attributes
    ----------
    dataset : str
        Name of the folder under ``raw/``.
    edition : str
        Name in the catalogue, ``custom`` or ``synthetic``.
    source : Source
    archive_sha256 : str or None
    counts : dict
        Rows of ``ratings`` and ``movies``; ``users`` who rated.
    rejected : dict
        Rows by reason.
    rated_from, rated_until : datetime
        UTC, without a zone.
    rating_scale : RatingScale
    fingerprint : str
        sha256 of the logical contents: same data, same fingerprint.
    files : dict of str to FileRecord
        Every Parquet file's bytes, so that damage is noticed.
    format : int
    """

    dataset: str
    edition: str
    source: Source
    archive_sha256: str | None
    counts: dict[str, int]
    rejected: dict[str, int]
    rated_from: datetime
    rated_until: datetime
    rating_scale: RatingScale
    fingerprint: str
    files: dict[str, FileRecord]
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write ``manifest.json`` into `folder`."""
        content = asdict(self)
        content["rated_from"] = self.rated_from.isoformat()
        content["rated_until"] = self.rated_until.isoformat()
        write_json(folder / MANIFEST, content)

    @classmethod
    def read(cls, folder: Path) -> "Manifest | None":
        """Read a finished folder's manifest; None where it is missing, incomplete or outdated."""
        try:
            content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            manifest = cls(
                **content
                | {
                    "source": Source(**content["source"]),
                    "rating_scale": RatingScale(**content["rating_scale"]),
                    "rated_from": datetime.fromisoformat(content["rated_from"]),
                    "rated_until": datetime.fromisoformat(content["rated_until"]),
                    "files": {n: FileRecord(**r) for n, r in content["files"].items()},
                }
            )
        except _UNREADABLE:
            return None
        complete = all(name in manifest.files and (folder / name).is_file() for name in FILES)
        return manifest if complete and manifest.format == FORMAT else None

    def fault(self, folder: Path) -> str | None:
        """Say what is damaged in a folder that `read` has found complete; None if nothing is."""
        return next(filter(None, (self.files[name].fault(folder / name) for name in FILES)), None)


@dataclass(frozen=True)
class Contents:
    """What a pass over a folder's Parquet files finds out about them."""

    counts: dict[str, int]
    rated_from: datetime
    rated_until: datetime
    fingerprint: str


def examine(folder: Path, label: str) -> Contents:
    """Count and fingerprint the Parquet files of a folder, in bounded memory.

    The ratings' columns are hashed one by one as little-endian values in the
    rows' order, so that neither row groups nor compression matter.

    Parameters
    ----------
    folder : Path
    label : str
        Names the dataset in messages.

    Raises
    ------
    InvalidDataError
        When there is no rating at all.
    """
    hashes = {name: hashlib.sha256() for name in RATINGS_SCHEMA.names}
    users: set[int] = set()
    n_ratings, first, last = 0, 0, 0
    with pq.ParquetFile(folder / RATINGS) as ratings:
        for batch in ratings.iter_batches(batch_size=1 << 20):
            for name, digest in hashes.items():
                column = batch[name]
                if name == "rated_at":
                    column = column.cast(pa.int64())
                digest.update(column.to_numpy())
            users.update(batch["user_id"].unique().to_pylist())
            # Rows lie in the order of time.
            first = first if n_ratings else batch["rated_at"][0].value
            last = batch["rated_at"][-1].value
            n_ratings += batch.num_rows
    if not n_ratings:
        raise InvalidDataError(f"{label}: no valid rating at all")
    movies, people = pq.read_table(folder / MOVIES), pq.read_table(folder / USERS)
    return Contents(
        counts={"ratings": n_ratings, "users": len(users), "movies": movies.num_rows},
        rated_from=_from_microseconds(first),
        rated_until=_from_microseconds(last),
        fingerprint=fingerprint(
            {
                "ratings": {name: digest.hexdigest() for name, digest in hashes.items()},
                "movies": fingerprint(movies.to_pylist()),
                "users": fingerprint(people.to_pylist()),
            }
        ),
    )


def _from_microseconds(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1e6, UTC).replace(tzinfo=None)
