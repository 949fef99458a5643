"""The archive of the request log: Parquet files that dbt reads beside the store."""

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import TIMESTAMP, BigInteger, Boolean, Double, Integer
from sqlalchemy.types import TypeEngine

from warehouse.home import Home
from warehouse.parquet import write_parquet
from warehouse.store.tables import REQUEST_LOGS

_SCHEMA_NAME = "_schema.parquet"
# The first that fits: a big integer is an integer too. Whatever else there is, is text.
_TYPES = (
    (TIMESTAMP, pa.timestamp("us")),
    (Boolean, pa.bool_()),
    (BigInteger, pa.int64()),
    (Integer, pa.int32()),
    (Double, pa.float64()),
)


def _arrow_type(of_column: TypeEngine[object]) -> pa.DataType:
    return next((arrow for kind, arrow in _TYPES if isinstance(of_column, kind)), pa.string())


ARCHIVE_SCHEMA = pa.schema(
    [
        pa.field(column.name, _arrow_type(column.type), nullable=bool(column.nullable))
        for column in REQUEST_LOGS.columns
    ]
)
"""Columns of ``request_logs`` as they stand in the archive."""


def ensure_archive(home: Home) -> None:
    """Put a zero-row file of this code's schema into the archive, so that dbt's glob finds one."""
    path = home.request_log_archive / _SCHEMA_NAME
    if not path.exists() or not pq.read_schema(path).equals(ARCHIVE_SCHEMA):
        write_parquet(path, ARCHIVE_SCHEMA.empty_table())
