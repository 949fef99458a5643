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
import served_requests

Dbt = Callable[..., None]


@pytest.fixture(scope="session")
def dbt() -> Dbt:
    """Run dbt on a home as the program does, with the hand-made edition's vars."""

    def run(home: Path, *arguments: str) -> None:
        settings = Settings.from_environment({"MARQUEE_HOME": str(home), "MARQUEE_THREADS": "2"})
        console = Console(file=io.StringIO())
        run_dbt(settings, edition.DATASET, [*arguments, "--vars", edition.VARS], console)

    return run


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, dbt: Dbt) -> Path:
    """A home where everything was built and every test passed, unit tests included.

    Its name has a space and an umlaut, as people's folders have.
    """
    home = tmp_path_factory.mktemp("große daten ")
    edition.write_edition(home)
    edition.write_model(home)
    dbt(home, "build")
    return home


@pytest.fixture
def poisoned(built: Path, tmp_path: Path) -> Iterator[Path]:
    """The built home, to be spoilt: what the test changes is put back.

    The same home each time, because dbt reads its whole project again where
    the environment has changed.
    """
    kept = [built / name for name in ("raw", "ml", "build")]
    for folder in kept:
        shutil.copytree(folder, tmp_path / folder.name)
    yield built
    for folder in kept:
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / folder.name, folder)


@pytest.fixture(scope="session")
def warehouse(
    built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the built warehouse, so that no reader stands in a builder's way."""
    file = tmp_path_factory.mktemp("copy") / "warehouse.duckdb"
    shutil.copyfile(built / "build" / "warehouse.duckdb", file)
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, built: Path, dbt: Dbt) -> Path:
    """The built home with a real log in its store, loaded. Tests leave both as they are."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(built, home, ignore=shutil.ignore_patterns("app.db*"))
    served_requests.write_log(served_requests.store_of(home), served_requests.drawn_requests())
    dbt(home, "build", "--select", "tag:logs", "--exclude-resource-type", "unit_test")
    return home


@pytest.fixture(scope="session")
def figures(
    served: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the warehouse that the served home's log is loaded into."""
    file = tmp_path_factory.mktemp("figures") / "warehouse.duckdb"
    shutil.copyfile(served / "build" / "warehouse.duckdb", file)
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection
