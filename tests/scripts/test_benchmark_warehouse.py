import json

import duckdb
import pytest
from click.testing import CliRunner

from scripts import benchmark_warehouse
from scripts.bare_sql import run_compiled
from warehouse.errors import MarqueeError
from warehouse.settings import Settings


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    environment = {"MARQUEE_HOME": str(tmp_path_factory.mktemp("home")), "COLUMNS": "200"}
    arguments = ["--edition", "synthetic-5k", "--runs", "1"]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        result = CliRunner().invoke(benchmark_warehouse.main, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_both_ways_are_measured_and_the_machine_is_named(printed):
    for phrase in ("models through dbt", "the same SQL bare", "every test", "slowest test"):
        assert phrase in printed
    assert "times as long as the bare SQL" in printed
    assert "cores" in printed


@pytest.fixture
def compiled(tmp_path):
    """Two models that dbt compiled, the child named first, and one that waits for training."""

    def node(name, query, parents=(), tags=()):
        file = tmp_path / f"{name}.sql"
        file.write_text(query)
        return {
            "resource_type": "model",
            "schema": "marts",
            "relation_name": f'"warehouse"."marts"."{name}"',
            "compiled_path": str(file),
            "depends_on": {"nodes": list(parents)},
            "tags": list(tags),
        }

    nodes = {
        "model.child": node(
            "child", "select n + 1 as n from marts.parent", ["model.parent", "source.raw"]
        ),
        "model.parent": node("parent", "select 1 as n"),
        "model.trained": node("trained", "select nonsense", tags=["ml"]),
        "test.child": {"resource_type": "test"},
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    return tmp_path


def test_bare_sql_makes_the_same_tables_parents_first(compiled, tmp_path):
    run_compiled(compiled, tmp_path / "bare", Settings.from_environment({}))
    with duckdb.connect(str(tmp_path / "bare" / "warehouse.duckdb")) as connection:
        assert connection.sql("from marts.child").fetchall() == [(2,)]
        names = connection.sql("select table_name from information_schema.tables order by 1")
        assert names.fetchall() == [("child",), ("parent",)]


def test_a_target_without_a_build_is_named(tmp_path):
    with pytest.raises(MarqueeError, match=r"manifest\.json"):
        run_compiled(tmp_path, tmp_path / "bare", Settings.from_environment({}))
