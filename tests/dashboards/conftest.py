"""Published warehouses with the columns that dbt's contracts promise, filled by hand."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.dashboards import sample
from warehouse.home import Home
from warehouse.settings import PROJECT_ROOT

MODELS = PROJECT_ROOT / "dbt_project" / "models"
CONTRACTS = (
    "reports/logs/_logs__reports.yml",
    "marts/logs/_logs__models.yml",
    "marts/ml/_ml__models.yml",
    "marts/core/_core__models.yml",
)

Rows = Mapping[str, Iterable[Mapping[str, Any]]]
Publish = Callable[[Rows], Home]


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every table under contract, without a row."""
    path = tmp_path_factory.mktemp("contracts") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        for contract in CONTRACTS:
            schema = contract.partition("/")[0]
            connection.execute(f"create schema if not exists {schema}")
            for model in yaml.safe_load((MODELS / contract).read_text())["models"]:
                columns = ", ".join(f'"{c["name"]}" {c["data_type"]}' for c in model["columns"])
                connection.execute(f"create table {schema}.{model['name']} ({columns})")
    return path


@pytest.fixture(scope="session")
def publish(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Publish:
    """Publish a warehouse with the given rows in a home of its own; other columns are null."""

    def published(rows: Rows) -> Home:
        home = Home(tmp_path_factory.mktemp("home"))
        path = home.published / "v1" / "warehouse.duckdb"
        path.parent.mkdir(parents=True)
        path.write_bytes(empty_warehouse.read_bytes())
        with duckdb.connect(str(path)) as connection:
            for table, given in rows.items():
                for row in given:
                    columns = ", ".join(f'"{name}"' for name in row)
                    marks = ", ".join("?" * len(row))
                    connection.execute(
                        f"insert into {table} ({columns}) values ({marks})", list(row.values())
                    )
        home.pointer.symlink_to(path)
        return home

    return published


@pytest.fixture(scope="session")
def full_home(publish: Publish) -> Home:
    """Two days with two model versions, and something in every table."""
    return publish(sample.everything())
