"""Whole trainings on a small synthetic edition: promoted, in production already, refused."""

import json
import shutil
from collections.abc import Callable
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest
from rich.console import Console

from models_py import contest, fitting, training
from models_py.promotion import verdict
from models_py.promotion.decision import Decision
from models_py.promotion.registry import Registry
from models_py.recipes.configuration import Recipe, load_promotion_rule, load_recipe
from warehouse.bundle import current_version, load_bundle
from warehouse.errors import TrainingError
from warehouse.known import Known
from warehouse.settings import Settings

QUIET = Console(quiet=True)
CRIPPLED = {"factors": 1, "iterations": 1, "regularization": 10_000.0}

Train = Callable[..., Decision | None]


@pytest.fixture
def train(home: Settings, built: tuple[Settings, Known], monkeypatch: pytest.MonkeyPatch) -> Train:
    """Train ALS alone, with the given parameters in place of the recipe's own."""

    def trained(inputs: str = "inputs", **parameters: float) -> Decision | None:
        def recipe(name: str, dataset: str) -> Recipe:
            return load_recipe(name, dataset).with_parameters({"factors": 8, **parameters})

        monkeypatch.setattr(contest, "recipe_names", lambda: ["als"])
        monkeypatch.setattr(contest, "load_recipe", recipe)
        return training.train(home, built[1], inputs, QUIET)

    return trained


def decisions(settings: Settings, dataset: str) -> list[dict[str, object]]:
    files = settings.home.ml("promotion_decisions", dataset).glob("als-*.parquet")
    return [row for file in sorted(files) for row in pq.read_table(file).to_pylist()]


def test_the_first_training_is_promoted_and_serves(
    train: Train, home: Settings, built: tuple[Settings, Known]
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
    train: Train, home: Settings, built: tuple[Settings, Known]
) -> None:
    train()
    version = current_version(home.home)

    assert train() is None
    assert current_version(home.home) == version
    assert len(decisions(home, built[1].dataset)) == 1


def test_a_crippled_challenger_is_refused_with_its_reason_on_record(
    train: Train, home: Settings, built: tuple[Settings, Known]
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


def test_newer_data_refreshes_what_is_in_production(train: Train, home: Settings) -> None:
    train(inputs="older")
    older = current_version(home.home)

    decision = train(inputs="newer")

    assert decision is not None
    assert decision.promoted
    assert decision.champion_version == older
    assert "newer data" in decision.reason
    assert current_version(home.home) == decision.challenger_version != older


def test_a_refused_challenger_leaves_the_champion_with_the_newer_data(
    train: Train, home: Settings, built: tuple[Settings, Known]
) -> None:
    train(inputs="older")
    older = current_version(home.home)

    refused = train(inputs="newer", **CRIPPLED)

    assert refused is not None
    assert not refused.promoted
    newer = current_version(home.home)
    assert newer == refused.champion_version != older
    production = Registry(home.home, built[1].dataset).production()
    assert production is not None
    assert production.model_version == newer
    assert production.recipe["parameters"]["factors"] == 8


def test_a_champion_that_can_no_longer_be_trained_is_followed(
    train: Train, home: Settings, built: tuple[Settings, Known]
) -> None:
    train()
    gone = current_version(home.home)
    assert gone is not None
    recipe = {"parameters": {"no_longer_known": 1}, "seed": 0}
    Registry(home.home, built[1].dataset).tag(gone, {"recipe": json.dumps(recipe)})

    decision = train(factors=12)

    assert decision is not None
    assert decision.promoted
    assert decision.champion_version == gone
    assert "no_longer_known" in decision.reason
    assert current_version(home.home) == decision.challenger_version


def test_test_is_not_read_before_the_decision(
    train: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(**CRIPPLED)
    events = []
    read, decide = fitting.read_training_set, verdict.decide

    def reading(connection: object, fit_window: str, dataset: str) -> object:
        events.append(fit_window)
        return read(connection, fit_window, dataset)

    def deciding(*arguments: object) -> Decision:
        events.append("decision")
        return decide(*arguments)

    monkeypatch.setattr(fitting, "read_training_set", reading)
    monkeypatch.setattr(verdict, "decide", deciding)
    train()

    assert events == ["train", "decision", "train_validation", "all"]


def test_the_challenger_is_the_best_on_validation_whatever_test_says(
    home: Settings, built: tuple[Settings, Known]
) -> None:
    rule = load_promotion_rule()
    better, worse = (
        SimpleNamespace(
            servable=True,
            validation=SimpleNamespace(value=lambda metric, population, v=value: v),
            test=SimpleNamespace(value=lambda metric, population, v=value: -v),
        )
        for value in (0.3, 0.2)
    )

    assert contest.best_servable([worse, better], rule.primary) is better


def test_a_training_interrupted_before_it_serves_decides_again(
    train: Train, home: Settings, built: tuple[Settings, Known], monkeypatch: pytest.MonkeyPatch
) -> None:
    serve = training.put_into_service

    def interrupted(*arguments: object) -> None:
        serve(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "put_into_service", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train()
    monkeypatch.setattr(training, "put_into_service", serve)

    train()

    (row,) = decisions(home, built[1].dataset)
    assert row["promoted"]
    assert row["challenger_version"] == current_version(home.home)


def test_what_every_fit_has_read_is_on_record(
    train: Train, home: Settings, built: tuple[Settings, Known]
) -> None:
    train()

    (file,) = home.home.ml("training_reads", built[1].dataset).glob("als-*.parquet")
    rows = pq.read_table(file).to_pylist()
    assert [row["fit_window"] for row in rows] == ["train", "train_validation", "all"]
    assert rows[0]["last_interaction_at"] < rows[1]["last_interaction_at"]


def test_without_a_recipe_that_can_be_served_nothing_is_promoted(
    home: Settings, built: tuple[Settings, Known], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contest, "recipe_names", lambda: ["popularity_decayed"])

    with pytest.raises(TrainingError, match="no recipe that can be served"):
        training.train(home, built[1], "inputs", QUIET)

    assert current_version(home.home) is None
