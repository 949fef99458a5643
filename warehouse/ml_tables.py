"""The tables that Python writes and dbt reads: their schemas, and the one door to write them.

``$MARQUEE_HOME/ml/<table>/<dataset>/<stem>.parquet``, read by dbt with a glob.
Each folder keeps a zero-row ``_schema.parquet``, so that the glob is never
empty and dbt knows the types before the first training.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.errors import TrainingError
from warehouse.home import Home
from warehouse.parquet import write_parquet

_SCHEMA_STEM = "_schema"


def _schema(required: Mapping[str, Any], nullable: Collection[str] = ()) -> pa.Schema:
    return pa.schema([pa.field(n, t, nullable=n in nullable) for n, t in required.items()])


SCHEMAS: Mapping[str, pa.Schema] = {
    "item_embeddings": _schema(
        {
            "model_version": pa.string(),
            "movie_id": pa.int32(),
            "embedding": pa.list_(pa.float32()),
        }
    ),
    "user_embeddings": _schema(
        {
            "model_version": pa.string(),
            "user_id": pa.int32(),
            "embedding": pa.list_(pa.float32()),
        }
    ),
    "model_metrics": _schema(
        {
            "model_version": pa.string(),
            "model_name": pa.string(),
            "dataset": pa.string(),
            "split": pa.string(),
            "population": pa.string(),
            "metric": pa.string(),
            "k": pa.int32(),
            "value": pa.float64(),
            "ci_low": pa.float64(),
            "ci_high": pa.float64(),
            "n_users": pa.int32(),
        },
        nullable={"k", "ci_low", "ci_high"},
    ),
    "evaluation_lists": _schema(
        {
            "model_version": pa.string(),
            "split": pa.string(),
            "population": pa.string(),
            "user_id": pa.int32(),
            "position": pa.int32(),
            "movie_id": pa.int32(),
            "score": pa.float64(),
        }
    ),
    "item_exposure": _schema(
        {
            "model_version": pa.string(),
            "split": pa.string(),
            "movie_id": pa.int32(),
            "n_lists": pa.int64(),
        }
    ),
    "training_reads": _schema(
        {
            "model_version": pa.string(),
            "purpose": pa.string(),
            "fit_window": pa.string(),
            "last_interaction_at": pa.timestamp("us"),
            "n_interactions": pa.int64(),
        }
    ),
    "promotion_decisions": _schema(
        {
            "decided_at": pa.timestamp("us"),
            "dataset": pa.string(),
            "challenger_version": pa.string(),
            "champion_version": pa.string(),
            "promoted": pa.bool_(),
            "reason": pa.string(),
            "metric": pa.string(),
            "challenger_value": pa.float64(),
            "champion_value": pa.float64(),
            "relative_change": pa.float64(),
            "ci_low": pa.float64(),
            "ci_high": pa.float64(),
            "p_better": pa.float64(),
            "details": pa.string(),
        },
        nullable={
            "champion_version",
            "champion_value",
            "relative_change",
            "ci_low",
            "ci_high",
            "p_better",
        },
    ),
}


def ensure_schemas(home: Home, dataset: str) -> None:
    """Put the zero-row ``_schema.parquet`` of this code's schema into the folder of every table."""
    for name, schema in SCHEMAS.items():
        path = _path(home, name, dataset, _SCHEMA_STEM)
        if not path.exists() or not pq.read_schema(path).equals(schema):
            write_parquet(path, schema.empty_table())


def make_table(name: str, columns: Mapping[str, Any]) -> pa.Table:
    """Build a table from columns (arrays or lists) in the types of its schema.

    A column given as one string or number is repeated to the length of the others.

    Raises
    ------
    TrainingError
        A column is missing, unknown, or does not fit its type.
    """
    schema = _schema_of(name)
    _check_names(name, schema, list(columns))
    lengths = {len(v) for v in columns.values() if not isinstance(v, str | int | float)}
    length = lengths.pop() if lengths else 1
    arrays = []
    for field in schema:
        values = columns[field.name]
        if isinstance(values, str | int | float):
            values = [values] * length
        try:
            arrays.append(pa.array(values, type=field.type))
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise TrainingError(f"ml.{name}.{field.name}: {error}") from error
    return pa.Table.from_arrays(arrays, schema=schema)


def write_table(home: Home, name: str, dataset: str, file_stem: str, table: pa.Table) -> Path:
    """Replace one file of a table, atomically.

    Raises
    ------
    TrainingError
        A column is missing, unknown, of another type, or null where it must not be.
    """
    schema = _schema_of(name)
    _check_names(name, schema, table.column_names)
    table = table.select(schema.names)
    for field in schema:
        column = table.column(field.name)
        if not column.type.equals(field.type):
            raise TrainingError(
                f"ml.{name}.{field.name} has type {column.type}, expected {field.type}"
            )
        if column.null_count and not field.nullable:
            raise TrainingError(f"ml.{name}.{field.name}: {column.null_count} nulls, expected none")
    path = _path(home, name, dataset, file_stem)
    write_parquet(path, pa.Table.from_arrays(table.columns, schema=schema))
    return path


def remove_others(home: Home, name: str, dataset: str, keep: Collection[str]) -> list[str]:
    """Remove the files of a table whose stem is not in `keep`; return the stems removed.

    Used for tables of which only the latest training is kept (evaluation
    lists, exposure) and for the embeddings of pruned versions. The schema stays.
    """
    _schema_of(name)
    removed = []
    for path in sorted(home.ml(name, dataset).glob("*.parquet")):
        if path.stem != _SCHEMA_STEM and path.stem not in keep:
            path.unlink()
            removed.append(path.stem)
    return removed


def _path(home: Home, name: str, dataset: str, stem: str) -> Path:
    return home.ml(name, dataset) / f"{stem}.parquet"


def _schema_of(name: str) -> pa.Schema:
    if name not in SCHEMAS:
        raise TrainingError(f"ml table {name!r}: expected one of {sorted(SCHEMAS)}")
    return SCHEMAS[name]


def _check_names(name: str, schema: pa.Schema, columns: list[str]) -> None:
    missing = [column for column in schema.names if column not in columns]
    extra = [column for column in columns if column not in schema.names]
    if missing or extra:
        raise TrainingError(f"ml.{name}: missing columns {missing}, unknown columns {extra}")
