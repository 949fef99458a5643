"""One fitted recommender on one split: lists, metrics of users, their summary, exposure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models_py.data.interactions import EvaluationSet, TrainingSet
from models_py.evaluation.exposure import item_exposure
from models_py.evaluation.metrics import MetricKey, PerUser, accuracy, beyond_accuracy
from models_py.evaluation.ranking import DEPTH, RankedLists, rank, rank_histories
from models_py.evaluation.summary import (
    MetricRow,
    metrics_table,
    summarise,
    summarise_exposure,
)
from models_py.recommenders import Recommender
from warehouse.errors import TrainingError
from warehouse.ml_tables import make_table


@dataclass(frozen=True)
class EvaluationResult:
    """Everything that one evaluation found.

    Attributes
    ----------
    model_name, dataset, split : str
    movie_ids : array of int32 (n_items,)
        What the columns in `lists` mean.
    user_ids : mapping of population to array of int32 (n_users,)
    lists : mapping of population to RankedLists
        Top 100.
    per_user : mapping of population to mapping of MetricKey to array of float64 (n_users,)
    exposure : array of int64 (n_items,)
        Lists of known users that each movie stands in.
    rows : list of MetricRow
        The summary; population ``known`` holds coverage and Gini.
    """

    model_name: str
    dataset: str
    split: str
    movie_ids: NDArray[np.int32]
    user_ids: Mapping[str, NDArray[np.int32]]
    lists: Mapping[str, RankedLists]
    per_user: Mapping[str, PerUser]
    exposure: NDArray[np.int64]
    rows: list[MetricRow] = field(repr=False)

    def row(self, metric: str, population: str = "warm") -> MetricRow:
        """Row of a metric such as ``ndcg@10`` or ``mrr``.

        Raises
        ------
        TrainingError
            It was not measured.
        """
        key = MetricKey.parse(metric)
        for row in self.rows:
            if row.population == population and row.key == key:
                return row
        raise TrainingError(
            f"{self.model_name}: {metric} of population {population!r} was not measured on "
            f"{self.split}, which has {', '.join(self.user_ids)}"
        )

    def value(self, metric: str, population: str = "warm") -> float:
        """Value of a metric; see `row`."""
        return self.row(metric, population).value

    def metrics_table(self, model_version: str) -> pa.Table:
        """Rows of ``ml.model_metrics``."""
        return metrics_table(
            self.rows,
            model_version=model_version,
            model_name=self.model_name,
            dataset=self.dataset,
            split=self.split,
        )

    def evaluation_lists_table(self, model_version: str) -> pa.Table:
        """Rows of ``ml.evaluation_lists``: the top 100 of every evaluated user."""
        tables = []
        for population, lists in self.lists.items():
            users, places = np.nonzero(lists.items >= 0)
            tables.append(
                make_table(
                    "evaluation_lists",
                    {
                        "model_version": model_version,
                        "split": self.split,
                        "population": population,
                        "user_id": self.user_ids[population][users],
                        "position": (places + 1).astype(np.int32),
                        "movie_id": self.movie_ids[lists.items[users, places]],
                        "score": lists.scores[users, places].astype(np.float64),
                    },
                )
            )
        return pa.concat_tables(tables)

    def item_exposure_table(self, model_version: str) -> pa.Table:
        """Rows of ``ml.item_exposure``: the movies that stand in at least one list."""
        shown = np.flatnonzero(self.exposure)
        return make_table(
            "item_exposure",
            {
                "model_version": model_version,
                "split": self.split,
                "movie_id": self.movie_ids[shown],
                "n_lists": self.exposure[shown],
            },
        )


def evaluate(
    recommender: Recommender,
    training_set: TrainingSet,
    evaluation_sets: Mapping[str, EvaluationSet],
    seed: int = 0,
) -> EvaluationResult:
    """Rank, measure and summarise a fitted recommender on every population of a split.

    Parameters
    ----------
    recommender : Recommender
        Fitted on `training_set`.
    training_set : TrainingSet
        Gives popularity, genres, and the known users that exposure is counted over.
    evaluation_sets : mapping of population to EvaluationSet
        Of one split; see `read_evaluation_sets`.
    seed : int
        Of the bootstrap.

    Raises
    ------
    TrainingError
        There is nobody to evaluate on, or a score is not finite.
    """
    if not evaluation_sets:
        raise TrainingError(
            f"{recommender.name}: no user to evaluate on, expected at least one population",
            hint="use a larger edition, or lower the filters in dbt_project/dbt_project.yml",
        )
    splits = sorted({each.split for each in evaluation_sets.values()})
    if len(splits) > 1:
        raise TrainingError(f"evaluation sets of splits {splits}: expected one split")
    lists = {
        population: rank(recommender, each, DEPTH) for population, each in evaluation_sets.items()
    }
    known = rank_histories(recommender, training_set.histories, training_set.seen, DEPTH)
    per_user = {
        population: accuracy(lists[population], each.targets)
        | beyond_accuracy(lists[population], training_set.popularity[None], training_set.genres)
        for population, each in evaluation_sets.items()
    }
    exposure = item_exposure(known, training_set.n_items)
    return EvaluationResult(
        model_name=recommender.name,
        dataset=training_set.dataset,
        split=splits[0],
        movie_ids=training_set.movie_ids,
        user_ids={population: each.user_ids for population, each in evaluation_sets.items()},
        lists=lists,
        per_user=per_user,
        exposure=exposure,
        rows=summarise(per_user, seed) + summarise_exposure(exposure, training_set.n_users, DEPTH),
    )
