"""A search for hyper-parameters on the mean of several folds, none of which sees test.

The search holds one `TuningSet` a fold and nothing else: no connection, so no
way to a test row. `read_tuning_set` has checked that everything in them lies
before the start of test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models_py.data.interactions import TuningSet
from models_py.recipes.configuration import Recipe, SearchRange
from models_py.recipes.objective import Trial, check_criteria, measure
from models_py.recommenders.parameters import ParameterValue
from warehouse.errors import TrainingError


@dataclass(frozen=True)
class TuningResult:
    """The trials of a search, and what the search has read.

    Attributes
    ----------
    recipe : Recipe
        As it was.
    present : Trial
        Its parameters, measured beside the trials.
    trials : tuple of Trial
        In the order in which they were made.
    seed : int
    folds : tuple of float
        Train shares.
    last_read_at : datetime
        The latest interaction read in any fold, for ``ml.training_reads``.
    n_interactions : int
        Most interactions read in one fold.
    """

    recipe: Recipe
    present: Trial
    trials: tuple[Trial, ...]
    seed: int
    folds: tuple[float, ...]
    last_read_at: datetime
    n_interactions: int

    @property
    def better(self) -> list[Trial]:
        """The trials above the present parameters, best first, the earliest of equals first."""
        above = [trial for trial in self.trials if trial.value > self.present.value]
        return sorted(above, key=lambda trial: (-trial.value, trial.number))

    @property
    def best(self) -> Trial:
        """The best trial, or the present parameters where none is better."""
        return next(iter(self.better), self.present)


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

    The search sets out from two points that it knows: the recommender's
    defaults, and the recipe's present values where the space holds them. Same
    recipe, data and seed: same trials.

    Parameters
    ----------
    recipe : Recipe
        Its own values are a point of the search, and what its trials are held against.
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
    check_criteria(recipe, tuning_sets)
    space = {name: _distribution(optuna, each) for name, each in recipe.search_space.items()}
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    defaults = {name: each.parameter.default for name, each in recipe.search_space.items()}
    study.enqueue_trial(
        {name: value for name, value in defaults.items() if _holds(space[name], value)}
    )
    present = measure(recipe, tuning_sets, -1, threads)
    known = {name: recipe.parameters[name] for name in space}
    if all(_holds(space[name], value) for name, value in known.items()):
        study.add_trial(
            optuna.trial.create_trial(params=known, distributions=space, value=present.value)
        )
    done: list[Trial] = []
    best = present
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(f"tuning {recipe.name}", total=trials)
        for _ in range(trials):
            asked = study.ask(space)
            chosen = recipe.with_parameters({name: _rounded(v) for name, v in asked.params.items()})
            trial = measure(chosen, tuning_sets, len(done), threads)
            study.tell(asked, trial.value)
            done.append(trial)
            if on_trial:
                on_trial(trial)
            best = max(best, trial, key=lambda each: each.value)
            bar.update(task, advance=1, description=f"tuning {recipe.name}, best {best.value:.4f}")
    return TuningResult(
        recipe=recipe,
        present=present,
        trials=tuple(done),
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


def _distribution(optuna: ModuleType, space: SearchRange) -> Any:
    if space.choices:
        return optuna.distributions.CategoricalDistribution(space.choices)
    kind = "Int" if space.parameter.kind is int else "Float"
    made = getattr(optuna.distributions, f"{kind}Distribution")
    return made(space.low, space.high, log=space.log)


def _holds(distribution: Any, value: ParameterValue) -> bool:
    if choices := getattr(distribution, "choices", ()):
        return value in choices
    return bool(distribution.low <= value <= distribution.high)


def _rounded(value: ParameterValue) -> ParameterValue:
    """Keep the four digits that matter, so that what is written is exactly what was tried."""
    return float(f"{value:.4g}") if isinstance(value, float) else value
