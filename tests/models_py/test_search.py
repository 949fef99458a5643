"""A search, run as ``make tune`` runs it, leaves a config, runs and evidence that dbt accepts."""

import dataclasses
import shutil
import tomllib
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from models_py import search
from models_py.promotion.decision import Candidate, Decision, decide
from models_py.recipes.configuration import (
    CONFIGS,
    PromotionRule,
    Recipe,
    load_promotion_rule,
    load_recipe,
)
from models_py.tracking.store import open_client
from warehouse.dbt import run_dbt
from warehouse.known import Known
from warehouse.settings import Settings


def test_a_search_is_recorded_and_has_read_nothing_of_test(
    home: Settings,
    built: tuple[Settings, Known],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = Path(shutil.copytree(CONFIGS, tmp_path / "configs"))

    def recipe(name: str, dataset: str) -> Recipe:
        poor = load_recipe(name, dataset, folder).with_parameters({"neighbours": 1})
        return dataclasses.replace(poor, folds=(0.5, 0.7))

    monkeypatch.setattr(search, "load_recipe", recipe)
    dataset = built[1].dataset
    settings = Settings.from_environment(
        {"MARQUEE_HOME": str(home.home.root), "MARQUEE_DATASET": dataset}
    )

    search.search(settings, "item_item", trials=2, seed=0, console=Console(quiet=True))

    written = tomllib.loads((folder / "item_item.toml").read_text())
    assert written["provenance"][dataset]["folds"] == [0.5, 0.7]
    client = open_client(settings.home)
    experiment = client.get_experiment_by_name(f"marquee-{dataset}")
    runs = client.search_runs([experiment.experiment_id], "tags.kind = 'trial'")
    assert len(runs) == 2
    for run in runs:
        figures = run.data.metrics
        assert figures["validation.objective"] == pytest.approx(
            (figures["validation.fold_0.5"] + figures["validation.fold_0.7"]) / 2
        )
    selection = ["fct_training_reads", "assert_training_reads_before_cutoffs"]
    run_dbt(settings, dataset, ["build", "--select", *selection], Console(quiet=True))
    with duckdb.connect(str(settings.home.build_file), read_only=True) as connection:
        (row,) = connection.sql(
            """
            select reads.purpose, reads.last_interaction_at < windows.cutoff_at
            from marts.fct_training_reads as reads
            inner join marts.dim_fit_windows as windows
                on windows.fit_window = 'train_validation'
            """
        ).fetchall()
    assert row == ("tuning", True)


def test_what_the_promotion_rule_refuses_is_not_written(
    home: Settings,
    built: tuple[Settings, Known],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = Path(shutil.copytree(CONFIGS, tmp_path / "configs"))

    def recipe(name: str, dataset: str) -> Recipe:
        poor = load_recipe(name, dataset, folder).with_parameters({"neighbours": 1})
        return dataclasses.replace(poor, folds=(0.7,))

    def strict() -> PromotionRule:
        return dataclasses.replace(load_promotion_rule(folder), min_relative_gain=1000.0)

    monkeypatch.setattr(search, "load_recipe", recipe)
    monkeypatch.setattr(search, "load_promotion_rule", strict)
    before = (folder / "item_item.toml").read_text()
    settings = Settings.from_environment(
        {"MARQUEE_HOME": str(home.home.root), "MARQUEE_DATASET": built[1].dataset}
    )

    search.search(settings, "item_item", trials=2, seed=0, console=Console(width=400))

    after = tomllib.loads((folder / "item_item.toml").read_text())
    before = tomllib.loads(before)
    provenance = after.pop("provenance").pop(built[1].dataset)
    assert (provenance["trial"], provenance["trials"], provenance["seed"]) == (-1, 2, 0)
    before.pop("provenance")
    assert after == before
    said = " ".join(capsys.readouterr().out.split())
    assert "none passes: the best not promoted: warm.ndcg@10" in said
    assert "keeps its values" in said


def test_the_best_trial_that_the_rule_takes_is_written(
    home: Settings,
    built: tuple[Settings, Known],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = Path(shutil.copytree(CONFIGS, tmp_path / "configs"))
    asked: list[str] = []

    def recipe(name: str, dataset: str) -> Recipe:
        poor = load_recipe(name, dataset, folder).with_parameters({"neighbours": 1})
        return dataclasses.replace(poor, folds=(0.7,))

    def not_the_first(found: Candidate, present: Candidate, rule: PromotionRule) -> Decision:
        asked.append(found.model_version)
        decision = decide(found, present, rule)
        return dataclasses.replace(decision, promoted=len(asked) == 2)

    monkeypatch.setattr(search, "load_recipe", recipe)
    monkeypatch.setattr(search, "decide", not_the_first)
    dataset = built[1].dataset
    settings = Settings.from_environment(
        {"MARQUEE_HOME": str(home.home.root), "MARQUEE_DATASET": dataset}
    )

    search.search(settings, "item_item", trials=4, seed=0, console=Console(quiet=True))

    written = tomllib.loads((folder / "item_item.toml").read_text())
    assert f"trial {written['provenance'][dataset]['trial']}" == asked[1] != asked[0]
