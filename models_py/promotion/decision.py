"""Whether a challenger takes over from the model in production, and the record of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from models_py.evaluation.bootstrap import PairedDifference, paired_difference
from models_py.evaluation.evaluate import EvaluationResult
from models_py.promotion.comparison import ROUNDING, Comparison
from models_py.promotion.registry import Registry
from models_py.recipes.configuration import Criterion, PromotionRule
from warehouse.errors import TrainingError
from warehouse.home import Home
from warehouse.ml_tables import make_table, write_table

AS_DEPLOYED = "as deployed"


@dataclass(frozen=True)
class Candidate:
    """A model version and what it reached on the window of the comparison.

    Attributes
    ----------
    model_version : str
    result : EvaluationResult
    basis : str
        How the figures came about: the model ``as deployed``, its cutoff before
        the window, or its recipe ``refitted`` on the window's training data.
    """

    model_version: str
    result: EvaluationResult = field(repr=False)
    basis: str = "refitted"


@dataclass(frozen=True)
class Decision:
    """The outcome of one comparison.

    Attributes
    ----------
    challenger_version : str
    champion_version : str or None
        None: nothing was in production.
    promoted : bool
    reason : str
        In words, with the numbers that decided.
    metric : str
        The primary criterion, such as ``validation.warm.ndcg@10``.
    challenger_value : float
    champion_value, relative_change : float or None
        The change is none against a champion at 0.
    difference : PairedDifference or None
        Of the primary metric, user by user.
    details : mapping
        Every number, JSON-serialisable.
    """

    challenger_version: str
    champion_version: str | None
    promoted: bool
    reason: str
    metric: str
    challenger_value: float
    champion_value: float | None
    relative_change: float | None
    difference: PairedDifference | None
    details: Mapping[str, Any]


def decide(
    challenger: Candidate, champion: Candidate | None, rule: PromotionRule, seed: int = 0
) -> Decision:
    """Hold a challenger against the model in production, on the same window and users.

    Parameters
    ----------
    challenger : Candidate
    champion : Candidate or None
        None: the challenger is promoted as the first.
    rule : PromotionRule
    seed : int
        Of the paired bootstrap, which is recorded beside the rule and decides nothing.

    Raises
    ------
    TrainingError
        The two were not measured on the same split and users, or not on a metric of the rule.
    """
    primary = _value(challenger, rule.primary)
    metric = f"{challenger.result.split}.{rule.primary.population}.{rule.primary.key}"
    asked = {
        "min_relative_gain": rule.min_relative_gain,
        "max_relative_drop": rule.max_relative_drop,
    }
    if champion is None:
        values = {f"{c.population}.{c.key}": _value(challenger, c) for c in _criteria(rule)}
        return Decision(
            challenger_version=challenger.model_version,
            champion_version=None,
            promoted=True,
            reason=f"promoted as the first: nothing was in production; {metric} {primary:.4f}",
            metric=metric,
            challenger_value=primary,
            champion_value=None,
            relative_change=None,
            difference=None,
            details={"rule": asked, "challenger": values},
        )
    difference = _paired(challenger, champion, rule.primary, seed)
    first, *others = (
        Comparison(criterion, _value(challenger, criterion), _value(champion, criterion))
        for criterion in _criteria(rule)
    )
    promoted, reason = _judge(first, others, rule)
    if champion.basis == AS_DEPLOYED:
        reason = f"{reason}; {champion.model_version} measured as it is deployed"
    return Decision(
        challenger_version=challenger.model_version,
        champion_version=champion.model_version,
        promoted=promoted,
        reason=reason,
        metric=metric,
        challenger_value=first.challenger,
        champion_value=first.champion,
        relative_change=first.gain if np.isfinite(first.gain) else None,
        difference=difference,
        details={
            "rule": asked,
            "basis": {"challenger": challenger.basis, "champion": champion.basis},
            "primary": first.numbers(),
            "secondary": [comparison.numbers() for comparison in others],
            "paired_bootstrap": vars(difference),
        },
    )


def refresh(candidate: Candidate, production: str, rule: PromotionRule) -> Decision:
    """Let the recipe in production go on, fitted on newer data or by newer code.

    What was deployed has seen the window, and its recipe fitted again is the
    candidate itself: both values are the same.
    """
    alone = decide(candidate, None, rule)
    return replace(
        alone,
        champion_version=production,
        champion_value=alone.challenger_value,
        relative_change=0.0,
        reason=f"promoted: the recipe of {production}, fitted again on newer data or by newer code",
    )


def succeed(candidate: Candidate, production: str, why_lost: str, rule: PromotionRule) -> Decision:
    """Let the candidate follow a version whose recipe this code can no longer train."""
    reason = f"promoted: the recipe of {production} cannot be trained any more ({why_lost})"
    return replace(decide(candidate, None, rule), champion_version=production, reason=reason)


def simulated(decision: Decision, as_of: datetime) -> Decision:
    """Say that a decision was taken in a simulation, and from when on it knew no ratings."""
    return replace(
        decision,
        reason=f"in a simulation as of {as_of.isoformat()}: {decision.reason}",
        details={**decision.details, "simulated_as_of": as_of.isoformat()},
    )


def record_decision(
    home: Home, dataset: str, decision: Decision, registry: Registry | None = None
) -> None:
    """Write a decision to the ML table, and as tags on the challenger's registered version.

    The same two versions compared again replace their record.
    """
    stem = f"{decision.challenger_version}.against.{decision.champion_version or 'none'}"
    row = write_decision(home, dataset, decision, stem)
    if registry is not None:
        names = ("promoted", "reason", "champion_version", "relative_change", "p_better")
        registry.tag(
            decision.challenger_version, {f"promotion.{name}": row[name] for name in names}
        )


def write_decision(home: Home, dataset: str, decision: Decision, stem: str) -> dict[str, Any]:
    """Write a decision to the ML table, in a file named `stem`; return its row."""
    difference = decision.difference
    columns = {
        "decided_at": [datetime.now(UTC).replace(tzinfo=None)],
        "dataset": dataset,
        "challenger_version": decision.challenger_version,
        "champion_version": [decision.champion_version],
        "promoted": [decision.promoted],
        "reason": decision.reason,
        "metric": decision.metric,
        "challenger_value": decision.challenger_value,
        "champion_value": [decision.champion_value],
        "relative_change": [decision.relative_change],
        "ci_low": [difference.ci_low if difference else None],
        "ci_high": [difference.ci_high if difference else None],
        "p_better": [difference.p_better if difference else None],
        "details": json.dumps(decision.details, sort_keys=True, allow_nan=False),
    }
    table = make_table("promotion_decisions", columns)
    write_table(home, "promotion_decisions", dataset, stem, table)
    row: dict[str, Any] = table.to_pylist()[0]
    return row


def _criteria(rule: PromotionRule) -> tuple[Criterion, ...]:
    return (rule.primary, *rule.secondary)


def _value(candidate: Candidate, criterion: Criterion) -> float:
    return candidate.result.value(str(criterion.key), criterion.population)


def _paired(
    challenger: Candidate, champion: Candidate, criterion: Criterion, seed: int
) -> PairedDifference:
    """Compare the primary metric over the same users."""
    ours, theirs = challenger.result, champion.result
    population = criterion.population
    if ours.split != theirs.split or not np.array_equal(
        ours.user_ids[population], theirs.user_ids[population]
    ):
        raise TrainingError(
            f"{challenger.model_version} and {champion.model_version}: measured on other users "
            f"of {population!r}, expected the same split and users"
        )
    return paired_difference(
        ours.per_user[population][criterion.key],
        theirs.per_user[population][criterion.key],
        seed,
    )


def _judge(first: Comparison, others: list[Comparison], rule: PromotionRule) -> tuple[bool, str]:
    """Apply the rule and say why."""
    asked = f"the rule asks for at least {100 * rule.min_relative_gain:g} % better"
    if first.gain + ROUNDING < rule.min_relative_gain:
        return False, f"not promoted: {first.in_words()}; {asked}"
    worse = [other for other in others if -other.gain > rule.max_relative_drop + ROUNDING]
    allowed = f"more than {100 * rule.max_relative_drop:g} % worse"
    if worse:
        named = "; ".join(other.in_words() for other in worse)
        return False, f"not promoted: {first.in_words()}, but {allowed}: {named}"
    return True, f"promoted: {first.in_words()}; no secondary metric {allowed}"
