"""Putting a decision into effect: what serves is fitted on everything up to now."""

from dataclasses import replace

from models_py.fitting import Read, Trained, Windows, fit
from models_py.promotion.champion import champion_recipe
from models_py.promotion.registry import RegisteredVersion, Registry
from models_py.recipes.configuration import Recipe
from models_py.recommenders import FactorRecommender
from models_py.serving.contents import Identity, bundle_contents, deploy
from models_py.tracking.environment import code_revision
from models_py.tracking.runs import metric_names
from warehouse.bundle import current_version, set_current
from warehouse.bundle.pointer import versions
from warehouse.settings import Settings


def promote(
    settings: Settings,
    registry: Registry,
    windows: Windows,
    trained: Trained,
    data_fingerprint: str,
) -> Trained:
    """Fit the recipe on everything, let its bundle serve, and call it production.

    The bundle comes first: interrupted in between, the next run decides again
    and finds the bundle done.

    Returns
    -------
    Trained
        With the evidence of what the last fit has read.
    """
    metrics: dict[str, float] = {}
    for result in (trained.validation, trained.test):
        if result is not None:
            metrics |= metric_names(result.metrics_table(trained.model_version))
    identity = Identity(trained.model_version, data_fingerprint, metrics)
    read = _serve(settings, windows, trained.recipe, identity)
    registry.to_production(trained.model_version)
    return replace(trained, reads=(*trained.reads, read))


def keep(
    settings: Settings,
    windows: Windows,
    production: RegisteredVersion,
    data_fingerprint: str,
) -> None:
    """Let the version in production serve on, whatever served last in this home.

    Its bundle may be gone, or another edition's may be the current one.
    """
    home, version = settings.home, production.model_version
    if version in versions(home):
        if current_version(home) != version:
            set_current(home, version)
        return
    recipe = champion_recipe(production, windows.everything.dataset)
    _serve(settings, windows, recipe, Identity(version, data_fingerprint, {}))


def _serve(settings: Settings, windows: Windows, recipe: Recipe, identity: Identity) -> Read:
    everything = windows.everything
    recommender, read, _ = fit(recipe, everything, settings.threads)
    assert isinstance(recommender, FactorRecommender)
    contents = bundle_contents(windows.connection, recommender, everything, identity)
    deploy(settings.home, contents, code_revision(), settings.keep_versions)
    return read
