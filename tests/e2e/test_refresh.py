"""``make kpis``: what was logged becomes published figures, and the models stay as they are."""

import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from uuid import UUID

import pytest

from warehouse.bundle import current_version
from warehouse.connection import open_published
from warehouse.home import Home
from warehouse.lock import exclusive
from warehouse.publish import current_version as published_version
from warehouse.store.engine import open_engine
from warehouse.store.insertion import insert_records
from warehouse.store.migrate import upgrade
from warehouse.store.record import RequestRecord

Run = Callable[..., "CompletedProcess[str]"]

REPORTS = [
    "rpt_kpi_daily",
    "rpt_kpi_hourly",
    "rpt_latency",
    "rpt_fallback",
    "rpt_coverage",
    "rpt_drift",
    "rpt_unknown_movies",
    "rpt_replay_by_model",
    "rpt_replay_differences",
    "rpt_off_policy",
]


@pytest.fixture(scope="module")
def home(pipeline_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of the finished home, with one request in its log."""
    root: Path = tmp_path_factory.mktemp("refresh") / "home"
    shutil.copytree(pipeline_home.root, root, symlinks=True)
    home = Home(root)
    url = f"sqlite:///{home.store_file}"
    upgrade(url)
    record = RequestRecord(
        request_id=str(UUID(int=1)),
        timestamp=893_000_000.0,
        user_id=1,
        endpoint="/recommend",
        model_version=current_version(home),
        recommendations=[50, 181],
        scores=[2.0, 1.0],
        latency_ms=120.0,
        status=200,
        is_fallback=False,
        fallback_reason=None,
        k=2,
        filters=None,
        strategy="personal",
        unknown_movie_id=None,
        propensities=None,
        worker=1,
        is_simulated=True,
    )
    engine = open_engine(url)
    assert insert_records(engine, [record]) == 1
    engine.dispose()
    return home


def test_without_a_log_the_pipeline_publishes_empty_tables(pipeline_home: Home) -> None:
    with open_published(pipeline_home) as warehouse:
        for table in ("marts.fct_requests", *(f"reports.{name}" for name in REPORTS)):
            assert warehouse.sql(f"select count(*) from {table}").fetchone() == (0,), table


def test_what_was_logged_is_published_and_nothing_else_is_made(home: Home, run: Run) -> None:
    before = current_version(home), published_version(home)

    done = run(home, "warehouse", "refresh")

    assert done.returncode == 0, done.stderr
    assert f"published {published_version(home)}" in done.stderr
    assert current_version(home) == before[0]
    assert published_version(home) != before[1]
    with open_published(home) as warehouse:
        status = warehouse.sql(
            "select value, n, status from reports.rpt_kpi_daily"
            " where kpi = 'latency_p95_ms' and endpoint = '/recommend' and model_version = 'all'"
        ).fetchall()
        assert status == [(120.0, 1, "breach")]
        assert warehouse.sql("select count(*) from marts.fct_impressions").fetchone() == (2,)


def test_an_unfinished_warehouse_is_not_published(home: Home, run: Run) -> None:
    stamp = home.stamps / "publish"
    kept = stamp.read_text()
    stamp.unlink()

    done = run(home, "warehouse", "refresh")
    stamp.write_text(kept)

    assert done.returncode == 1
    assert "is not finished" in done.stderr
    assert "run `make pipeline`" in done.stderr


def test_a_warehouse_of_another_edition_is_not_mixed_up(home: Home, run: Run) -> None:
    done = run(home, "warehouse", "refresh", MARQUEE_DATASET="synthetic-5k")

    assert done.returncode == 1
    assert "is made of ml-100k, expected synthetic-5k" in done.stderr
    assert "MARQUEE_DATASET" in done.stderr


def test_one_at_a_time(home: Home, run: Run) -> None:
    with exclusive(home):
        done = run(home, "warehouse", "refresh")

    assert done.returncode == 75
    assert "another pipeline is at work" in done.stderr


def test_a_store_that_cannot_be_reached_is_told(home: Home, run: Run) -> None:
    url = "postgresql+psycopg://somebody:secret@127.0.0.1:1/nothing"

    done = run(home, "warehouse", "refresh", MARQUEE_STORE_URL=url)

    assert done.returncode == 1
    assert "the store postgresql+psycopg://somebody:***@127.0.0.1:1/nothing" in done.stderr
    assert "secret" not in done.stderr
