"""Putting a decision into effect: what serves is fitted on everything up to now."""

from dataclasses import replace

from models_py.fitting import Trained, Windows, fit
from models_py.promotion.registry import Registry
from models_py.recommenders import FactorRecommender
from models_py.serving.contents import Identity, bundle_contents, deploy
from models_py.tracking.environment import code_revision
from models_py.tracking.runs import metric_names
from warehouse.settings import Settings


def put_into_service(
    settings: Settings,
    registry: Registry,
    windows: Windows,
    winner: Trained,
    data_fingerprint: str,
) -> Trained:
    """Fit the winner on everything, let its bundle serve, and call it production.

    A bundle that is there and whole is not written again. The bundle comes
    first: interrupted in between, the next run finds it done.

    Returns
    -------
    Trained
        With the evidence of what the last fit has read.
    """
    everything = windows.everything
    recommender, read, _ = fit(winner.recipe, everything, settings.threads)
    assert isinstance(recommender, FactorRecommender)
    metrics: dict[str, float] = {}
    for result in (winner.validation, winner.test):
        if result is not None:
            metrics |= metric_names(result.metrics_table(winner.model_version))
    identity = Identity(winner.model_version, data_fingerprint, metrics)
    contents = bundle_contents(windows.connection, recommender, everything, identity)
    deploy(settings.home, contents, code_revision(), settings.keep_versions)
    registry.to_production(winner.model_version)
    return replace(winner, reads=(*winner.reads, read))
