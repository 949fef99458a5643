"""Whole trainings on a small synthetic edition: promoted, in production already, refused."""

import shutil
from collections.abc import Callable

import pyarrow.parquet as pq
import pytest
from rich.console import Console

from models_py import training
from models_py.promotion.decision import Decision
from models_py.promotion.registry import Registry
from models_py.recipes.configuration import Recipe, load_recipe
from warehouse.bundle import current_version, load_bundle
from warehouse.errors import TrainingError
from warehouse.settings import Settings
from warehouse.sources.manifest import Manifest

QUIET = Console(quiet=True)
CRIPPLED = {"factors": 1, "iterations": 1, "regularization": 10_000.0}

Train = Callable[..., Decision | None]


@pytest.fixture
def train(
    home: Settings, built: tuple[Settings, Manifest], monkeypatch: pytest.MonkeyPatch
) -> Train:
    """Train ALS alone, with the given parameters in place of the recipe's own."""

    def trained(inputs: str = "inputs", **parameters: float) -> Decision | None:
        def recipe(name: str, dataset: str) -> Recipe:
            return load_recipe(name, dataset).with_parameters({"factors": 8, **parameters})

        monkeypatch.setattr(training, "recipe_names", lambda: ["als"])
        monkeypatch.setattr(training, "load_recipe", recipe)
        return training.train(home, built[1], inputs, QUIET)

    return trained


def decisions(settings: Settings, dataset: str) -> list[dict[str, object]]:
    files = settings.home.ml("promotion_decisions", dataset).glob("als-*.parquet")
    return [row for file in sorted(files) for row in pq.read_table(file).to_pylist()]


def test_the_first_training_is_promoted_and_serves(
    train: Train, home: Settings, built: tuple[Settings, Manifest]
) -> None:
    decision = train()

    assert decision is not None
    assert decision.promoted
    version = current_version(home.home)
    assert version == decision.challenger_version
    assert load_bundle(home.home.bundles / version).manifest["trained_on"]["fit_window"] == "all"
    production = Registry(home.home, built[1].dataset).production()
    assert production is not None
    assert (production.model_version, production.stage) == (version, "Production")


def test_the_same_training_again_decides_nothing(
    train: Train, home: Settings, built: tuple[Settings, Manifest]
) -> None:
    train()
    version = current_version(home.home)

    assert train() is None
    assert current_version(home.home) == version
    assert len(decisions(home, built[1].dataset)) == 1


def test_a_crippled_challenger_is_refused_with_its_reason_on_record(
    train: Train, home: Settings, built: tuple[Settings, Manifest]
) -> None:
    train()
    champion = current_version(home.home)

    refused = train(**CRIPPLED)

    assert refused is not None
    assert not refused.promoted
    assert refused.champion_version == champion
    assert current_version(home.home) == champion
    registry = Registry(home.home, built[1].dataset)
    production, staging = registry.production(), registry.staging()
    assert production is not None
    assert staging is not None
    assert production.model_version == champion
    assert (staging.model_version, staging.stage) == (refused.challenger_version, "Staging")
    last = next(row for row in decisions(home, built[1].dataset) if not row["promoted"])
    assert last["reason"] == refused.reason
    assert "not promoted" in str(last["reason"])


def test_a_better_challenger_takes_over_from_a_crippled_champion(
    train: Train, home: Settings
) -> None:
    train(**CRIPPLED)
    crippled = current_version(home.home)

    decision = train()

    assert decision is not None
    assert decision.promoted
    assert decision.champion_version == crippled
    assert decision.difference is not None
    assert decision.difference.p_better > 0.5
    assert current_version(home.home) == decision.challenger_version


def test_a_lost_bundle_of_the_champion_is_made_again(train: Train, home: Settings) -> None:
    train()
    champion = current_version(home.home)
    assert champion is not None
    shutil.rmtree(home.home.bundles / champion)

    refused = train(**CRIPPLED)

    assert refused is not None
    assert not refused.promoted
    assert current_version(home.home) == champion
    assert load_bundle(home.home.bundles / champion).model_version == champion


def test_what_every_fit_has_read_is_on_record(
    train: Train, home: Settings, built: tuple[Settings, Manifest]
) -> None:
    train()

    (file,) = home.home.ml("training_reads", built[1].dataset).glob("als-*.parquet")
    rows = pq.read_table(file).to_pylist()
    assert [row["fit_window"] for row in rows] == ["train", "train_validation", "all"]
    assert rows[0]["last_interaction_at"] < rows[1]["last_interaction_at"]


def test_without_a_recipe_that_can_be_served_nothing_is_promoted(
    home: Settings, built: tuple[Settings, Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "recipe_names", lambda: ["popularity_decayed"])

    with pytest.raises(TrainingError, match="no recipe that can be served"):
        training.train(home, built[1], "inputs", QUIET)

    assert current_version(home.home) is None
