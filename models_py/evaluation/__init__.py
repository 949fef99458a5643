"""Evaluation: lists, metrics of users, intervals, exposure; formulas stand in `metrics`."""

from models_py.evaluation.bootstrap import PairedDifference, paired_difference
from models_py.evaluation.evaluate import EvaluationResult, evaluate
from models_py.evaluation.metrics import MetricKey
from models_py.evaluation.ranking import RankedLists, rank
from models_py.evaluation.summary import MetricRow

__all__ = [
    "EvaluationResult",
    "MetricKey",
    "MetricRow",
    "PairedDifference",
    "RankedLists",
    "evaluate",
    "paired_difference",
    "rank",
]
