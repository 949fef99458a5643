"""One training: every recipe fitted and measured, the best one held against production.

The order is part of the method. Validation alone chooses the challenger and
decides; then test is read, for the report; then everything is on record; then
what has won is fitted on all interactions and put into service. A run that is
interrupted decides again, the same, and finishes.
"""

from rich.console import Console
from threadpoolctl import threadpool_limits

from models_py.contest import best_servable, contest, report_on_test
from models_py.fitting import Windows
from models_py.promotion.decision import Decision, record_decision, simulated
from models_py.promotion.registry import Registry
from models_py.promotion.verdict import Arbiter
from models_py.recipes.configuration import load_promotion_rule
from models_py.records import register, write_reads, write_tables
from models_py.report import print_outcome, print_results
from models_py.serving.deployment import put_into_service
from models_py.tracking.runs import Tracker
from warehouse.bundle import current_version, set_current
from warehouse.connection import open_build
from warehouse.known import Known
from warehouse.ml_tables import ensure_schemas
from warehouse.settings import Settings


def train(settings: Settings, known: Known, inputs: str, console: Console) -> Decision | None:
    """Train all recipes on the built warehouse and let the best serve if the rule says so.

    Whatever wins, the champion too, is fitted on the interactions of today. Only
    where the champion's own recipe is what was refused, it stays as it is deployed.

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
        arbiter = Arbiter(home, windows, inputs, settings.threads, rule)
        verdict = arbiter.judge(production, challenger, contestants)
        decision = verdict.decision
        if decision is not None and known.as_of is not None:
            decision = simulated(decision, known.as_of)
        if verdict.champion is not None and verdict.champion not in contestants:
            contestants.append(verdict.champion)

        contestants = report_on_test(contestants, windows, settings.threads, console)
        with console.status("recording runs in MLflow"):
            tags = {"inputs": inputs, "data_fingerprint": known.fingerprint}
            register(tracker, registry, windows.validation, contestants, tags)
            registry.to_staging(challenger.model_version)
        write_tables(home, dataset, contestants)
        if decision is not None:
            record_decision(home, dataset, decision, registry)
        if verdict.winner is not None:
            version = verdict.winner.model_version
            winner = next(each for each in contestants if each.model_version == version)
            with console.status(f"fitting {winner.recipe.name} on everything, writing the bundle"):
                winner = put_into_service(settings, registry, windows, winner, known.fingerprint)
            write_reads(home, dataset, winner)
        elif production is not None:
            set_current(home, production.model_version)
    print_results(contestants, challenger.model_version, console)
    print_outcome(decision, current_version(home), console)
    return decision
