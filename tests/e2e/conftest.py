"""One real run of the pipeline on ML-100K, shared by the tests of this folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.connection import open_published
from warehouse.home import Home
from warehouse.settings import PROJECT_ROOT, Settings

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(home: Home, **settings: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MARQUEE_")}
    return {**clean, "MARQUEE_HOME": str(home.root), **settings}


@pytest.fixture(scope="session")
def run() -> Run:
    """Run ``python -m <module> <arguments>`` on a home, as a person would."""

    def started(home: Home, *command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=PROJECT_ROOT,
            env=environment(home, **settings),
            capture_output=True,
            text=True,
            timeout=550,
            check=False,
        )

    return started


@pytest.fixture(scope="session")
def raw_ml_100k(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Path:
    """Typed Parquet of the real ML-100K: the one at hand where there is one, else fetched."""
    at_hand = Settings.from_environment().home.raw("ml-100k")
    if (at_hand / "manifest.json").is_file():
        return at_hand
    home = Home(tmp_path_factory.mktemp("fetched"))
    done = run(home, "warehouse", "fetch", "--dataset", "ml-100k")
    assert done.returncode == 0, done.stderr
    return home.raw("ml-100k")


@pytest.fixture(scope="session")
def fresh_home(
    tmp_path_factory: pytest.TempPathFactory, raw_ml_100k: Path
) -> Callable[[str], Home]:
    """Make a home that holds raw ML-100K and nothing else."""

    def made(name: str) -> Home:
        home = Home(tmp_path_factory.mktemp(name))
        shutil.copytree(raw_ml_100k, home.raw("ml-100k"))
        return home

    return made


@pytest.fixture(scope="session")
def pipeline_home(fresh_home: Callable[[str], Home], run: Run) -> Home:
    """A home after one whole run of the pipeline."""
    home = fresh_home("pipeline")
    done = run(home, "models_py", "pipeline")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="session")
def simulated(pipeline_home: Home, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of the finished home, after a week of simulation."""
    home = Home(tmp_path_factory.mktemp("simulated") / "home")
    shutil.copytree(pipeline_home.root, home.root, symlinks=True)
    done = run(home, "scripts.simulate", "--days", "7", MARQUEE_EXPLORATION="softmax")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def published(pipeline_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published warehouse, read-only."""
    with open_published(pipeline_home) as connection:
        yield connection
