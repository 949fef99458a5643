"""Parquet files, put in place whole; apart from other files because what serves has no pyarrow."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.files import replacing


def write_parquet(target: Path, table: pa.Table) -> None:
    """Replace `target` by `table` as zstd-compressed Parquet, atomically."""
    with replacing(target) as beside:
        pq.write_table(table, beside, compression="zstd")
