import io
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from warehouse.dbt import run_dbt
from warehouse.settings import Settings

sys.path.insert(0, str(Path(__file__).parent))

import hand_made_edition as edition

Dbt = Callable[..., None]


@pytest.fixture(scope="session")
def dbt() -> Dbt:
    """Run dbt on a home as the program does, with the hand-made edition's vars."""

    def run(home: Path, *arguments: str, variables: str = edition.VARS) -> None:
        settings = Settings.from_environment({"MARQUEE_HOME": str(home), "MARQUEE_THREADS": "2"})
        console = Console(file=io.StringIO())
        run_dbt(settings, edition.DATASET, [*arguments, "--vars", variables], console)

    return run


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, dbt: Dbt) -> Path:
    """A home where everything was built and every test passed, unit tests included."""
    home = tmp_path_factory.mktemp("built")
    edition.write_edition(home)
    edition.write_model(home)
    dbt(home, "build")
    return home


@pytest.fixture
def poisoned(built: Path, tmp_path: Path) -> Path:
    """A copy of the built home, to be spoilt."""
    return shutil.copytree(built, tmp_path / "poisoned")


@pytest.fixture(scope="session")
def warehouse(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built / "build" / "warehouse.duckdb"), read_only=True) as connection:
        yield connection
