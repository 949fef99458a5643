"""The model in production, measured as the challenger is: neither has seen the window."""

from collections.abc import Sequence
from dataclasses import replace

from models_py.fitting import Trained, Window, fit_for_validation, model_version
from models_py.promotion.registry import RegisteredVersion
from models_py.recipes.configuration import Recipe, load_recipe
from models_py.recommenders import recommender_class
from warehouse.errors import TrainingError


def champion_on_validation(
    production: RegisteredVersion,
    contestants: Sequence[Trained],
    window: Window,
    inputs: str,
    threads: int,
) -> Trained:
    """Fit the recipe in production on the challenger's own training window.

    What is deployed was fitted on everything up to its day, the window
    included, so its own figures would flatter it. Where a contestant has the
    same recipe, it is returned: the two differ by data or code alone.

    Raises
    ------
    TrainingError
        This code can no longer train the recipe.
    """
    recipe = champion_recipe(production, window.training_set.dataset)
    for contestant in contestants:
        if same_recipe(contestant.recipe, recipe):
            return contestant
    return fit_for_validation(recipe, model_version(recipe, inputs), window, threads)


def champion_recipe(production: RegisteredVersion, dataset: str) -> Recipe:
    """Recipe of a registered version, as it was trained, whatever its file says today.

    Raises
    ------
    TrainingError
        This code no longer has its recommender, or one of its parameters.
    """
    recommender = recommender_class(production.model_name)
    recorded = production.recipe
    if not isinstance(recorded.get("parameters"), dict) or not isinstance(
        recorded.get("seed"), int
    ):
        raise TrainingError(
            f"{production.model_version}: its tag `recipe` holds {dict(recorded)!r}, expected "
            "parameters and a seed"
        )
    return replace(
        load_recipe(production.model_name, dataset),
        parameters=recommender(recorded["parameters"]).parameters,
        seed=recorded["seed"],
    )


def same_recipe(one: Recipe, other: Recipe) -> bool:
    """Whether two recipes name the same recommender, parameters and seed."""
    return (one.name, one.seed, dict(one.parameters)) == (
        other.name,
        other.seed,
        dict(other.parameters),
    )
