"""Log retention: old days of the request log go to Parquet, then out of the store.

A day's file stands, whole, before its rows leave the store; what is killed in
between is finished by the next run, and no request stands in a file twice. dbt
reads the store and the archive as one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import (
    ColumnElement,
    Engine,
    String,
    and_,
    cast,
    delete,
    func,
    select,
    type_coerce,
)

from warehouse.files import replacing
from warehouse.store.archived import ARCHIVE_SCHEMA
from warehouse.store.engine import reading, writing
from warehouse.store.tables import REQUEST_LOGS

_COLUMNS = REQUEST_LOGS.c
# SQLite takes any text for a time, and orders it as such.
_time_as_text = type_coerce(_COLUMNS.timestamp, String)
# So many leave the store in one transaction, for which the API hardly waits.
_ROWS_AT_A_TIME = 500
_TRUTHS = [field.name for field in ARCHIVE_SCHEMA if pa.types.is_boolean(field.type)]


@dataclass(frozen=True)
class Archived:
    """What one run has moved.

    Attributes
    ----------
    days : int
        Files written.
    requests : int
        Rows that have left the store.
    kept : int
        Old rows that no file can hold as they are; they stay in the store.
    """

    days: int
    requests: int
    kept: int


def archive_requests(engine: Engine, folder: Path, keep_days: int) -> Archived:
    """Move the days that are older than `keep_days` from the store to ``<folder>/<day>.parquet``.

    The age of a simulated request counts on the clock of the simulation: from
    the last day that it has come to.

    Only for the process that holds the home's lock.

    Parameters
    ----------
    engine : Engine
        Of the store.
    folder : Path
        Of the archive.
    keep_days : int
        Whole days that stay, today not counted.

    Raises
    ------
    StoreError
        The store cannot be reached, read or written.
    """
    today = datetime.now(UTC).date()
    total = Archived(0, 0, 0)
    for simulated, last in ((False, today), (True, _last_simulated_day(engine))):
        until = last - timedelta(days=keep_days) if last else date.min
        for day in _days(engine, simulated, until):
            if isinstance(day, str):
                total = replace(total, kept=total.kept + _count_at(engine, simulated, day))
                continue
            moved, kept = _archive_day(engine, folder / f"{day}.parquet", day, simulated)
            total = Archived(total.days + bool(moved), total.requests + moved, total.kept + kept)
    return total


def _last_simulated_day(engine: Engine) -> date | None:
    found: str | None = None
    while True:
        within = _of(simulated=True) if found is None else and_(_of(True), _time_as_text < found)
        with reading(engine) as connection:
            last = select(cast(func.max(_COLUMNS.timestamp), String)).where(within)
            found = connection.execute(last).scalar_one()
        if found is None or (day := _day_of(found)):
            return day if found else None


def _days(engine: Engine, simulated: bool, until: date) -> Iterator[date | str]:
    """Yield the days before `until` that have requests, and each time that is none.

    They are found one by one by the index.
    """
    since = _within(date(1970, 1, 1), until)
    while True:
        first = select(cast(func.min(_COLUMNS.timestamp), String)).where(_of(simulated), since)
        with reading(engine) as connection:
            found = connection.execute(first).scalar_one()
        if found is None:
            return
        day = _day_of(found)
        yield day or found
        since = (
            _within(day + timedelta(days=1), until)
            if day
            else and_(_time_as_text > found, _within(date(1970, 1, 1), until))
        )


def _count_at(engine: Engine, simulated: bool, time: str) -> int:
    query = select(func.count()).where(_of(simulated), _time_as_text == time)
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())


def _archive_day(engine: Engine, path: Path, day: date, simulated: bool) -> tuple[int, int]:
    """Write a day's file with what it held already, then let its rows leave the store."""
    within = _within(day, day + timedelta(days=1))
    query = select(_COLUMNS.request_id).where(_of(simulated), within)
    with reading(engine) as connection:
        ids: list[str] = sorted(connection.execute(query).scalars())
    before = pq.read_table(path, columns=["request_id"]) if path.exists() else None
    known = set(before["request_id"].to_pylist()) if before else set()
    fresh = [request_id for request_id in ids if request_id not in known]
    written = 0
    if fresh:
        with (
            replacing(path) as beside,
            pq.ParquetWriter(beside, ARCHIVE_SCHEMA, compression="zstd") as writer,
        ):
            if before:
                writer.write_table(pq.read_table(path, schema=ARCHIVE_SCHEMA))
            for table in _tables(engine, fresh):
                writer.write_table(table)
                known.update(table["request_id"].to_pylist())
                written += table.num_rows
    leaving = [request_id for request_id in ids if request_id in known]
    for part in _parts(leaving, _ROWS_AT_A_TIME):
        with writing(engine) as connection:
            connection.execute(delete(REQUEST_LOGS).where(_COLUMNS.request_id.in_(part)))
    return len(leaving), len(fresh) - written


def _tables(engine: Engine, ids: Sequence[str]) -> Iterator[pa.Table]:
    for part in _parts(ids, _ROWS_AT_A_TIME):
        try:
            yield _table(engine, part)
        except (ValueError, TypeError, pa.ArrowException):
            yield from _sound_ones(engine, part)


def _sound_ones(engine: Engine, ids: Sequence[str]) -> Iterator[pa.Table]:
    """Read one by one; what SQLite has taken though it is of another type stays where it is."""
    for request_id in ids:
        try:
            yield _table(engine, [request_id])
        except (ValueError, TypeError, pa.ArrowException):
            continue


def _table(engine: Engine, ids: Sequence[str]) -> pa.Table:
    query = select(REQUEST_LOGS).where(_COLUMNS.request_id.in_(ids))
    with reading(engine) as connection:
        rows = [_row(row) for row in connection.execute(query).mappings()]
    return pa.Table.from_pylist(rows, ARCHIVE_SCHEMA)


def _row(row: Mapping[Any, Any]) -> dict[str, Any]:
    # SQLite keeps a truth as a number.
    truths = {name: None if row[name] is None else bool(row[name]) for name in _TRUTHS}
    return {**row, **truths}


def _of(simulated: bool) -> ColumnElement[bool]:
    return _COLUMNS.is_simulated == simulated


def _within(start: date, end: date) -> ColumnElement[bool]:
    midnight = datetime.min.time()
    return and_(
        _COLUMNS.timestamp >= datetime.combine(start, midnight),
        _COLUMNS.timestamp < datetime.combine(end, midnight),
    )


def _day_of(text: str) -> date | None:
    """Day that a time lies in; none where the text is no time."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    # Weeks are read too, but do not sort as days do.
    return day if day.isoformat() == text[:10] else None


def _parts(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
