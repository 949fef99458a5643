import dataclasses
import shutil
import sys
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import optuna
import pytest

from models_py.data.warehouse_reader import read_tuning_set
from models_py.evaluation.metrics import MetricKey
from models_py.recipes.configuration import CONFIGS, Criterion, load_recipe
from models_py.recipes.objective import COVERAGE
from models_py.recipes.tuning import tune
from models_py.recipes.write_back import write_tuned
from models_py.recommenders import recommender_class
from warehouse.errors import TrainingError

WARM, NEW = (Criterion(MetricKey("ndcg", 10), population) for population in ("warm", "new_3"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONFIGS, tmp_path / "configs"))


def _rows(seed: int) -> list[tuple[int, int, float, float]]:
    """Two blocks of users and films, spread over thirty days; every fourth user comes late."""
    generator = np.random.default_rng(seed)
    rows = []
    for user in range(60):
        block = 100 * (user % 2)
        films = generator.permutation(20)[:14]
        days = generator.uniform(10 if user % 4 == 3 else 0, 30, size=14)
        rows += [
            (user, block + int(film), float(generator.choice([4, 5])), float(day))
            for film, day in zip(films, days, strict=True)
        ]
    return rows


@pytest.fixture
def connection(make_warehouse):
    return make_warehouse(_rows(3))


@pytest.fixture
def folds(make_warehouse, connection, midnight):
    """Two folds whose data differ, which is all that a search sees of a fold."""
    earlier = make_warehouse(_rows(4))
    return {
        0.5: read_tuning_set(earlier, midnight(20)),
        0.6: read_tuning_set(connection, midnight(20)),
    }


def _recipe(folder: Path, name: str = "ease", dataset: str = "ml-100k"):
    recipe = load_recipe(name, dataset, folder)
    return dataclasses.replace(recipe, weights={WARM: 0.5, NEW: 0.5})


def test_a_search_repeats_and_never_ends_below_its_start(folder: Path, folds) -> None:
    told = []
    result = tune(_recipe(folder), folds, trials=6, seed=1, on_trial=told.append)
    again = tune(_recipe(folder), folds, trials=6, seed=1)
    assert result.best == again.best
    assert [trial.number for trial in told] == list(range(6))
    assert result.present.parameters == load_recipe("ease", folder=folder).parameters
    assert result.best.value == max(trial.value for trial in (result.present, *told))
    assert [trial.number for trial in result.trials] == list(range(6))
    assert result.better == sorted(result.better, key=lambda trial: -trial.value)
    assert all(trial.value > result.present.value for trial in result.better)
    value = (result.best.by_criterion[WARM] + result.best.by_criterion[NEW]) / 2
    assert result.best.value == pytest.approx(value)


def test_a_search_sets_out_from_the_defaults_and_from_the_present_values(
    folder: Path, folds
) -> None:
    found = tune(_recipe(folder), folds, trials=4, seed=1)
    assert found.best is not found.present
    write_tuned(found, found.best, "abc123")

    again = tune(_recipe(folder), folds, trials=4, seed=1)

    defaults = recommender_class("ease")().parameters
    assert again.trials[0].parameters == found.trials[0].parameters
    for name in _recipe(folder).search_space:
        assert again.trials[0].parameters[name] == defaults[name]
    assert again.present.parameters == found.best.parameters
    assert again.present.value == found.best.value


def test_the_sampler_knows_the_present_values(folder: Path, folds, monkeypatch) -> None:
    told = []
    create = optuna.create_study

    def watched(**options):
        study = create(**options)
        told.append(study)
        return study

    monkeypatch.setattr(optuna, "create_study", watched)
    recipe = _recipe(folder)
    outside = recipe.with_parameters({"l2": 1e6})
    for each in (recipe, outside):
        result = tune(each, folds, trials=2)
        known = [trial.value for trial in told.pop().trials]
        assert (result.present.value in known) is (each is recipe)


def test_the_objective_is_the_mean_over_the_folds(folder: Path, folds) -> None:
    recipe = dataclasses.replace(_recipe(folder), weights={WARM: 3.0, NEW: 1.0, COVERAGE: 0.0})
    alone = {fold: tune(recipe, {fold: data}, trials=1).best for fold, data in folds.items()}
    both = tune(recipe, folds, trials=1).best
    assert alone[0.5].value != alone[0.6].value
    assert both.value == pytest.approx((alone[0.5].value + alone[0.6].value) / 2)
    assert both.by_fold == {fold: each.value for fold, each in alone.items()}
    for criterion in (WARM, NEW, COVERAGE):
        parts = [each.by_criterion[criterion] for each in alone.values()]
        assert both.by_criterion[criterion] == pytest.approx(sum(parts) / 2)
    assert 0 < both.by_criterion[COVERAGE] <= 1
    weighted = (3 * alone[0.5].by_criterion[WARM] + alone[0.5].by_criterion[NEW]) / 4
    assert both.by_fold[0.5] == pytest.approx(weighted)


def test_what_falls_below_its_floor_is_taken_off(folder: Path, folds) -> None:
    free = tune(_recipe(folder), folds, trials=1).best
    covered = tune(
        dataclasses.replace(_recipe(folder), floors={COVERAGE: 0.0}), folds, trials=1
    ).best
    assert covered.value == free.value
    share = covered.by_criterion[COVERAGE]
    floored = tune(
        dataclasses.replace(_recipe(folder), floors={COVERAGE: 2.0}), folds, trials=1
    ).best
    assert floored.value == pytest.approx(free.value - (2.0 - share))


def test_a_search_is_blind_to_test(folder: Path, connection, midnight) -> None:
    before = tune(_recipe(folder), {0.7: read_tuning_set(connection, midnight(20))}, trials=3)
    assert before.last_read_at < midnight(20)
    for table, at in (("fct_interactions", "interacted_at"), ("fct_ratings", "rated_at")):
        connection.execute(f"delete from marts.{table} where {at} >= '2000-01-21'")
    connection.execute("delete from marts.fct_evaluation_targets where split = 'test'")
    connection.execute("delete from marts.fct_evaluation_histories where split = 'test'")
    blind = {0.7: read_tuning_set(connection, midnight(20))}
    assert tune(_recipe(folder), blind, trials=3) == before


def test_the_record_holds_the_latest_read_of_all_folds(folder: Path, folds) -> None:
    result = tune(_recipe(folder), folds, trials=1)
    assert result.folds == (0.5, 0.6)
    assert result.last_read_at == max(each.last_read_at for each in folds.values())
    assert result.n_interactions == max(each.n_interactions for each in folds.values())


def test_the_best_is_written_back_with_comments_and_provenance(folder: Path, folds) -> None:
    path = folder / "ease.toml"
    before = path.read_text()
    shipped = load_recipe("ease", "ml-1m", folder).parameters
    result = tune(_recipe(folder), folds, trials=4, seed=2)
    write_tuned(result, result.best, "abc123", today=date(2000, 2, 1))
    after = path.read_text()
    assert [line for line in after.splitlines() if line.startswith("#")] == [
        line for line in before.splitlines() if line.startswith("#")
    ]
    assert load_recipe("ease", folder=folder).parameters == result.best.parameters
    assert load_recipe("ease", "ml-1m", folder).parameters == shipped
    assert tomllib.loads(after)["provenance"]["ml-100k"] == {
        "data": "abc123",
        "folds": [0.5, 0.6],
        "seed": 2,
        "trials": 4,
        "trial": result.best.number,
        "validation_objective": round(result.best.value, 6),
        "date": "2000-02-01",
    }
    write_tuned(result, result.best, "abc123", today=date(2000, 2, 1))
    assert path.read_text() == after


def test_another_edition_gets_a_table_of_its_own(folder: Path, folds) -> None:
    shipped = load_recipe("popularity_decayed", folder=folder).parameters
    recipe = _recipe(folder, "popularity_decayed", "ml-latest-small")
    recipe = recipe.with_parameters({"half_life_days": 14})
    space = {
        "half_life_days": dataclasses.replace(
            recipe.search_space["half_life_days"], choices=(7, 14)
        )
    }
    result = tune(dataclasses.replace(recipe, search_space=space), folds, trials=3)
    write_tuned(result, result.trials[1], "abc123")
    assert load_recipe("popularity_decayed", folder=folder).parameters == shipped
    tuned = load_recipe("popularity_decayed", "ml-latest-small", folder)
    assert tuned.parameters == result.trials[1].parameters


def test_whole_numbers_stay_whole(folder: Path, folds) -> None:
    result = tune(_recipe(folder, "item_item"), folds, trials=3)
    assert isinstance(result.best.parameters["neighbours"], int)


def test_what_cannot_be_searched_is_refused(folder: Path, folds, monkeypatch) -> None:
    with pytest.raises(TrainingError, match=r"\[search\] has 0 parameters"):
        tune(_recipe(folder, "popularity_all_time"), folds, trials=3)
    with pytest.raises(TrainingError, match="trials=0"):
        tune(_recipe(folder), folds, trials=0)
    nobody = Criterion(MetricKey("ndcg", 10), "new_10")
    absent = dataclasses.replace(_recipe(folder), weights={WARM: 1, nobody: 1})
    with pytest.raises(TrainingError, match=r"tuning, new_10 ndcg@10: has no user in fold 0.5"):
        tune(absent, folds, trials=1)
    unknown = dataclasses.replace(
        _recipe(folder), weights={Criterion(MetricKey("ndgc", 10), "warm"): 1}
    )
    with pytest.raises(TrainingError, match=r"tuning, warm ndgc@10: expected a metric out of"):
        tune(unknown, folds, trials=1)
    nothing = dataclasses.replace(_recipe(folder), weights={})
    with pytest.raises(TrainingError, match="expected at least one criterion"):
        tune(nothing, folds, trials=1)
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(TrainingError, match="hint: run it with `make tune`"):
        tune(_recipe(folder), folds, trials=1)
