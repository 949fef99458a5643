"""What a run may read: settled once from the setting or the simulation, and fingerprinted."""

import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from warehouse.errors import SettingError
from warehouse.interactions.batches import Batch
from warehouse.interactions.origin import PEOPLE, SIMULATION
from warehouse.known import Known, resolve_known
from warehouse.settings import Settings
from warehouse.sources.datasets import ensure_dataset
from warehouse.sources.manifest import RATINGS, FileRecord, Manifest


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    home = tmp_path_factory.mktemp("home")
    settings = Settings.from_environment(
        {"MARQUEE_HOME": str(home), "MARQUEE_DATASET": "synthetic-1k"}
    )
    return home, ensure_dataset(settings, Console(quiet=True))


@pytest.fixture
def resolve(manifest: tuple[Path, Manifest]):
    def resolved(as_of: str = "") -> tuple[Settings, Known]:
        values = {"MARQUEE_HOME": str(manifest[0]), "MARQUEE_AS_OF": as_of}
        return resolve_known(Settings.from_environment(values), manifest[1])

    yield resolved
    (manifest[0] / "simulation.json").unlink(missing_ok=True)


def simulate(home: Path, content: object) -> None:
    (home / "simulation.json").write_text(json.dumps(content))


def test_without_a_setting_the_whole_edition_is_known(resolve, manifest) -> None:
    settings, known = resolve()

    assert settings.as_of is None
    assert known.fingerprint == manifest[1].fingerprint


def test_a_quantile_is_the_instant_of_a_rating(resolve, manifest) -> None:
    settings, known = resolve("0.8")
    times = pq.read_table(manifest[0] / "raw" / known.dataset / RATINGS)["rated_at"]
    before = pa.compute.sum(pa.compute.less(times, pa.scalar(known.as_of))).as_py()

    assert known.as_of in times.to_pylist()
    assert settings.as_of == known.as_of
    assert before == pytest.approx(0.8 * len(times), abs=5)


def test_another_instant_is_another_fingerprint(resolve) -> None:
    fingerprints = {resolve(as_of)[1].fingerprint for as_of in ("", "0.7", "0.8")}

    assert len(fingerprints) == 3


def test_a_simulation_bounds_what_is_known_unless_the_setting_does(resolve, manifest) -> None:
    home, edition = manifest
    instant = resolve("0.5")[1].as_of
    simulate(home, {"as_of": f"{instant.isoformat()}Z", "dataset": edition.dataset})

    assert resolve()[1].as_of == instant
    assert resolve("0.7")[1].as_of > instant

    simulate(home, {"as_of": instant.isoformat(), "dataset": "another"})
    assert resolve()[1].as_of is None


def test_only_the_instant_of_the_running_simulation_leaves_its_batches_whole(
    resolve, manifest
) -> None:
    home, edition = manifest
    instant = resolve("0.5")[1].as_of
    assert not resolve("0.5")[0].in_simulation
    simulate(home, {"as_of": instant.isoformat(), "dataset": edition.dataset})

    assert [resolve(text)[0].in_simulation for text in ("", "0.5", "0.7")] == [True, True, False]


def test_what_a_simulation_handed_in_is_other_data_once_it_is_over(manifest) -> None:
    file = FileRecord(1, "0" * 64)
    batches = [
        Batch("a", "0" * 64, 1, {}, "a.parquet", datetime(2001, 1, 1), file, source)
        for source in (SIMULATION, PEOPLE)
    ]
    known = [
        Known(manifest[1], datetime(2001, 1, 1), (batch,), running)
        for batch in batches
        for running in (True, False)
    ]
    simulated, over, peoples, still_peoples = (one.fingerprint for one in known)

    assert simulated != over
    assert peoples == still_peoples


@pytest.mark.parametrize("content", [[], {}, {"as_of": "soon"}, {"as_of": 3}])
def test_a_strange_simulation_is_refused(resolve, manifest, content: object) -> None:
    simulate(manifest[0], content)

    with pytest.raises(SettingError, match=r"simulation\.json: not the state of a simulation"):
        resolve()


def test_an_instant_before_the_first_rating_is_refused(resolve) -> None:
    with pytest.raises(SettingError, match="expected a time after"):
        resolve(datetime(1980, 1, 1).isoformat())
