import dataclasses
import shutil
import sys
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from models_py.recipes.configuration import CONFIGS, load_recipe
from models_py.recipes.tuning import tune, write_tuned
from warehouse.errors import TrainingError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONFIGS, tmp_path / "configs"))


@pytest.fixture
def connection(make_warehouse):
    """Two blocks of users and films, spread over thirty days; every fourth user comes late."""
    generator = np.random.default_rng(3)
    rows = []
    for user in range(60):
        block = 100 * (user % 2)
        films = generator.permutation(20)[:14]
        days = generator.uniform(10 if user % 4 == 3 else 0, 30, size=14)
        rows += [
            (user, block + int(film), float(generator.choice([4, 5])), float(day))
            for film, day in zip(films, days, strict=True)
        ]
    return make_warehouse(rows)


def _recipe(folder: Path, name: str = "ease", dataset: str = "ml-100k"):
    recipe = load_recipe(name, dataset, folder)
    return dataclasses.replace(recipe, weights={"warm": 0.5, "new_3": 0.5})


def test_a_search_repeats_and_never_ends_below_its_start(folder: Path, connection) -> None:
    told = []
    result = tune(_recipe(folder), connection, trials=6, seed=1, on_trial=told.append)
    again = tune(_recipe(folder), connection, trials=6, seed=1)
    assert result.best == again.best
    assert [trial.number for trial in told] == list(range(6))
    assert told[0] == result.first
    assert told[0].parameters == load_recipe("ease", folder=folder).parameters
    assert result.best.value == max(trial.value for trial in told)
    assert result.recipe.parameters == result.best.parameters
    value = (result.best.by_population["warm"] + result.best.by_population["new_3"]) / 2
    assert result.best.value == pytest.approx(value)


def test_a_search_is_blind_to_test(folder: Path, connection, midnight) -> None:
    before = tune(_recipe(folder), connection, trials=3)
    assert before.last_read_at < midnight(20)
    assert before.fit_window == "train"
    for table, at in (("fct_interactions", "interacted_at"), ("fct_ratings", "rated_at")):
        connection.execute(f"delete from marts.{table} where {at} >= '2000-01-21'")
    connection.execute("delete from marts.fct_evaluation_targets where split = 'test'")
    connection.execute("delete from marts.fct_evaluation_histories where split = 'test'")
    assert tune(_recipe(folder), connection, trials=3) == before


def test_the_best_is_written_back_with_comments_and_provenance(folder: Path, connection) -> None:
    path = folder / "ease.toml"
    before = path.read_text()
    shipped = load_recipe("ease", "ml-1m", folder).parameters
    result = tune(_recipe(folder), connection, trials=4, seed=2)
    write_tuned(result, "abc123", today=date(2000, 2, 1))
    after = path.read_text()
    assert [line for line in after.splitlines() if line.startswith("#")] == [
        line for line in before.splitlines() if line.startswith("#")
    ]
    assert load_recipe("ease", folder=folder).parameters == result.best.parameters
    assert load_recipe("ease", "ml-1m", folder).parameters == shipped
    assert tomllib.loads(after)["provenance"]["ml-100k"] == {
        "data": "abc123",
        "seed": 2,
        "trials": 4,
        "validation_objective": round(result.best.value, 6),
        "date": "2000-02-01",
    }
    write_tuned(result, "abc123", today=date(2000, 2, 1))
    assert path.read_text() == after


def test_another_edition_gets_a_table_of_its_own(folder: Path, connection) -> None:
    shipped = load_recipe("popularity_decayed", folder=folder).parameters
    recipe = _recipe(folder, "popularity_decayed", "ml-latest-small")
    space = {
        "half_life_days": dataclasses.replace(
            recipe.search_space["half_life_days"], choices=(7, 14)
        )
    }
    result = tune(dataclasses.replace(recipe, search_space=space), connection, trials=3)
    write_tuned(result, "abc123")
    assert load_recipe("popularity_decayed", folder=folder).parameters == shipped
    tuned = load_recipe("popularity_decayed", "ml-latest-small", folder)
    assert tuned.parameters == result.best.parameters


def test_whole_numbers_stay_whole(folder: Path, connection) -> None:
    result = tune(_recipe(folder, "item_item"), connection, trials=3)
    assert isinstance(result.best.parameters["neighbours"], int)


def test_what_cannot_be_searched_is_refused(folder: Path, connection, monkeypatch) -> None:
    with pytest.raises(TrainingError, match=r"\[search\] has 0 parameters"):
        tune(_recipe(folder, "popularity_all_time"), connection, trials=3)
    with pytest.raises(TrainingError, match="trials=0"):
        tune(_recipe(folder), connection, trials=0)
    absent = dataclasses.replace(_recipe(folder), weights={"warm": 1, "new_10": 1})
    with pytest.raises(TrainingError, match=r"tuning.weights.new_10: has no user in validation"):
        tune(absent, connection, trials=1)
    nobody = dataclasses.replace(_recipe(folder), weights={})
    with pytest.raises(TrainingError, match="expected at least one population"):
        tune(nobody, connection, trials=1)
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(TrainingError, match=r"hint: install marquee\[tune\]"):
        tune(_recipe(folder), connection, trials=1)
