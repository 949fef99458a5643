"""A search for hyper-parameters that sees validation only, and writes what it found back.

The search holds a `TuningSet` and nothing else: no connection, so no way to a
test row. `read_tuning_set` has checked that everything in it lies before the
start of test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import ModuleType
from typing import Any

import duckdb
import tomlkit
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models_py.data.interactions import TuningSet
from models_py.data.warehouse_reader import read_tuning_set
from models_py.evaluation.metrics import CUTOFFS, MetricKey, accuracy
from models_py.evaluation.ranking import rank
from models_py.recipes.configuration import DEFAULT_EDITION, Recipe, SearchRange
from models_py.recommenders.parameters import ParameterValue
from warehouse.errors import TrainingError
from warehouse.files import write_text

OBJECTIVE = MetricKey("ndcg", 10)


@dataclass(frozen=True)
class Trial:
    """One fit of a search.

    Attributes
    ----------
    number : int
        From 0; the first takes the recipe as it is.
    parameters : mapping
        Complete.
    value : float
        Weighted mean of NDCG@10 on validation.
    by_population : mapping of population to float
        Its parts.
    """

    number: int
    parameters: Mapping[str, ParameterValue]
    value: float
    by_population: Mapping[str, float]


@dataclass(frozen=True)
class TuningResult:
    """The best of a search, and what the search has read.

    Attributes
    ----------
    recipe : Recipe
        With the best parameters.
    best : Trial
    first : Trial
        The recipe as it was.
    n_trials, seed : int
    fit_window : str
    last_read_at : datetime
        The latest interaction read, for ``ml.training_reads``.
    n_interactions : int
    """

    recipe: Recipe
    best: Trial
    first: Trial
    n_trials: int
    seed: int
    fit_window: str
    last_read_at: datetime
    n_interactions: int


def tune(
    recipe: Recipe,
    connection: duckdb.DuckDBPyConnection,
    trials: int,
    seed: int = 0,
    *,
    threads: int = 1,
    on_trial: Callable[[Trial], None] | None = None,
) -> TuningResult:
    """Search the recipe's space with a tree-structured Parzen estimator.

    Same data, recipe and seed: same trials, same result.

    Parameters
    ----------
    recipe : Recipe
        Tried first, so the result is never worse than it.
    connection : DuckDBPyConnection
        Read-only; closed to the search itself.
    trials : int
        At least 1.
    seed : int
        Of the sampler; the recommender keeps the recipe's own seed.
    threads : int
    on_trial : callable, optional
        Told every finished trial, for a tracker.

    Raises
    ------
    TrainingError
        Nothing to search, optuna is missing, or a weighted population is empty.
    """
    optuna = _optuna()
    if not recipe.search_space or trials < 1:
        raise TrainingError(
            f"{recipe.path}: [search] has {len(recipe.search_space)} parameters and "
            f"trials={trials}: expected at least one of each"
        )
    data = read_tuning_set(connection, recipe.dataset)
    _check_weights(recipe, data)
    sampler = optuna.samplers.TPESampler(seed=seed)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.enqueue_trial({name: recipe.parameters[name] for name in recipe.search_space})
    done: list[Trial] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(f"tuning {recipe.name}", total=trials)
        for _ in range(trials):
            asked = study.ask()
            chosen = {
                name: _suggest(asked, name, space) for name, space in recipe.search_space.items()
            }
            trial = _try(recipe.with_parameters(chosen), data, len(done), threads)
            study.tell(asked, trial.value)
            done.append(trial)
            if on_trial:
                on_trial(trial)
            best = max(done, key=lambda each: (each.value, -each.number))
            bar.update(task, advance=1, description=f"tuning {recipe.name}, best {best.value:.4f}")
    return TuningResult(
        recipe=recipe.with_parameters(best.parameters),
        best=best,
        first=done[0],
        n_trials=trials,
        seed=seed,
        fit_window=data.training_set.fit_window,
        last_read_at=data.last_read_at,
        n_interactions=data.n_interactions,
    )


def write_tuned(result: TuningResult, data_fingerprint: str, today: date | None = None) -> None:
    """Write the best parameters and their provenance into the recipe's own file.

    Comments and layout stay. The values of ml-100k are the defaults; another
    edition gets a table of its own.
    """
    recipe = result.recipe
    document = tomlkit.parse(recipe.path.read_text(encoding="utf-8"))
    if recipe.dataset == DEFAULT_EDITION:
        values = _table(document, "parameters")
    else:
        values = _table(_table(document, "editions"), recipe.dataset)
    for name in recipe.search_space:
        values[name] = recipe.parameters[name]
    provenance = _table(_table(document, "provenance"), recipe.dataset)
    provenance.update(
        {
            "data": data_fingerprint,
            "seed": result.seed,
            "trials": result.n_trials,
            "validation_objective": round(result.best.value, 6),
            "date": (today or datetime.now(UTC).date()).isoformat(),
        }
    )
    write_text(recipe.path, tomlkit.dumps(document))


def _optuna() -> ModuleType:
    try:
        import optuna  # noqa: PLC0415 - an extra; nothing but a search needs it
    except ImportError as error:
        raise TrainingError(
            "optuna is not installed: expected it for a search", hint="install marquee[tune]"
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    module: ModuleType = optuna
    return module


def _check_weights(recipe: Recipe, data: TuningSet) -> None:
    if sum(recipe.weights.values()) <= 0:
        raise TrainingError(
            f"{recipe.path}: tuning.weights={dict(recipe.weights)}: expected at least one "
            "population with a weight above 0"
        )
    for population in recipe.weights:
        if population not in data.evaluation_sets:
            raise TrainingError(
                f"{recipe.path}: tuning.weights.{population}: has no user in validation, expected "
                f"some of {', '.join(data.evaluation_sets)}",
                hint="remove it from the weights, or use a larger edition",
            )


def _suggest(asked: Any, name: str, space: SearchRange) -> ParameterValue:
    if space.choices:
        chosen: ParameterValue = asked.suggest_categorical(name, space.choices)
        return chosen
    if space.parameter.kind is int:
        return int(asked.suggest_int(name, space.low, space.high, log=space.log))
    # Four digits are all that matters, and what is written is exactly what was tried.
    return float(f"{asked.suggest_float(name, space.low, space.high, log=space.log):.4g}")


def _try(recipe: Recipe, data: TuningSet, number: int, threads: int) -> Trial:
    recommender = recipe.build(threads).fit(data.training_set)
    by_population = {}
    for population in recipe.weights:
        each = data.evaluation_sets[population]
        lists = rank(recommender, each, depth=max(CUTOFFS))
        by_population[population] = float(accuracy(lists, each.targets)[OBJECTIVE].mean())
    total = sum(recipe.weights.values())
    value = sum(recipe.weights[each] * by_population[each] for each in by_population) / total
    return Trial(number, recipe.parameters, value, by_population)


def _table(parent: Any, name: str) -> Any:
    if name not in parent:
        # A table that only holds tables needs no header of its own.
        parent[name] = tomlkit.table(is_super_table=name in {"editions", "provenance"})
    return parent[name]
