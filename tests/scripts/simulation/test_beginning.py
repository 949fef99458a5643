"""Going back in time: nothing that earlier simulations handed in may tell of the future."""

from collections.abc import Callable
from datetime import datetime

import pyarrow.parquet as pq
import pytest
from rich.console import Console

from scripts.simulation.beginning import begin, instant_of
from scripts.simulation.state import State
from scripts.simulation.visits import HeldOut
from scripts.simulation.walk import hand_in
from tests.scripts.simulation.conftest import AS_OF, DATASET
from warehouse.errors import MarqueeError
from warehouse.home import Home
from warehouse.interactions.ingest import ingest
from warehouse.lock import exclusive
from warehouse.settings import Settings
from warehouse.sources.datasets import ensure_dataset

QUIET = Console(quiet=True)
LATER = datetime(2021, 11, 10), datetime(2021, 11, 20), datetime(2021, 11, 30)


@pytest.fixture
def settings(home: Home, settings_of: Callable[[Home], dict[str, str]]) -> Settings:
    return Settings.from_environment(settings_of(home))


def test_a_quantile_is_the_instant_of_a_rating(settings: Settings) -> None:
    manifest = ensure_dataset(settings, QUIET)

    assert instant_of(settings, manifest, 0.9) == AS_OF
    assert instant_of(settings, manifest, AS_OF) == AS_OF


def test_what_was_handed_in_is_taken_back_and_nothing_else(
    home: Home, settings: Settings, held_out: HeldOut
) -> None:
    manifest = ensure_dataset(settings, QUIET)
    incoming = home.incoming(DATASET)
    hand_in(home, DATASET, held_out, 1, LATER[:2])
    # Of people, for all their names.
    people = incoming / "Simulation May.csv"
    people.write_text("user_id,movie_id,rating,rated_at\n1,1,5.0,2022-02-01T00:00:00\n")
    table = incoming / "simulation-of-june.parquet"
    pq.write_table(held_out.ratings(*LATER[1:]).slice(0, 1), table)
    ingest(settings, manifest, QUIET)
    hand_in(home, DATASET, held_out, 2, LATER[1:])
    batches = home.interactions(DATASET)
    assert len(list(batches.glob("*.json"))) == 3

    # The pipeline needs minutes, and its settings are wrong: the home is as it finds it.
    with pytest.raises(MarqueeError, match="models_py pipeline` failed"):
        begin(settings, State.begin(DATASET, datetime(1900, 1, 1), 1), QUIET)

    assert not home.simulation.exists()
    kept = {file.stem for file in batches.glob("*.json")}
    assert kept == {"simulation-may", "simulation-of-june"}
    assert {file.name for file in incoming.rglob("*.*")} == {people.name, table.name}


def test_a_pipeline_at_work_is_not_disturbed(home: Home, settings: Settings) -> None:
    with exclusive(home), pytest.raises(MarqueeError, match="another pipeline is at work"):
        begin(settings, State.begin(DATASET, AS_OF, 1), QUIET)
    assert home.simulation.exists()
