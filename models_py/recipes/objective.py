"""What a search maximises: the figures of one set of parameters, as a mean over folds."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from models_py.data.interactions import TuningSet
from models_py.evaluation.exposure import coverage, item_exposure
from models_py.evaluation.metrics import MetricKey, PerUser, accuracy
from models_py.evaluation.ranking import DEPTH, rank, rank_histories
from models_py.evaluation.summary import KNOWN
from models_py.recipes.configuration import Criterion, Recipe
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


def check_criteria(recipe: Recipe, tuning_sets: Mapping[float, TuningSet]) -> None:
    """Refuse a recipe whose criteria cannot be measured in every fold.

    Raises
    ------
    TrainingError
        No criterion has a weight, or one has no user in a fold.
    """
    if sum(recipe.weights.values()) <= 0:
        raise TrainingError(
            f"{recipe.path}: tuning.weights has no weight above 0: expected at least one criterion"
        )
    for fold, data in tuning_sets.items():
        for criterion in _criteria(recipe):
            if criterion != COVERAGE and criterion.population not in data.evaluation_sets:
                raise TrainingError(
                    f"{recipe.path}: tuning, {criterion}: has no user in fold {fold:g}, "
                    f"expected some of {', '.join(data.evaluation_sets)}, or {COVERAGE}",
                    hint="remove it, or use a larger edition",
                )


def measure(
    recipe: Recipe, tuning_sets: Mapping[float, TuningSet], number: int, threads: int
) -> Trial:
    """Fit a recipe on every fold, and tell the objective and its criteria there.

    Raises
    ------
    TrainingError
        A criterion names a metric that there is not.
    """
    measured = {fold: _figures(recipe, data, threads) for fold, data in tuning_sets.items()}
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


def _figures(recipe: Recipe, data: TuningSet, threads: int) -> dict[Criterion, float]:
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
