"""Loading a log in pieces: again, late, damaged, archived, and of another edition."""

import shutil
import sqlite3

import duckdb
import hand_made_edition as edition
import pyarrow as pa
import pytest
import served_requests
from served_requests import request
from sqlalchemy import select

from warehouse.parquet import write_parquet
from warehouse.settings import Settings
from warehouse.store.archived import ARCHIVE_SCHEMA
from warehouse.store.engine import open_engine, reading
from warehouse.store.tables import REQUEST_LOGS

# column and value that spoil a row -> what its quarantine says
DAMAGES = {
    ("timestamp", "yesterday"): "timestamp: no instant",
    ("endpoint", ""): "endpoint: missing",
    ("status", 7): "status: no HTTP status",
    ("latency_ms", "quick"): "latency_ms: no duration",
    ("latency_ms", -1): "latency_ms: no duration",
    ("user_id", "me"): "user_id: no whole number",
    ("is_fallback", "perhaps"): "is_fallback: neither true nor false",
    ("request", "{"): "request: no JSON",
    ("recommendations", None): "recommendations: missing from an answer",
    ("recommendations", "[1,2"): "recommendations: no list of numbers",
    ("recommendations", '[1,"x",3]'): "recommendations: no list of numbers",
    ("recommendations", "[1,2,2]"): "recommendations: a movie twice",
    ("scores", "[0.5]"): "scores: not one for each recommendation",
    ("propensities", "[1,0,1]"): "propensities: no probabilities",
    ("propensities", "[1,1.5,1]"): "propensities: no probabilities",
    ("greedy", "[1]"): "greedy: not one for each recommendation",
}
LOADED = ("marts", "fct_requests"), ("marts", "fct_impressions"), ("marts", "fct_request_rejects")
LOAD = ("build", "--select", "tag:logs", "--exclude-resource-type", "unit_test")


def contents(home):
    """Every table that the log becomes, without the instants of loading."""
    tables = {}
    with duckdb.connect(str(home / "build" / "warehouse.duckdb"), read_only=True) as connection:
        reports = connection.sql(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema = 'reports' or table_name like 'fct_re%'"
            " or table_name like 'int_requests_summed%' or table_name like 'int_slots%'"
        ).fetchall()
        for schema, name in {*reports, *LOADED}:
            rows = connection.sql(f"select columns(c -> c != 'loaded_at') from {schema}.{name}")
            tables[name] = sorted(repr(tuple(map(rounded, row))) for row in rows.fetchall())
    return tables


def rounded(value):
    """A mean of the same numbers in another order may differ in its last digit."""
    return round(value, 9) if isinstance(value, float) else value


@pytest.fixture(scope="module")
def home(served, tmp_path_factory):
    home = tmp_path_factory.mktemp("loading") / "home"
    shutil.copytree(served, home)
    return home


@pytest.fixture(scope="module")
def reloaded(home, dbt):
    """Tables before and after the same log has been loaded a second time."""
    before = contents(home)
    dbt(home, *LOAD)
    return before, contents(home)


@pytest.fixture(scope="module")
def grown(home, reloaded, dbt):
    """Tables after late, damaged, archived and foreign rows came, and after beginning anew."""
    url = served_requests.store_of(home)
    damaged = [request(1000 + number, 3) for number in range(len(DAMAGES))]
    late = [request(2000, 0.25, user_id=2), request(2001, 9.95, user_id=None)]
    foreign = request(2002, 4, model_version="c-0000000000")
    served_requests.write_log(url, [*damaged, *late, foreign])
    metrics = [row | {"model_version": "c-0000000000"} for row in edition.metric_rows()]
    edition.write_ml(home, "model_metrics", [row | {"dataset": "other"} for row in metrics], "c-1")
    archive_first_day(home, url)
    with sqlite3.connect(home / "app.db") as connection:
        for record, (column, value) in zip(damaged, DAMAGES, strict=True):
            connection.execute(
                f"update request_logs set {column} = ? where request_id = ?",
                (value, record.request_id),
            )
    dbt(home, *LOAD)
    little_by_little = contents(home)
    dbt(home, *LOAD, "--full-refresh")
    return little_by_little, contents(home)


def archive_first_day(home, url):
    """Move a day into the archive as retention does; one row is left in both, as by a crash."""
    engine = open_engine(url)
    with reading(engine) as connection:
        query = select(REQUEST_LOGS).where(REQUEST_LOGS.c.timestamp < "2000-01-02")
        rows = [dict(row) for row in connection.execute(query).mappings()]
    engine.dispose()
    for row in rows:
        row |= {name: None if row[name] is None else bool(row[name]) for name in BOOLEANS}
    archive = Settings.from_environment({"MARQUEE_HOME": str(home)}).home.request_log_archive
    write_parquet(archive / "2000-01-01.parquet", pa.Table.from_pylist(rows, ARCHIVE_SCHEMA))
    with sqlite3.connect(home / "app.db") as connection:
        connection.executemany(
            "delete from request_logs where request_id = ?",
            [(row["request_id"],) for row in rows[1:]],
        )
    assert len(rows) > 10


BOOLEANS = ("is_fallback", "is_simulated")


def test_the_same_log_again_changes_nothing(reloaded):
    before, after = reloaded
    assert after == before
    assert len(before["fct_requests"]) == 400


def test_late_rows_arrive(grown):
    loaded = grown[0]
    assert len(loaded["fct_requests"]) == 402
    assert len(loaded["fct_impressions"]) == 6 + sum(
        len(record.recommendations or ()) for record in served_requests.drawn_requests()
    )


def test_what_is_loaded_little_by_little_is_what_is_loaded_at_once(grown):
    little_by_little, at_once = grown
    for name, rows in at_once.items():
        assert little_by_little[name] == rows, name


def test_a_damaged_row_is_set_aside_with_its_reason(grown, home):
    with duckdb.connect(str(home / "build" / "warehouse.duckdb"), read_only=True) as connection:
        rejects = connection.sql(
            "select reason, damaged_row from marts.fct_request_rejects order by request_id"
        ).fetchall()
    assert [reason for reason, _ in rejects] == list(DAMAGES.values())
    assert '"latency_ms":"quick"' in rejects[3][1]


def test_what_another_edition_was_asked_is_left_out(grown):
    assert not any("c-0000000000" in row for row in grown[0]["fct_requests"])
