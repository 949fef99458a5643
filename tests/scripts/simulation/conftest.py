"""A home that is in a simulation: a synthetic edition, and a small bundle of its as-of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from rich.console import Console

from scripts.simulation.state import State
from scripts.simulation.visits import HeldOut
from tests.webapp.recommender.small_bundle import MOVIES, make_contents
from warehouse.bundle.pointer import set_current
from warehouse.bundle.writer import write_bundle
from warehouse.home import Home
from warehouse.settings import Settings
from warehouse.sources.datasets import ensure_dataset

DATASET = "synthetic-20k"
AS_OF = datetime(2021, 11, 4, 12, 43, 20)
GENRES = sorted({genre for _, _, genres in MOVIES for genre in genres})
SEEN, FUTURE = "small-0000000001", "small-0000000002"


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Typed Parquet of the edition; nobody writes here."""
    home = tmp_path_factory.mktemp("edition")
    settings = Settings.from_environment({"MARQUEE_HOME": str(home), "MARQUEE_DATASET": DATASET})
    ensure_dataset(settings, Console(quiet=True))
    return settings.home.raw(DATASET)


@pytest.fixture
def held_out(raw: Path) -> HeldOut:
    return HeldOut(raw, AS_OF)


@pytest.fixture
def home(raw: Path, tmp_path: Path) -> Home:
    """A home at the beginning of a simulation; a second bundle has seen a moment more."""
    home = Home(tmp_path / "home")
    home.raw(DATASET).parent.mkdir(parents=True)
    home.raw(DATASET).symlink_to(raw)
    for version, cutoff in ((SEEN, AS_OF), (FUTURE, datetime(2022, 1, 1))):
        write_bundle(home, replace(make_contents(version), cutoff=cutoff))
    set_current(home, SEEN)
    State.begin(DATASET, AS_OF, 1).write(home)
    return home


@pytest.fixture
def settings_of() -> Callable[[Home], dict[str, str]]:
    """Settings of a process on a home."""

    def made(home: Home) -> dict[str, str]:
        return {"MARQUEE_HOME": str(home.root), "MARQUEE_DATASET": DATASET}

    return made
