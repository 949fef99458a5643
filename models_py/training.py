"""One training: every recipe fitted and measured, the best one held against production.

The order is part of the method. Validation alone chooses the challenger and
decides; then test is read, for the report; then everything is on record; then
what has won is fitted on all interactions and put into service. A run that is
interrupted decides again, the same, and finishes.
"""

from rich.console import Console
from threadpoolctl import threadpool_limits

from models_py.contest import best_servable, contest, report_on_test
from models_py.fitting import Trained, Windows
from models_py.promotion.champion import champion_on_validation
from models_py.promotion.decision import (
    Candidate,
    Decision,
    decide,
    record_decision,
    refresh,
    simulated,
    succeed,
)
from models_py.promotion.registry import RegisteredVersion, Registry
from models_py.recipes.configuration import PromotionRule, load_promotion_rule
from models_py.records import register, write_reads, write_tables
from models_py.report import print_outcome, print_results
from models_py.serving.deployment import put_into_service
from models_py.tracking.runs import Tracker
from warehouse.bundle import current_version
from warehouse.connection import open_build
from warehouse.errors import TrainingError
from warehouse.known import Known
from warehouse.ml_tables import ensure_schemas
from warehouse.settings import Settings


def train(settings: Settings, known: Known, inputs: str, console: Console) -> Decision | None:
    """Train all recipes on the built warehouse and let the best serve if the rule says so.

    Whatever wins, the champion too, is fitted on the interactions of today.

    Parameters
    ----------
    settings : Settings
    known : Known
        What the warehouse was built from.
    inputs : str
        Fingerprint of data, SQL and code; part of every model version.
    console : Console

    Returns
    -------
    Decision or None
        None where this very version is in production already.

    Raises
    ------
    TrainingError
        No recipe that can be served could be trained.
    """
    home, dataset, rule = settings.home, known.dataset, load_promotion_rule()
    ensure_schemas(home, dataset)
    tracker, registry = Tracker(home, dataset), Registry(home, dataset)
    # One thread for linear algebra: sums are then taken in the same order on
    # every run, and matrices of this size gain nothing from a second one.
    with threadpool_limits(limits=1, user_api="blas"), open_build(home) as connection:
        windows = Windows(connection, dataset)
        contestants = contest(windows, inputs, settings.threads, console)
        challenger = best_servable(contestants, rule.primary)
        production = registry.production()
        champion, lost = _champion(production, contestants, windows, inputs, settings.threads)
        decision = _decide(production, challenger, champion, lost, rule)
        if decision is not None and known.as_of is not None:
            decision = simulated(decision, known.as_of)
        if champion is not None and champion not in contestants:
            contestants.append(champion)
        refused = decision is not None and not decision.promoted
        winner = champion if refused and champion is not None else challenger

        contestants = report_on_test(contestants, windows, settings.threads, console)
        winner = next(each for each in contestants if each.model_version == winner.model_version)
        with console.status("recording runs in MLflow"):
            tags = {"inputs": inputs, "data_fingerprint": known.fingerprint}
            register(tracker, registry, windows.validation, contestants, tags)
            registry.to_staging(challenger.model_version)
        write_tables(home, dataset, contestants)
        if decision is not None:
            record_decision(home, dataset, decision, registry)
        with console.status(f"fitting {winner.recipe.name} on everything, writing the bundle"):
            winner = put_into_service(settings, registry, windows, winner, known.fingerprint)
        write_reads(home, dataset, winner)
    print_results(contestants, challenger.model_version, console)
    print_outcome(decision, current_version(home), console)
    return decision


def _champion(
    production: RegisteredVersion | None,
    contestants: list[Trained],
    windows: Windows,
    inputs: str,
    threads: int,
) -> tuple[Trained | None, str]:
    """Measure the recipe in production; where that cannot be done, say why."""
    if production is None:
        return None, ""
    try:
        window = windows.validation
        return champion_on_validation(production, contestants, window, inputs, threads), ""
    except TrainingError as error:
        return None, error.message


def _decide(
    production: RegisteredVersion | None,
    challenger: Trained,
    champion: Trained | None,
    lost: str,
    rule: PromotionRule,
) -> Decision | None:
    """Hold the challenger against production; None where it is in production already."""
    candidate = Candidate(challenger.model_version, challenger.validation)
    if production is None:
        return decide(candidate, None, rule)
    if champion is None:
        return succeed(candidate, production.model_version, lost, rule)
    if champion is not challenger:
        return decide(candidate, Candidate(champion.model_version, champion.validation), rule)
    if production.model_version == challenger.model_version:
        return None
    return refresh(candidate, production.model_version, rule)
