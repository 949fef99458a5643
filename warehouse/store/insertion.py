"""Writing records into ``request_logs``, a batch a transaction."""

import logging
import time
from collections.abc import Sequence

from sqlalchemy import Engine, insert, literal, null, select
from sqlalchemy.exc import DatabaseError, OperationalError

from warehouse.store.engine import writing
from warehouse.store.record import COLUMNS, RequestRecord, row_of
from warehouse.store.tables import REQUEST_LOGS

_log = logging.getLogger(__name__)
# Encoding holds the interpreter: a whole batch of it would hold up whatever the process answers
# meanwhile by milliseconds, so it pauses now and then.
_ROWS_AT_A_TIME = 16
_PAUSE_SECONDS = 0.0002


def insert_records(engine: Engine, records: Sequence[RequestRecord]) -> int:
    """Write records in order; a record whose id is there already counts as written.

    So a batch may be written again whenever it is not known whether the
    transaction before it was committed.

    Returns
    -------
    int
        How many are in the store now. The others hold something that no
        attempt could store, such as a number out of range; each is logged.

    Raises
    ------
    StoreError
        The store cannot be reached or written. Nothing is lost: try again.
    """
    rows = []
    for number, record in enumerate(records, start=1):
        if number % _ROWS_AT_A_TIME == 0:
            time.sleep(_PAUSE_SECONDS)
        try:
            rows.append(row_of(record))
        except Exception as error:
            _refuse(record.request_id, error)
    return _insert(engine, rows)


def probe(engine: Engine) -> None:
    """Say whether a request could be logged now, and leave no trace.

    Raises
    ------
    StoreError
        Why not: unreachable, read-only, locked for longer than the engine
        waits, without its tables or the right to write them.
    """
    required = [column for column in REQUEST_LOGS.columns if not column.nullable]
    nothing = select(*[null() for _ in required]).where(literal(1) == 0)
    with writing(engine) as connection:
        connection.execute(insert(REQUEST_LOGS).from_select(required, nothing))


def _insert(engine: Engine, rows: list[tuple[object, ...]]) -> int:
    if not rows:
        return 0
    try:
        with writing(engine) as connection:
            connection.exec_driver_sql(_statement(engine), rows)
        return len(rows)
    except Exception as error:
        if _is_of_the_store(error):
            raise
        probe(engine)
        if len(rows) == 1:
            _refuse(rows[0][0], error)
            return 0
    # One row spoils the statement: halving finds it, and keeps the others in order.
    middle = len(rows) // 2
    return _insert(engine, rows[:middle]) + _insert(engine, rows[middle:])


def _statement(engine: Engine) -> str:
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    marks = ", ".join(mark for _ in COLUMNS)
    return (
        f"insert into {REQUEST_LOGS.name} ({', '.join(COLUMNS)}) values ({marks})"  # noqa: S608
        " on conflict do nothing"
    )


def _is_of_the_store(error: Exception) -> bool:
    """Whether the store is at fault for certain; else it is, unless a probe gets through."""
    cause = error.__cause__
    return isinstance(cause, OperationalError) or type(cause) is DatabaseError


def _refuse(request_id: object, error: Exception) -> None:
    _log.error("request %s cannot be logged: %s", request_id, error)
