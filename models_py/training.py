"""One training: every recipe fitted and measured, the best one held against production.

The order is part of the method. Validation alone chooses the challenger and
decides; then test is read, once, for the report; then the promoted recipe is
fitted on everything and put into service.
"""

from collections.abc import Sequence

from rich.console import Console
from threadpoolctl import threadpool_limits

from models_py.fitting import Trained, Windows, fit_for_test, fit_for_validation
from models_py.promotion.champion import champion_on_validation
from models_py.promotion.decision import Candidate, Decision, decide, record_decision
from models_py.promotion.registry import RegisteredVersion, Registry
from models_py.recipes.configuration import (
    PromotionRule,
    load_promotion_rule,
    load_recipe,
    recipe_names,
)
from models_py.records import register, write_tables
from models_py.report import print_outcome, print_results
from models_py.serving.deployment import keep, promote
from models_py.tracking.runs import Tracker
from warehouse.bundle import current_version
from warehouse.connection import open_build
from warehouse.errors import TrainingError
from warehouse.files import fingerprint
from warehouse.ml_tables import ensure_schemas
from warehouse.settings import Settings
from warehouse.sources.manifest import Manifest


def train(settings: Settings, manifest: Manifest, inputs: str, console: Console) -> Decision | None:
    """Train all recipes on the built warehouse and let the best serve if the rule says so.

    Parameters
    ----------
    settings : Settings
    manifest : Manifest
        Of the edition that the warehouse was built from.
    inputs : str
        Fingerprint of data, SQL and code; part of every model version.
    console : Console

    Returns
    -------
    Decision or None
        None where the best recipe is in production already.

    Raises
    ------
    TrainingError
        No recipe that can be served could be trained.
    """
    home, dataset, rule = settings.home, manifest.dataset, load_promotion_rule()
    ensure_schemas(home, dataset)
    tracker, registry = Tracker(home, dataset), Registry(home, dataset)
    production = registry.production()
    # One thread for linear algebra: sums are then taken in the same order on
    # every run, and matrices of this size gain nothing from a second one.
    with threadpool_limits(limits=1, user_api="blas"), open_build(home) as connection:
        windows = Windows(connection, dataset)
        contestants = _contest(windows, inputs, settings.threads, console)
        best = _best(contestants, rule)
        decision = _decide(production, contestants, best, windows, rule, settings.threads)
        contestants = _report_on_test(contestants, windows, settings.threads, console)
        with console.status("recording runs in MLflow"):
            tags = {"inputs": inputs, "data_fingerprint": manifest.fingerprint}
            register(tracker, registry, windows.validation, contestants, tags)
            registry.to_staging(contestants[best].model_version)
        with console.status("fitting on everything and writing the bundle"):
            if production is not None and decision is not None and not decision.promoted:
                keep(settings, windows, production, manifest.fingerprint)
            else:
                contestants[best] = promote(
                    settings, registry, windows, contestants[best], manifest.fingerprint
                )
    write_tables(home, dataset, contestants)
    if decision is not None:
        record_decision(home, dataset, decision, registry)
    print_results(contestants, contestants[best], console)
    print_outcome(decision, current_version(home), console)
    return decision


def _contest(windows: Windows, inputs: str, threads: int, console: Console) -> list[Trained]:
    """Fit every recipe on `train` and measure it on validation."""
    dataset = windows.validation.training_set.dataset
    recipes = [load_recipe(name, dataset) for name in recipe_names()]
    contestants = []
    for number, recipe in enumerate(recipes, start=1):
        content = [inputs, recipe.name, dict(recipe.parameters), recipe.seed]
        version = f"{recipe.name}-{fingerprint(content)[:10]}"
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


def _best(contestants: Sequence[Trained], rule: PromotionRule) -> int:
    """Place of the best on validation among the recipes that a bundle can hold."""
    metric, population = str(rule.primary.key), rule.primary.population
    servable = [place for place, each in enumerate(contestants) if each.servable]
    if not servable:
        raise TrainingError(
            "no recipe that can be served could be trained on this edition",
            "use a larger edition, or lower the filters in dbt_project/dbt_project.yml",
        )
    return max(servable, key=lambda place: contestants[place].validation.value(metric, population))


def _decide(
    production: RegisteredVersion | None,
    contestants: list[Trained],
    best: int,
    windows: Windows,
    rule: PromotionRule,
    threads: int,
) -> Decision | None:
    """Hold the challenger against production; None where it is in production already."""
    challenger = contestants[best]
    candidate = Candidate(challenger.model_version, challenger.validation)
    if production is None:
        return decide(candidate, None, rule)
    if production.model_version == challenger.model_version:
        return None
    champion = champion_on_validation(production, contestants, windows.validation, threads)
    return decide(candidate, Candidate(production.model_version, champion.validation), rule)


def _report_on_test(
    contestants: Sequence[Trained], windows: Windows, threads: int, console: Console
) -> list[Trained]:
    tested = []
    for each in contestants:
        with console.status(f"fitting {each.recipe.name} on train and validation, for the report"):
            tested.append(fit_for_test(each, windows.test, threads))
    return tested
