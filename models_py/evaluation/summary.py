"""Metrics of populations, as rows of ``fct_model_metrics``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models_py.evaluation.bootstrap import mean_intervals
from models_py.evaluation.exposure import coverage, gini
from models_py.evaluation.metrics import MetricKey, PerUser
from warehouse.ml_tables import make_table

KNOWN = "known"


@dataclass(frozen=True)
class MetricRow:
    """One metric of one population.

    Attributes
    ----------
    population : str
    key : MetricKey
    value : float
    interval : (low, high), or None
        Bootstrap interval at 95 %; None where the metric is no mean over users.
    n_users : int
        Users that the value covers.
    """

    population: str
    key: MetricKey
    value: float
    interval: tuple[float, float] | None
    n_users: int


def summarise(per_user: Mapping[str, PerUser], seed: int = 0) -> list[MetricRow]:
    """Mean and interval of every metric of every population.

    A metric that no user of a population has a value of makes no row.
    """
    rows = []
    for population, metrics in per_user.items():
        values = np.column_stack(list(metrics.values()))
        intervals = mean_intervals(values, seed)
        for column, key in enumerate(metrics):
            present = values[~np.isnan(values[:, column]), column]
            if len(present):
                low, high = intervals[column]
                rows.append(
                    MetricRow(
                        population,
                        key,
                        float(present.mean()),
                        (float(low), float(high)),
                        len(present),
                    )
                )
    return rows


def summarise_exposure(counts: NDArray[np.int64], n_users: int, depth: int) -> list[MetricRow]:
    """Coverage and Gini of the lists of all known users."""
    return [
        MetricRow(KNOWN, MetricKey("coverage", depth), coverage(counts), None, n_users),
        MetricRow(KNOWN, MetricKey("gini", depth), gini(counts), None, n_users),
    ]


def metrics_table(
    rows: Sequence[MetricRow], *, model_version: str, model_name: str, dataset: str, split: str
) -> pa.Table:
    """Rows in the schema of ``ml.model_metrics``."""
    return make_table(
        "model_metrics",
        {
            "model_version": [model_version] * len(rows),
            "model_name": [model_name] * len(rows),
            "dataset": [dataset] * len(rows),
            "split": [split] * len(rows),
            "population": [row.population for row in rows],
            "metric": [row.key.metric for row in rows],
            "k": [row.key.k for row in rows],
            "value": [row.value for row in rows],
            "ci_low": [row.interval[0] if row.interval else None for row in rows],
            "ci_high": [row.interval[1] if row.interval else None for row in rows],
            "n_users": [row.n_users for row in rows],
        },
    )
