"""The promotion rule on figures made by hand."""

import json

import duckdb
import numpy as np
import pytest

from models_py.evaluation.evaluate import EvaluationResult
from models_py.evaluation.metrics import MetricKey
from models_py.evaluation.summary import MetricRow
from models_py.promotion.decision import Candidate, decide, record_decision
from models_py.promotion.registry import Registry
from models_py.recipes.configuration import Criterion, PromotionRule
from models_py.tracking.runs import Tracker
from warehouse.errors import TrainingError
from warehouse.home import Home
from warehouse.ml_tables import ensure_schemas

NDCG, RECALL, GINI = MetricKey("ndcg", 10), MetricKey("recall", 20), MetricKey("gini", 100)
RULE = PromotionRule(
    primary=Criterion(NDCG, "warm"),
    min_relative_gain=0.01,
    secondary=(Criterion(RECALL, "warm"), Criterion(GINI, "known")),
    max_relative_drop=0.05,
)


def candidate(version, ndcg=0.2, recall=0.3, gini=0.8, users=(1, 2, 3, 4), split="validation"):
    spread = ndcg + np.linspace(-0.1, 0.1, len(users)) * ndcg
    result = EvaluationResult(
        model_name="toy",
        dataset="toy",
        split=split,
        movie_ids=np.arange(3, dtype=np.int32),
        user_ids={"warm": np.array(users, dtype=np.int32)},
        lists={},
        per_user={"warm": {NDCG: spread}},
        exposure=np.zeros(3, dtype=np.int64),
        rows=[
            MetricRow("warm", NDCG, ndcg, None, len(users)),
            MetricRow("warm", RECALL, recall, None, len(users)),
            MetricRow("known", GINI, gini, None, 9),
        ],
    )
    return Candidate(version, result)


def test_the_first_is_promoted():
    decision = decide(candidate("new"), None, RULE)
    assert decision.promoted
    assert decision.champion_version is decision.relative_change is decision.difference is None
    assert "as the first" in decision.reason
    assert decision.details["challenger"]["warm.recall@20"] == 0.3


@pytest.mark.parametrize(
    ("ours", "theirs", "promoted"),
    [
        ({"ndcg": 0.202}, {}, True),  # exactly 1 % better
        ({"ndcg": 0.2019}, {}, False),
        ({}, {}, False),
        ({"ndcg": 0.3, "recall": 0.285}, {}, True),  # exactly 5 % worse
        ({"ndcg": 0.3, "recall": 0.2849}, {}, False),
        ({"ndcg": 0.3, "gini": 0.85}, {}, False),  # less even: higher is worse
        ({"ndcg": 0.3, "gini": 0.1}, {}, True),
        ({"ndcg": 0.1}, {"ndcg": 0.0}, True),
        ({"ndcg": 0.0}, {"ndcg": 0.0}, False),
        ({"ndcg": 0.3, "recall": 0.0}, {"recall": 0.0}, True),
    ],
)
def test_the_rule(ours, theirs, promoted):
    decision = decide(candidate("new", **ours), candidate("old", **theirs), RULE)
    assert decision.promoted is promoted
    json.dumps(decision.details, allow_nan=False)


def test_the_reason_says_which_numbers_decided():
    refused = decide(
        candidate("new", ndcg=0.22, recall=0.2, gini=0.9), candidate("old", ndcg=0.2), RULE
    )
    assert refused.reason == (
        "not promoted: warm.ndcg@10 0.2200 against 0.2000 (10.0 % better), but more than 5 % "
        "worse: warm.recall@20 0.2000 against 0.3000 (33.3 % worse); "
        "known.gini@100 0.9000 against 0.8000 (12.5 % worse)"
    )
    too_little = decide(candidate("new", ndcg=0.2), candidate("old"), RULE)
    assert too_little.reason == (
        "not promoted: warm.ndcg@10 0.2000 against 0.2000 (equal); "
        "the rule asks for at least 1 % better"
    )


def test_the_paired_bootstrap_stands_beside_the_rule():
    decision = decide(candidate("new", ndcg=0.22), candidate("old"), RULE)
    assert decision.relative_change == pytest.approx(0.1)
    assert decision.difference.difference == pytest.approx(0.02)
    assert decision.difference.ci_low > 0
    assert decision.difference.p_better == 1
    assert decision.details["paired_bootstrap"]["n_users"] == 4
    again = decide(candidate("new", ndcg=0.22), candidate("old"), RULE)
    assert again == decision


@pytest.mark.parametrize("other", [{"users": (1, 2, 3, 5)}, {"split": "test"}])
def test_figures_of_other_users_are_not_compared(other):
    with pytest.raises(TrainingError, match="measured on other users"):
        decide(candidate("new"), candidate("old", **other), RULE)


def test_a_decision_reaches_the_table_and_the_registry(tmp_path):
    home = Home(tmp_path)
    ensure_schemas(home, "toy")
    with Tracker(home, "toy").run("toy") as run:
        pass
    registry = Registry(home, "toy")
    registry.register("new", "toy", run.run_id, {"parameters": {}, "seed": 0})
    record_decision(home, "toy", decide(candidate("old"), None, RULE))
    decision = decide(candidate("new", ndcg=0.22), candidate("old"), RULE)
    for _ in range(2):
        record_decision(home, "toy", decision, registry)
    rows = duckdb.sql(
        f"""
        select challenger_version, champion_version, promoted, relative_change, details
        from '{home.ml("promotion_decisions", "toy")}/*.parquet' order by decided_at
        """
    ).fetchall()
    assert [row[:3] for row in rows] == [("old", None, True), ("new", "old", True)]
    assert rows[1][3] == pytest.approx(0.1)
    assert json.loads(rows[1][4])["secondary"][0]["criterion"] == "warm.recall@20"
    tags = registry._client.get_model_version(registry.name, "1").tags
    assert tags["promotion.reason"] == decision.reason
    assert tags["promotion.promoted"] == "True"
