"""An earlier bundle put back: pointer, registry and record agree."""

import io
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import mlflow
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from models_py import pipeline
from models_py.promotion import decision
from models_py.promotion.registry import Registry
from models_py.rollback import roll_back
from warehouse.bundle import current_version, pointer
from warehouse.errors import BundleError
from warehouse.settings import Settings

DATASET = "synthetic-20k"
VERSIONS = ("als-first", "als-second", "als-third")


@pytest.fixture
def settings(home: Settings, put_in_production) -> Settings:
    """Settings of a home where three versions came into production one after another."""
    for version in VERSIONS:
        put_in_production("all", version)
    return Settings.from_environment(
        {"MARQUEE_HOME": str(home.home.root), "MARQUEE_DATASET": DATASET}
    )


def back(settings: Settings, version: str | None = None) -> str:
    return roll_back(settings, version, Console(quiet=True))


def serving(settings: Settings) -> tuple[str | None, str | None]:
    production = Registry(settings.home, DATASET).production()
    return current_version(settings.home), production.model_version if production else None


def recorded(settings: Settings) -> list[dict[str, Any]]:
    """Return what is on record of rollbacks, the earliest first."""
    files = settings.home.ml("promotion_decisions", DATASET).glob("rollback-*.parquet")
    return [row for file in sorted(files) for row in pq.read_table(file).to_pylist()]


def test_the_version_before_serves_again_and_it_is_on_record(settings: Settings) -> None:
    said = io.StringIO()
    assert roll_back(settings, None, Console(file=said, width=300)) == "als-second"

    assert serving(settings) == ("als-second", "als-second")
    registry = Registry(settings.home, DATASET)
    assert [each.stage for each in registry.versions()] == ["Archived", "Production", "Archived"]
    (row,) = recorded(settings)
    assert (row["challenger_version"], row["champion_version"]) == ("als-second", "als-third")
    assert row["promoted"]
    assert row["reason"] == "rolled back by hand from als-third; no comparison was made"
    assert row["reason"] in said.getvalue()
    assert "`make pipeline` finishes the warehouse first" in said.getvalue()


def test_going_back_again_goes_further_and_never_to_what_was_left(settings: Settings) -> None:
    assert [back(settings), back(settings)] == ["als-second", "als-first"]

    with pytest.raises(BundleError, match="not rolled back itself") as caught:
        back(settings)
    assert "als-second, als-third" in str(caught.value)
    assert serving(settings) == ("als-first", "als-first")
    assert back(settings, "als-third") == "als-third"


@pytest.mark.parametrize(
    ("version", "complaint"),
    [
        ("als-third", "is in production already"),
        ("als-ninth", "no bundle of this version is kept"),
        ("../als-first", "no bundle of this version is kept"),
    ],
)
def test_a_version_that_cannot_serve_is_refused_by_name(
    settings: Settings, version: str, complaint: str
) -> None:
    with pytest.raises(BundleError, match=f"{version}: {complaint}"):
        back(settings, version)
    assert serving(settings) == ("als-third", "als-third")


def test_a_damaged_bundle_is_not_put_back(settings: Settings) -> None:
    file = settings.home.bundles / "als-second" / "item_embeddings.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)

    with pytest.raises(BundleError, match="item_embeddings"):
        back(settings)
    assert serving(settings) == ("als-third", "als-third")


STEPS = [
    (pointer, "write_text"),
    (mlflow.MlflowClient, "set_model_version_tag"),
    (mlflow.MlflowClient, "set_registered_model_alias"),
    (decision, "write_table"),
]


@pytest.fixture
def killed(request, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a home in which a rollback was killed just before one of its writes."""

    def die(*_given: Any, **_named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(*getattr(request, "param", (decision, "write_table")), die)
        back(settings)
    return settings


@pytest.mark.parametrize("killed", STEPS, ids=[name for _, name in STEPS], indirect=True)
def test_a_killed_rollback_is_finished_by_the_next_which_goes_no_further(killed: Settings) -> None:
    assert back(killed) == "als-second"

    assert serving(killed) == ("als-second", "als-second")
    (row,) = recorded(killed)
    assert (row["challenger_version"], row["champion_version"]) == ("als-second", "als-third")
    assert back(killed) == "als-first"


def test_a_killed_rollback_is_finished_by_its_own_name_too(killed: Settings) -> None:
    assert back(killed, "als-second") == "als-second"
    assert len(recorded(killed)) == 1


def test_a_killed_rollback_is_finished_before_another_one_begins(killed: Settings) -> None:
    assert back(killed, "als-third") == "als-third"

    targets = [row["challenger_version"] for row in recorded(killed)]
    assert targets == ["als-second", "als-third"]
    assert serving(killed) == ("als-third", "als-third")


def test_a_pipeline_finishes_a_killed_rollback_first(killed, built, monkeypatch) -> None:
    stages: list[str] = []
    for stage in ("_stage_build", "_stage_train", "publish_models"):
        monkeypatch.setattr(pipeline, stage, lambda *_, stage=stage: stages.append(stage))
    said = io.StringIO()
    pipeline.bring_up_to_date(killed, built[1].manifest, Console(file=said, width=300))

    assert "finished: the rollback to als-second" in said.getvalue()
    assert serving(killed) == ("als-second", "als-second")
    assert len(recorded(killed)) == len(stages) // 3 == 1
    assert back(killed) == "als-first"


def test_a_killed_rollback_whose_bundle_is_lost_is_given_up(killed: Settings) -> None:
    (killed.home.bundles / "als-second" / "item_embeddings.npy").unlink()
    said = io.StringIO()

    assert roll_back(killed, "als-first", Console(file=said, width=300)) == "als-first"
    assert "given up: the rollback to als-second" in said.getvalue()
    assert [row["challenger_version"] for row in recorded(killed)] == ["als-first"]


@pytest.mark.parametrize("content", ["", "{}", json.dumps({"decision": {"reason": "none"}})])
def test_a_record_that_cannot_be_read_is_named(settings: Settings, content: str) -> None:
    settings.home.rollback.write_text(content)
    with pytest.raises(BundleError, match=r"rollback\.json: not the record of a rollback"):
        back(settings)
    assert serving(settings) == ("als-third", "als-third")


def test_a_rollback_in_a_simulation_says_so(settings: Settings, built) -> None:
    instant = datetime.combine(built[1].manifest.rated_until.date(), datetime.min.time())
    back(replace(settings, as_of=instant))

    (row,) = recorded(settings)
    begins = f"in a simulation as of {instant.isoformat()}: rolled back by hand from als-third"
    assert row["reason"].startswith(begins)
    assert json.loads(row["details"])["simulated_as_of"] == instant.isoformat()
