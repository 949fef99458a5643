"""The batches that were accepted: typed Parquet, each beside the manifest that makes it count.

``$MARQUEE_HOME/interactions/<dataset>/<batch_id>.parquet``, read by dbt with a
glob, and ``<batch_id>.json``, which is written last: Parquet without it was left
by a killed run. Rows that were not taken over lie in ``rejects/``. Zero-row
files keep both globs from being empty.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.errors import InvalidDataError
from warehouse.files import write_json
from warehouse.home import Home
from warehouse.interactions.origin import PEOPLE
from warehouse.parquet import write_parquet
from warehouse.sources.manifest import RATINGS_SCHEMA, FileRecord
from warehouse.sources.rejects import REJECTS_SCHEMA

SCHEMA = pa.schema(
    [
        *RATINGS_SCHEMA,
        pa.field("source", pa.string()),
        pa.field("batch_id", pa.string()),
        pa.field("accepted_at", pa.timestamp("us")),
    ]
)
_SCHEMA_STEM = "_schema"


@dataclass(frozen=True)
class Batch:
    """What is on record of an accepted batch.

    Attributes
    ----------
    batch_id : str
    content_hash : str
        Of its rows in the order of time, however they were written down.
    rows : int
    rejected : mapping of reason to int
    origin : str
        Name of the file that it came in.
    accepted_at : datetime
        UTC, without a zone; later batches are later.
    file : FileRecord
        Of its Parquet file.
    source : str
        `PEOPLE` or `SIMULATION`, who handed it in.
    """

    batch_id: str
    content_hash: str
    rows: int
    rejected: Mapping[str, int]
    origin: str
    accepted_at: datetime
    file: FileRecord
    source: str = PEOPLE

    def write(self, home: Home, dataset: str) -> None:
        """Let the batch count."""
        content = asdict(self) | {"accepted_at": self.accepted_at.isoformat()}
        write_json(home.interactions(dataset) / f"{self.batch_id}.json", content)

    @classmethod
    def read(cls, path: Path) -> "Batch":
        """Read a manifest, and hold the rows beside it against it.

        Raises
        ------
        InvalidDataError
            The manifest cannot be read, or the rows are missing or damaged.
        """
        rows = path.with_suffix(".parquet")
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            accepted_at = datetime.fromisoformat(content["accepted_at"])
            file = FileRecord(**content["file"])
            batch = cls(**content | {"accepted_at": accepted_at, "file": file})
            fault = file.fault(rows)
        except (OSError, ValueError, KeyError, TypeError) as error:
            fault = f"cannot be read ({error})"
        if fault:
            raise InvalidDataError(
                f"{path.with_suffix('')}: the accepted batch is damaged: {fault}",
                hint=f"restore it from a copy, or remove {path.name} and hand its file in again",
            )
        return batch


def prepare(home: Home, dataset: str) -> tuple[Batch, ...]:
    """Put the zero-row files in place, clear what killed runs left, and list the batches.

    Only for the process that holds the home's lock.

    Returns
    -------
    tuple of Batch
        In the order in which they were accepted.

    Raises
    ------
    InvalidDataError
        A batch is damaged.
    """
    folder = home.interactions(dataset)
    for place, schema in ((folder, SCHEMA), (rejects_folder(home, dataset), REJECTS_SCHEMA)):
        path = place / f"{_SCHEMA_STEM}.parquet"
        if not path.exists() or not pq.read_schema(path).equals(schema):
            write_parquet(path, schema.empty_table())
        for orphan in place.glob("*.parquet"):
            if orphan.stem != _SCHEMA_STEM and not (folder / f"{orphan.stem}.json").is_file():
                orphan.unlink()
    found = (Batch.read(path) for path in sorted(folder.glob("*.json")))
    return tuple(sorted(found, key=lambda batch: batch.accepted_at))


def remove(home: Home, dataset: str, batch_id: str) -> None:
    """Let a batch count no longer; one that is not there is none to remove.

    Only for the process that holds the home's lock.
    """
    folder = home.interactions(dataset)
    # The manifest first: without it the rest is cleared by whoever comes next.
    for path in (
        folder / f"{batch_id}.json",
        folder / f"{batch_id}.parquet",
        rejects_folder(home, dataset) / f"{batch_id}.parquet",
    ):
        path.unlink(missing_ok=True)


def rejects_folder(home: Home, dataset: str) -> Path:
    """Folder of the rows that accepted batches did not take over."""
    return home.interactions(dataset) / "rejects"


def content_hash(rows: pa.Table) -> str:
    """Sha256 of rows of `RATINGS_SCHEMA`, in the order of time, user and movie."""
    order = [(name, "ascending") for name in ("rated_at", "user_id", "movie_id")]
    digest = hashlib.sha256()
    for name in RATINGS_SCHEMA.names:
        column = rows.sort_by(order)[name]
        if name == "rated_at":
            column = pc.cast(column, pa.int64())
        digest.update(f"{name} {len(column)} ".encode())
        digest.update(column.to_numpy())
    return digest.hexdigest()


def labelled(rows: pa.Table, source: str, batch_id: str, accepted_at: datetime) -> pa.Table:
    """Rows of `SCHEMA` from rows of `RATINGS_SCHEMA`."""
    count = rows.num_rows
    columns = [
        *rows.select(RATINGS_SCHEMA.names).columns,
        pa.repeat(pa.scalar(source), count),
        pa.repeat(pa.scalar(batch_id), count),
        pa.repeat(pa.scalar(accepted_at, pa.timestamp("us")), count),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)
