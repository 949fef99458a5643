"""A bundle that has not seen the window is measured as it is; one that has is not."""

import numpy as np
import pytest
from rich.console import Console

from models_py import contest, training
from models_py.promotion.deployed import DeployedModel, evaluate_as_deployed
from models_py.promotion.registry import Registry
from models_py.recipes.configuration import load_recipe
from warehouse.bundle import current_version, load_bundle, set_current

QUIET = Console(quiet=True)
VERSION = "als-deployed"
CRIPPLED = {"factors": 1, "iterations": 1, "regularization": 10_000.0}


@pytest.fixture
def train(home, built, monkeypatch):
    def trained(**parameters: float):
        def recipe(name: str, dataset: str):
            return load_recipe(name, dataset).with_parameters({"factors": 8, **parameters})

        monkeypatch.setattr(contest, "recipe_names", lambda: ["als"])
        monkeypatch.setattr(contest, "load_recipe", recipe)
        return training.train(home, built[1], "inputs", QUIET)

    return trained


def test_a_bundle_of_the_training_window_scores_as_its_recipe_fitted_again(
    home, built, windows, put_in_production
) -> None:
    put_in_production("train")
    window = windows.validation
    found = evaluate_as_deployed(home.home, VERSION, window)
    recipe = load_recipe("als", built[1].dataset).with_parameters({"factors": 8})
    again = contest.fit_for_validation(recipe, "als-again", window, 1).validation

    assert found is not None
    for population, lists in again.lists.items():
        np.testing.assert_array_equal(found.lists[population].items, lists.items)
    assert [row.value for row in found.rows] == pytest.approx([row.value for row in again.rows])


def test_movies_that_a_bundle_does_not_hold_come_last(home, windows, put_in_production) -> None:
    put_in_production("train")
    bundle = load_bundle(home.home.bundles / VERSION)
    training_set = windows.validation.training_set
    held = training_set.movie_ids
    beyond = np.append(held, held[-1] + np.arange(1, 4)).astype(np.int32)
    model = DeployedModel(bundle, beyond)

    assert (model.item_prior[:-3] == bundle.item_prior).all()
    assert model.item_prior[-3:].max() < bundle.item_prior.min() - 1_000
    assert not model.item_factors[-3:].any()


def test_a_bundle_that_has_seen_the_window_or_is_gone_is_not_measured(
    home, windows, put_in_production
) -> None:
    put_in_production("all")

    assert evaluate_as_deployed(home.home, VERSION, windows.validation) is None
    assert evaluate_as_deployed(home.home, "als-gone", windows.validation) is None


def test_a_challenger_is_held_against_what_is_deployed(home, put_in_production, train) -> None:
    put_in_production("train", **CRIPPLED)
    decision = train()

    assert decision is not None
    assert decision.promoted
    assert decision.champion_version == VERSION
    assert decision.details["basis"] == {"challenger": "refitted", "champion": "as deployed"}
    assert decision.reason.endswith(f"{VERSION} measured as it is deployed")


def test_a_refused_recipe_of_the_champion_leaves_it_as_it_is_deployed(
    home, put_in_production, train
) -> None:
    # The very recipe, on the same data: no better than what it would follow.
    put_in_production("train")
    other = "als-other"
    put_in_production("all", other)
    Registry(home.home, "synthetic-20k").to_production(VERSION)
    set_current(home.home, other)
    decision = train()

    assert decision is not None
    assert not decision.promoted
    assert current_version(home.home) == VERSION
    production = Registry(home.home, "synthetic-20k").production()
    assert production is not None
    assert production.model_version == VERSION
