"""Folds of a search: each a warehouse of its own, cut by dbt at an earlier train share.

The cutoffs stay where they are for everything else, in SQL; a fold differs
from the warehouse by one dbt variable.
"""

import os
import re
from dataclasses import replace

import duckdb
from rich.console import Console

from models_py.data import marts
from models_py.data.interactions import TuningSet
from models_py.data.warehouse_reader import read_tuning_set
from models_py.recipes.configuration import Recipe
from warehouse import stamps
from warehouse.connection import open_build
from warehouse.dbt import DBT_PROJECT, run_dbt
from warehouse.errors import BuildError, TrainingError
from warehouse.files import fingerprint
from warehouse.home import Home
from warehouse.known import Known
from warehouse.settings import Settings

_STAMP = "fold"


def read_folds(
    settings: Settings, known: Known, recipe: Recipe, console: Console
) -> dict[float, TuningSet]:
    """Read every fold of a recipe, building those whose data or SQL have changed.

    Raises
    ------
    TrainingError
        A fold and the validation that follows it do not fit into the data.
    BuildError
        A fold reaches into test, the warehouse was never built or holds other
        data than the edition of the settings, or dbt failed.
    """
    _check_shares(recipe)
    with open_build(settings.home) as connection:
        test_starts_at = marts.cutoff(connection, "train_validation")
        judged_on = _extent(connection)
    folds = {}
    for share in recipe.folds:
        home = build_fold(settings, known, share, console)
        with open_build(home) as connection:
            if _extent(connection) != judged_on:
                raise BuildError(
                    f"{settings.home.build_file}: its data end with {judged_on}, expected those "
                    f"of {known.dataset}, {_extent(connection)}",
                    hint="run `make pipeline` for this edition first",
                )
            folds[share] = read_tuning_set(connection, test_starts_at, known.dataset)
    return folds


def build_fold(settings: Settings, known: Known, share: float, console: Console) -> Home:
    """Build the warehouse of one fold below the home, unless it stands there already.

    It shares the home's data through links, so it costs only its own tables.
    """
    home = Home(settings.home.root / "folds" / f"{share:g}")
    sql = stamps.fingerprint_of_files(DBT_PROJECT, "*.sql", "*.yml")
    inputs = fingerprint([known.dataset, known.fingerprint, sql, share])
    if stamps.is_current(home, _STAMP, inputs) and home.build_file.is_file():
        return home
    stamps.begin(home, _STAMP)
    for folder in (Home.raw, Home.interactions):
        link = folder(home, known.dataset)
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            # Relative, so that a home may be moved.
            target = os.path.relpath(folder(settings.home, known.dataset), link.parent)
            link.symlink_to(target, target_is_directory=True)
    console.print(f"building the fold that trains on {share:.0%}")
    arguments = ["run", "--exclude", "tag:ml", "tag:logs"]
    arguments += ["--vars", f"{{train_share: {share}}}"]
    run_dbt(replace(settings, home=home), known.dataset, arguments, console)
    stamps.finish(home, _STAMP, inputs)
    return home


def _check_shares(recipe: Recipe) -> None:
    project = DBT_PROJECT / "dbt_project.yml"
    found = re.search(r"^  validation_share: (\S+)$", project.read_text(encoding="utf-8"), re.M)
    if not found:
        raise TrainingError(f"{project}: vars.validation_share=nothing: expected a share")
    largest = round(1 - float(found[1]), 9)
    if recipe.folds[-1] > largest:
        raise TrainingError(
            f"{recipe.path}: tuning.folds={list(recipe.folds)}: expected shares of at most "
            f"{largest:g}, which leaves {found[1]} of the data for validation"
        )


def _extent(connection: duckdb.DuckDBPyConnection) -> tuple[str, int]:
    """Tell where the data end, and how many interactions they are: the same in every fold."""
    ((ends_at, n_interactions),) = connection.execute(
        "select cutoff_at, n_interactions from marts.dim_fit_windows where fit_window = 'all'"
    ).fetchall()
    return str(ends_at), int(n_interactions)
