"""Who handed a file of interactions in: a mark in the file itself, whatever its name is."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

PEOPLE = "batch"
SIMULATION = "simulation"
_KEY = b"marquee.source"


def marked_as_simulated(rows: pa.Table) -> pa.Table:
    """Mark rows as handed in by the simulation."""
    return rows.replace_schema_metadata({_KEY: SIMULATION.encode()})


def source_of(path: Path) -> str:
    """Tell who handed a file in; `PEOPLE` unless it bears the mark of the simulation."""
    if path.suffix.lower() != ".parquet":
        return PEOPLE
    try:
        metadata = pq.read_schema(path).metadata or {}
    except pa.ArrowException:
        return PEOPLE
    return SIMULATION if metadata.get(_KEY) == SIMULATION.encode() else PEOPLE
