"""The model in production, measured as the challenger is: neither has seen the window."""

from models_py.fitting import Trained, Window, fit_for_validation
from models_py.promotion.registry import RegisteredVersion
from models_py.recipes.configuration import Recipe, load_recipe
from warehouse.errors import TrainingError


def champion_on_validation(
    production: RegisteredVersion, contestants: list[Trained], window: Window, threads: int
) -> Trained:
    """Fit the recipe in production on the challenger's own training window.

    What is deployed was fitted on everything up to its day, the window
    included, so its own figures would flatter it.

    Raises
    ------
    TrainingError
        The recipe can no longer be built, with a hint.
    """
    recipe = champion_recipe(production, window.training_set.dataset)
    for contestant in contestants:
        if _same(contestant.recipe, recipe):
            return contestant
    return fit_for_validation(recipe, production.model_version, window, threads)


def champion_recipe(production: RegisteredVersion, dataset: str) -> Recipe:
    """Recipe of a registered version, with the parameters that it was trained with.

    Raises
    ------
    TrainingError
        This code no longer has its recommender, or one of its parameters.
    """
    try:
        recipe = load_recipe(production.model_name, dataset)
        return recipe.with_parameters(production.recipe["parameters"])
    except TrainingError as error:
        raise TrainingError(
            f"{production.model_version} is in production, but its recipe cannot be trained by "
            f"this code: {error.message}",
            "check out the code that trained it, or take the alias `production` off it in MLflow",
        ) from error


def _same(one: Recipe, other: Recipe) -> bool:
    return (one.name, one.seed, dict(one.parameters)) == (
        other.name,
        other.seed,
        dict(other.parameters),
    )
