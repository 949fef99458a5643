"""The contest of the recipes: all fitted and measured alike, the best one the challenger."""

from collections.abc import Callable, Iterator, Sequence
from multiprocessing.pool import ThreadPool
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from models_py.fitting import Trained, Windows, fit_for_test, fit_for_validation, model_version
from models_py.recipes.configuration import Criterion, Recipe, load_recipe, recipe_names
from warehouse.errors import TrainingError

_Item = TypeVar("_Item")
_Outcome = TypeVar("_Outcome")


def contest(windows: Windows, inputs: str, threads: int, console: Console) -> list[Trained]:
    """Fit every recipe on `train` and measure it on validation.

    A recipe that cannot be trained on this edition is left out, with a notice.
    """
    window = windows.validation
    recipes = [load_recipe(name, window.training_set.dataset) for name in recipe_names()]

    def measured(recipe: Recipe) -> Trained | TrainingError:
        try:
            return fit_for_validation(recipe, model_version(recipe, inputs), window, threads)
        except TrainingError as error:
            return error

    contestants = []
    outcomes = _side_by_side(measured, recipes, threads, "validation", console)
    for recipe, outcome in zip(recipes, outcomes, strict=True):
        if isinstance(outcome, TrainingError):
            console.print(f"[yellow]{recipe.name} is left out:[/] {outcome.message}")
            continue
        console.print(
            f"{recipe.name}: validation NDCG@10 {outcome.validation.value('ndcg@10'):.4f}, "
            f"fitted in {outcome.seconds['train']:.1f} s beside another"
        )
        contestants.append(outcome)
    return contestants


def best_servable(contestants: Sequence[Trained], criterion: Criterion) -> Trained:
    """Return the best on validation among the recipes that a bundle can hold.

    Raises
    ------
    TrainingError
        There is none.
    """
    servable = [each for each in contestants if each.servable]
    if not servable:
        raise TrainingError(
            "no recipe that can be served could be trained on this edition",
            "use a larger edition, or lower the filters in dbt_project/dbt_project.yml",
        )
    metric, population = str(criterion.key), criterion.population
    return max(servable, key=lambda each: each.validation.value(metric, population))


def report_on_test(
    contestants: Sequence[Trained], windows: Windows, threads: int, console: Console
) -> list[Trained]:
    """Fit every recipe again on `train_validation` and measure it on test, for the report."""
    window = windows.test

    def measured(each: Trained) -> Trained:
        return fit_for_test(each, window, threads)

    return list(_side_by_side(measured, contestants, threads, "test", console))


def _side_by_side(
    work: Callable[[_Item], _Outcome],
    items: Sequence[_Item],
    threads: int,
    split: str,
    console: Console,
) -> Iterator[_Outcome]:
    """Do independent work on a few threads; the outcomes come in the order of the items.

    What comes out does not depend on the number of threads, as long as the
    caller keeps linear algebra to one thread each. numpy and implicit let go of
    the interpreter's lock while they compute. More than two would take memory
    for little gain, because one recipe takes far longer than the rest.
    """
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn())
    with (
        Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar,
        # Its threads are daemons: an interrupt need not wait for a fit to end.
        ThreadPool(min(threads, 2)) as pool,
    ):
        yield from bar.track(
            pool.imap(work, items),
            total=len(items),
            description=f"recipes fitted, and measured on {split}",
        )
