"""Old days leave the store for Parquet, exactly once, whatever is killed on the way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from warehouse.store import retention
from warehouse.store.archived import ARCHIVE_SCHEMA
from warehouse.store.engine import writing
from warehouse.store.insertion import insert_records
from warehouse.store.reading import count_requests, recent
from warehouse.store.retention import Archived, archive_requests

KEPT = 30
TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def ago(days: float) -> float:
    """Instant so many days before the midnight that today began with."""
    return (TODAY - timedelta(days=days)).timestamp()


def day(days: float) -> str:
    return f"{TODAY - timedelta(days=days):%Y-%m-%d}"


@pytest.fixture
def log(engine, make_record):
    """Log requests of given times, numbered from `first`."""

    def write(*times: float, first: int = 1, **fields) -> None:
        records = [make_record(first + n, timestamp=at, **fields) for n, at in enumerate(times)]
        assert insert_records(engine, records) == len(records)

    return write


def files(folder: Path) -> dict[str, int]:
    return {path.stem: pq.read_metadata(path).num_rows for path in sorted(folder.glob("*.parquet"))}


def test_days_older_than_the_limit_leave_and_the_others_stay(engine, log, tmp_path: Path) -> None:
    log(ago(30), ago(30 - 1e-6), ago(31), ago(30 + 1e-6), ago(90), ago(0))

    assert archive_requests(engine, tmp_path, KEPT) == Archived(2, 3, 0)
    assert files(tmp_path) == {day(90): 1, day(31): 2}
    assert count_requests(engine) == 3
    assert archive_requests(engine, tmp_path, KEPT) == Archived(0, 0, 0)


def test_a_request_is_archived_as_it_stood(engine, log, make_record, tmp_path: Path) -> None:
    log(ago(40), is_simulated=True)
    log(ago(0), first=2, is_simulated=True)
    before = next(row for row in recent(engine, 2) if row.timestamp == ago(40))
    archive_requests(engine, tmp_path, KEPT)

    table = pq.read_table(tmp_path / f"{day(40)}.parquet")
    assert table.schema.equals(ARCHIVE_SCHEMA)
    (row,) = table.to_pylist()
    assert row["request_id"] == before.request_id
    assert row["timestamp"].replace(tzinfo=UTC).timestamp() == before.timestamp
    assert (row["is_simulated"], row["is_fallback"]) == (True, False)
    assert row["recommendations"] == "[50,181,1]"


def test_a_simulation_ages_on_its_own_clock(engine, log, tmp_path: Path) -> None:
    start = datetime(1998, 3, 8, tzinfo=UTC)
    log(*((start + timedelta(days=n)).timestamp() for n in range(40)), is_simulated=True)
    log(ago(1), first=100)

    assert archive_requests(engine, tmp_path, KEPT) == Archived(9, 9, 0)
    assert count_requests(engine) == 32


def test_what_was_killed_between_file_and_store_is_finished(
    engine, log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(ago(40), ago(40) + 1)

    def killed(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(retention, "delete", killed)
    with pytest.raises(KeyboardInterrupt):
        archive_requests(engine, tmp_path, KEPT)
    monkeypatch.undo()
    assert count_requests(engine) == 2

    log(ago(40) + 2, first=3)
    assert archive_requests(engine, tmp_path, KEPT) == Archived(1, 3, 0)
    assert files(tmp_path) == {day(40): 3}
    assert count_requests(engine) == 0


def test_late_requests_join_their_day(engine, log, tmp_path: Path) -> None:
    log(ago(40))
    archive_requests(engine, tmp_path, KEPT)
    log(ago(40) + 5, first=2)
    archive_requests(engine, tmp_path, KEPT)

    assert files(tmp_path) == {day(40): 2}


def test_more_than_one_transaction_is_needed_for_many(
    engine, log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_ROWS_AT_A_TIME", 3)
    log(*(ago(40) + n for n in range(10)))

    assert archive_requests(engine, tmp_path, KEPT) == Archived(1, 10, 0)
    assert files(tmp_path) == {day(40): 10}


# PostgreSQL takes no row whose columns are not of their types.
only_sqlite = pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)


# Each sorts among the days that are old; some are read as days by a parser that means well.
@only_sqlite
@pytest.mark.parametrize("told", ["2026-01-XX", "1998-13-99 00:00:00", "2020-W01-1", "2021-1-5"])
@pytest.mark.parametrize("is_simulated", [False, True])
def test_a_time_that_is_none_stays_and_is_counted(
    engine, log, tmp_path: Path, told: str, is_simulated: bool
) -> None:
    log(ago(0), ago(40), ago(9999), ago(41), ago(41) + 1, is_simulated=is_simulated)
    with writing(engine) as connection:
        change = "update request_logs set timestamp = ? where timestamp like ?"
        connection.exec_driver_sql(change, (told, f"{day(41)}%"))

    assert archive_requests(engine, tmp_path, KEPT) == Archived(2, 2, 2)
    assert files(tmp_path) == {day(9999): 1, day(40): 1}
    assert count_requests(engine) == 3


@only_sqlite
def test_the_last_time_of_a_simulation_may_be_none(engine, log, tmp_path: Path) -> None:
    log(ago(0), ago(40), ago(1), is_simulated=True)
    with writing(engine) as connection:
        change = "update request_logs set timestamp = 'soon' where timestamp like ?"
        connection.exec_driver_sql(change, (f"{day(1)}%",))

    assert archive_requests(engine, tmp_path, KEPT) == Archived(1, 1, 0)


@only_sqlite
def test_a_damaged_request_stays_and_is_counted(engine, log, tmp_path: Path) -> None:
    log(ago(40), ago(40) + 1)
    with writing(engine) as connection:
        connection.exec_driver_sql("update request_logs set k = 'many' where request_id like '%1'")

    assert archive_requests(engine, tmp_path, KEPT) == Archived(1, 1, 1)
    assert count_requests(engine) == 1
