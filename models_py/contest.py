"""The contest of the recipes: all fitted and measured alike, the best one the challenger."""

from collections.abc import Sequence

from rich.console import Console

from models_py.fitting import Trained, Windows, fit_for_test, fit_for_validation, model_version
from models_py.recipes.configuration import Criterion, load_recipe, recipe_names
from warehouse.errors import TrainingError


def contest(windows: Windows, inputs: str, threads: int, console: Console) -> list[Trained]:
    """Fit every recipe on `train` and measure it on validation.

    A recipe that cannot be trained on this edition is left out, with a notice.
    """
    dataset = windows.validation.training_set.dataset
    recipes = [load_recipe(name, dataset) for name in recipe_names()]
    contestants = []
    for number, recipe in enumerate(recipes, start=1):
        version = model_version(recipe, inputs)
        with console.status(f"fitting {recipe.name} on train ({number} of {len(recipes)})"):
            try:
                trained = fit_for_validation(recipe, version, windows.validation, threads)
            except TrainingError as error:
                console.print(f"[yellow]{recipe.name} is left out:[/] {error.message}")
                continue
        console.print(
            f"{recipe.name}: validation NDCG@10 {trained.validation.value('ndcg@10'):.4f}, "
            f"fitted in {trained.seconds['train']:.1f} s"
        )
        contestants.append(trained)
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
    tested = []
    for each in contestants:
        with console.status(f"fitting {each.recipe.name} on train and validation, for the report"):
            tested.append(fit_for_test(each, windows.test, threads))
    return tested
