"""Loading a log in pieces: again, late, damaged, archived, and of another edition."""

import shutil
import sqlite3
from uuid import UUID

import duckdb
import hand_made_edition as edition
import pyarrow as pa
import pytest
import served_requests
from served_requests import request
from sqlalchemy import select

from warehouse.errors import BuildError
from warehouse.parquet import write_parquet
from warehouse.settings import Settings
from warehouse.store.archived import ARCHIVE_SCHEMA
from warehouse.store.engine import open_engine, reading
from warehouse.store.tables import REQUEST_LOGS

# column and value that spoil a row -> what its quarantine says
DAMAGES = {
    ("timestamp", "yesterday"): "timestamp: no instant",
    ("timestamp", ""): "timestamp: no instant",
    ("timestamp", "null"): "timestamp: no instant",
    ("timestamp", "it's late"): "timestamp: no instant",
    ("timestamp", "2025-02-30 10:00:00"): "timestamp: no instant",
    ("timestamp", "2000-01-03 10:00:00+02:00"): "timestamp: no instant",
    ("timestamp", "infinity"): "timestamp: no instant",
    ("timestamp", 946_900_000): "timestamp: no instant",
    ("endpoint", ""): "endpoint: missing",
    ("endpoint", "all"): "endpoint: stands for every one",
    ("model_version", "all"): "model_version: stands for every one or none",
    ("status", 7): "status: no HTTP status",
    ("status", 200.4): "status: no HTTP status",
    ("status", 500): "recommendations: beside a failure",
    ("latency_ms", "quick"): "latency_ms: no duration",
    ("latency_ms", -1): "latency_ms: no duration",
    ("user_id", "me"): "user_id: no whole number",
    ("user_id", 1.5): "user_id: no whole number",
    ("is_fallback", "perhaps"): "is_fallback: neither true nor false",
    ("is_simulated", "perhaps"): "is_simulated: neither true nor false",
    ("request", "{"): "request: no JSON",
    ("recommendations", None): "recommendations: missing from an answer",
    ("recommendations", "[1,2"): "recommendations: no list of whole numbers",
    ("recommendations", '[1,"2",3]'): "recommendations: no list of whole numbers",
    ("recommendations", "[1.7,3,2]"): "recommendations: no list of whole numbers",
    ("recommendations", "[99999999999,3,2]"): "recommendations: no list of whole numbers",
    ("recommendations", "[1,2,2]"): "recommendations: a movie twice",
    ("scores", "[0.5]"): "scores: not one for each recommendation",
    ("propensities", "[1,0,1]"): "propensities: no probabilities",
    ("propensities", "[1,1.5,1]"): "propensities: no probabilities",
    ("propensities", "[1,0.5,1]"): "greedy: missing beside propensities",
    ("greedy", "[1]"): "greedy: not one for each recommendation",
    ("greedy", "[1,2,3]"): "propensities: missing beside greedy",
}
LOADED = ("marts", "fct_requests"), ("marts", "fct_impressions"), ("marts", "fct_request_rejects")
STAMPED = (
    *LOADED,
    ("staging", "stg_operational__request_logs"),
    *(("intermediate", f"int_requests_summed_by_{period}") for period in ("hour", "day")),
    *(("intermediate", f"int_slots_spread_by_{period}") for period in ("hour", "day")),
    ("intermediate", "int_slots_counted_by_hour"),
)
LOAD = ("build", "--select", "tag:logs", "--exclude-resource-type", "unit_test")
INTO_MARTS = ("build", "--select", "stg_operational__request_logs", "int_requests_selected")
INTO_MARTS += tuple(name for _, name in LOADED)


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
    assert any('"latency_ms":"quick"' in row for _, row in rejects)


@pytest.fixture(scope="module")
def quarantined(grown, home, dbt):
    """What staging holds before and after a load that finds nothing but known damage."""
    before = staged(home)
    dbt(home, *LOAD)
    return before, staged(home)


def staged(home):
    with duckdb.connect(str(home / "build" / "warehouse.duckdb"), read_only=True) as connection:
        return connection.sql(
            "select request_id, loaded_at from staging.stg_operational__request_logs order by all"
        ).fetchall()


def test_damage_is_set_aside_once(quarantined):
    before, after = quarantined
    assert after == before


@pytest.mark.parametrize(
    ("number", "instant"),
    list(enumerate(["", "null", "2025-02-30 10:00:00", 5], start=300)),
)
def test_a_damaged_instant_stops_no_load(quarantined, home, dbt, number, instant):
    before = len(contents(home)["fct_requests"])
    damaged, sound = request(10 * number, 3), request(10 * number + 1, 3)
    served_requests.write_log(served_requests.store_of(home), [damaged, sound])
    with sqlite3.connect(home / "app.db") as connection:
        connection.execute(
            "update request_logs set timestamp = ? where request_id = ?",
            (instant, damaged.request_id),
        )

    dbt(home, *INTO_MARTS)

    loaded = contents(home)
    assert len(loaded["fct_requests"]) == before + 1
    assert any(damaged.request_id in row for row in loaded["fct_request_rejects"])


def test_staging_made_anew_brings_no_request_twice(quarantined, home, dbt):
    before = contents(home)

    dbt(home, "run", "--select", "stg_operational__request_logs", "--full-refresh")
    dbt(home, *INTO_MARTS)

    after = contents(home)
    assert [len(after[name]) for _, name in LOADED] == [len(before[name]) for _, name in LOADED]


def test_a_clock_that_steps_back_loses_no_request(quarantined, home, dbt):
    before = contents(home)
    with duckdb.connect(str(home / "build" / "warehouse.duckdb")) as connection:
        for schema, name in STAMPED:
            connection.sql(f"update {schema}.{name} set loaded_at = loaded_at + interval 1 day")
    served_requests.write_log(served_requests.store_of(home), [request(4000, 3)])

    dbt(home, *LOAD)

    after = contents(home)
    assert len(after["fct_requests"]) == len(before["fct_requests"]) + 1
    assert counted(home, "int_requests_summed_by_day") == len(after["fct_requests"])
    assert counted(home, "int_slots_spread_by_day", "n_slots") == len(after["fct_impressions"])


def counted(home, table, column="n_requests"):
    with duckdb.connect(str(home / "build" / "warehouse.duckdb"), read_only=True) as connection:
        query = f"select sum({column}) from intermediate.{table}"
        (total,) = connection.sql(
            f"{query} where model_version = 'all' and endpoint = 'all'"
        ).fetchone()
    return total


EARLIER = "loaded_at - interval 1 day"
SPOILT = {
    "fct_requests": f"update marts.fct_requests set status = 700, loaded_at = {EARLIER}",
    "fct_impressions": f"update marts.fct_impressions set propensity = 2, loaded_at = {EARLIER}",
    "fct_impressions twice": "insert into marts.fct_impressions"
    f" select * replace ({EARLIER} as loaded_at) from marts.fct_impressions",
    "fct_impressions in part": "delete from marts.fct_impressions",
}


@pytest.mark.parametrize(("spoilt", "statement"), SPOILT.items(), ids=SPOILT)
def test_what_an_earlier_load_spoilt_is_still_found(quarantined, home, dbt, spoilt, statement):
    warehouse = home / "build" / "warehouse.duckdb"
    kept = warehouse.with_suffix(".kept")
    shutil.copyfile(warehouse, kept)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"{statement} where request_id < ?", [str(UUID(int=100))])

    with pytest.raises(BuildError, match=r"rules_fct_|assert_impressions"):
        dbt(home, "test", "--select", spoilt.split()[0])

    kept.replace(warehouse)


def test_what_another_edition_was_asked_is_left_out(grown):
    assert not any("c-0000000000" in row for row in grown[0]["fct_requests"])
