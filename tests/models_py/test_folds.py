"""Folds are built by dbt, once, and none of them may reach into test."""

import dataclasses
from datetime import datetime

import duckdb
import pytest
from rich.console import Console

from models_py import folds as module
from models_py.data import marts
from models_py.folds import build_fold, read_folds
from models_py.recipes.configuration import load_recipe
from warehouse.connection import open_build
from warehouse.errors import BuildError, TrainingError

QUIET = Console(quiet=True)


def _recipe(*folds: float):
    return dataclasses.replace(load_recipe("ease"), folds=folds)


def test_a_fold_is_an_earlier_cut_of_the_same_data_built_once(home, built, monkeypatch) -> None:
    known = built[1]
    fold = read_folds(home, known, _recipe(0.5), QUIET)[0.5]
    with open_build(home.home) as connection:
        # The warehouse's own shares: .70 and .15.
        assert fold.training_set.cutoff_at < marts.cutoff(connection, "train")
        assert fold.training_set.cutoff_at < fold.last_read_at
        assert fold.last_read_at < marts.cutoff(connection, "train")

    # A home may be moved, its folds with it, and they are as current as they were.
    moved = home.home.root.with_name("moved")
    home.home.root.rename(moved)
    there = dataclasses.replace(home, home=dataclasses.replace(home.home, root=moved))
    calls = []
    monkeypatch.setattr(module, "run_dbt", lambda *arguments: calls.append(arguments))
    again = read_folds(there, known, _recipe(0.5), QUIET)[0.5]
    assert again.last_read_at == fold.last_read_at
    assert (build_fold(there, known, 0.5, QUIET).raw(known.dataset) / "ratings.parquet").exists()
    assert not calls

    # A warehouse of other data than the edition's says nothing about where test starts.
    with duckdb.connect(str(there.home.build_file)) as connection:
        connection.execute("update marts.dim_fit_windows set n_interactions = 7")
    with pytest.raises(BuildError, match="run `make pipeline` for this edition"):
        read_folds(there, known, _recipe(0.5), QUIET)

    # Other data are built, and so is what an interruption left.
    def interrupted(*_) -> None:
        raise BuildError("interrupted")

    monkeypatch.setattr(module, "run_dbt", interrupted)
    with pytest.raises(BuildError, match="interrupted"):
        build_fold(there, dataclasses.replace(known, as_of=datetime(2000, 1, 1)), 0.5, QUIET)
    monkeypatch.setattr(module, "run_dbt", lambda *arguments: calls.append(arguments))
    build_fold(there, known, 0.5, QUIET)
    assert len(calls) == 1


def test_a_fold_that_reaches_into_test_is_refused(home, built) -> None:
    with pytest.raises(BuildError, match="expected all before the start of test"):
        read_folds(home, built[1], _recipe(0.75), QUIET)


def test_a_fold_leaves_room_for_its_validation(home, built) -> None:
    with pytest.raises(TrainingError, match=r"tuning.folds=\[0.5, 0.9\]: expected shares of at"):
        read_folds(home, built[1], _recipe(0.5, 0.9), QUIET)
