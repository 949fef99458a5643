"""A search for hyper-parameters on the mean of several folds, none of which sees test.

The search holds one `TuningSet` a fold and nothing else: no connection, so no
way to a test row. `read_tuning_set` has checked that everything in them lies
before the start of test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models_py.data.interactions import TuningSet
from models_py.evaluation.exposure import coverage, item_exposure
from models_py.evaluation.metrics import MetricKey, PerUser, accuracy
from models_py.evaluation.ranking import DEPTH, rank, rank_histories
from models_py.evaluation.summary import KNOWN
from models_py.recipes.configuration import Criterion, Recipe, SearchRange
from models_py.recommenders.parameters import ParameterValue
from warehouse.errors import TrainingError

COVERAGE = Criterion(MetricKey("coverage", DEPTH), KNOWN)


@dataclass(frozen=True)
class Trial:
    """One set of parameters, fitted and measured on every fold.

    Attributes
    ----------
    number : int
        From 0, which has the recommender's defaults; -1 is the recipe as it was.
    parameters : mapping
        Complete.
    value : float
        Mean over the folds of the objective: the weighted mean of the criteria, less what
        others fall below their floors.
    by_fold : mapping of fold to float
        The objective on each.
    by_criterion : mapping of Criterion to float
        The mean over the folds of each.
    """

    number: int
    parameters: Mapping[str, ParameterValue]
    value: float
    by_fold: Mapping[float, float]
    by_criterion: Mapping[Criterion, float]


@dataclass(frozen=True)
class TuningResult:
    """The best of a search, and what the search has read.

    Attributes
    ----------
    recipe : Recipe
        With the best parameters.
    best : Trial
    present : Trial
        The recipe as it was; `best` too, where the search has found nothing better.
    n_trials, seed : int
    folds : tuple of float
        Train shares.
    last_read_at : datetime
        The latest interaction read in any fold, for ``ml.training_reads``.
    n_interactions : int
        Most interactions read in one fold.
    """

    recipe: Recipe
    best: Trial
    present: Trial
    n_trials: int
    seed: int
    folds: tuple[float, ...]
    last_read_at: datetime
    n_interactions: int


def tune(
    recipe: Recipe,
    tuning_sets: Mapping[float, TuningSet],
    trials: int,
    seed: int = 0,
    *,
    threads: int = 1,
    on_trial: Callable[[Trial], None] | None = None,
) -> TuningResult:
    """Search the recipe's space with a tree-structured Parzen estimator.

    The search sets out from the recommender's defaults, not from the recipe's
    present values: same data, space and seed, same trials, so what a search
    has written can be found again by the same search.

    Parameters
    ----------
    recipe : Recipe
        Measured beside the trials, so the result is never worse than it.
    tuning_sets : mapping of fold to TuningSet
        At least one, by train share.
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
        Nothing to search, optuna is missing, or a criterion cannot be measured in a fold.
    """
    optuna = _optuna()
    if not recipe.search_space or trials < 1:
        raise TrainingError(
            f"{recipe.path}: [search] has {len(recipe.search_space)} parameters and "
            f"trials={trials}: expected at least one of each"
        )
    for fold, data in tuning_sets.items():
        _check_weights(recipe, fold, data)
    sampler = optuna.samplers.TPESampler(seed=seed)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.enqueue_trial(
        {
            name: space.parameter.default
            for name, space in recipe.search_space.items()
            if not space.choices or space.parameter.default in space.choices
        }
    )
    present = _try(recipe, tuning_sets, -1, threads)
    done: list[Trial] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(f"tuning {recipe.name}", total=trials)
        for _ in range(trials):
            asked = study.ask()
            chosen = {
                name: _suggest(asked, name, space) for name, space in recipe.search_space.items()
            }
            trial = _try(recipe.with_parameters(chosen), tuning_sets, len(done), threads)
            study.tell(asked, trial.value)
            done.append(trial)
            if on_trial:
                on_trial(trial)
            best = max([present, *done], key=lambda each: (each.value, -each.number))
            bar.update(task, advance=1, description=f"tuning {recipe.name}, best {best.value:.4f}")
    return TuningResult(
        recipe=recipe.with_parameters(best.parameters),
        best=best,
        present=present,
        n_trials=trials,
        seed=seed,
        folds=tuple(tuning_sets),
        last_read_at=max(data.last_read_at for data in tuning_sets.values()),
        n_interactions=max(data.n_interactions for data in tuning_sets.values()),
    )


def _optuna() -> ModuleType:
    try:
        import optuna  # noqa: PLC0415 - an extra; nothing but a search needs it
    except ImportError as error:
        raise TrainingError(
            "optuna is not installed: expected it for a search", hint="run it with `make tune`"
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    module: ModuleType = optuna
    return module


def _check_weights(recipe: Recipe, fold: float, data: TuningSet) -> None:
    if sum(recipe.weights.values()) <= 0:
        raise TrainingError(
            f"{recipe.path}: tuning.weights has no weight above 0: expected at least one criterion"
        )
    for criterion in _criteria(recipe):
        if criterion == COVERAGE:
            continue
        if criterion.population not in data.evaluation_sets:
            raise TrainingError(
                f"{recipe.path}: tuning, {criterion}: has no user in fold {fold:g}, "
                f"expected some of {', '.join(data.evaluation_sets)}, or {COVERAGE}",
                hint="remove it, or use a larger edition",
            )


def _suggest(asked: Any, name: str, space: SearchRange) -> ParameterValue:
    if space.choices:
        chosen: ParameterValue = asked.suggest_categorical(name, space.choices)
        return chosen
    if space.parameter.kind is int:
        return int(asked.suggest_int(name, space.low, space.high, log=space.log))
    # Four digits are all that matters, and what is written is exactly what was tried.
    return float(f"{asked.suggest_float(name, space.low, space.high, log=space.log):.4g}")


def _try(
    recipe: Recipe, tuning_sets: Mapping[float, TuningSet], number: int, threads: int
) -> Trial:
    measured = {fold: _measure(recipe, data, threads) for fold, data in tuning_sets.items()}
    by_fold = {fold: _objective(recipe, found) for fold, found in measured.items()}
    by_criterion = {
        each: fmean(found[each] for found in measured.values()) for each in _criteria(recipe)
    }
    return Trial(number, recipe.parameters, fmean(by_fold.values()), by_fold, by_criterion)


def _objective(recipe: Recipe, found: Mapping[Criterion, float]) -> float:
    total = sum(recipe.weights.values())
    mean = sum(weight * found[each] for each, weight in recipe.weights.items()) / total
    return mean - sum(max(0.0, floor - found[each]) for each, floor in recipe.floors.items())


def _criteria(recipe: Recipe) -> list[Criterion]:
    return list(dict.fromkeys((*recipe.weights, *recipe.floors)))


def _measure(recipe: Recipe, data: TuningSet, threads: int) -> dict[Criterion, float]:
    """Measure every criterion of the recipe on one fold."""
    training_set = data.training_set
    recommender = recipe.build(threads).fit(training_set)
    found = {}
    criteria = _criteria(recipe)
    for population in sorted({each.population for each in criteria if each != COVERAGE}):
        each = data.evaluation_sets[population]
        of_users = accuracy(rank(recommender, each, DEPTH), each.targets)
        for criterion in criteria:
            if criterion.population == population:
                found[criterion] = _mean(recipe, criterion, of_users)
    if COVERAGE in criteria:
        lists = rank_histories(recommender, training_set.histories, training_set.seen, DEPTH)
        found[COVERAGE] = coverage(item_exposure(lists, training_set.n_items))
    return found


def _mean(recipe: Recipe, criterion: Criterion, of_users: PerUser) -> float:
    if criterion.key not in of_users:
        known = ", ".join(str(key) for key in of_users)
        raise TrainingError(f"{recipe.path}: tuning, {criterion}: expected a metric out of {known}")
    return float(of_users[criterion.key].mean())
