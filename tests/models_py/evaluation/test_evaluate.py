import dataclasses

import numpy as np
import pytest

from models_py.evaluation import evaluate
from models_py.evaluation.metrics import MetricKey
from models_py.recommenders.ease import Ease
from models_py.recommenders.popularity import PopularityAllTime
from warehouse.errors import TrainingError
from warehouse.ml_tables import SCHEMAS


@pytest.fixture
def result(small_world):
    training_set, sets = small_world
    return evaluate(Ease({"l2": 10.0}).fit(training_set), training_set, sets)


def test_every_metric_of_every_population_has_a_row(result) -> None:
    keys = {(row.population, str(row.key)) for row in result.rows}
    per_user = {
        f"{m}@{k}" for m in ("precision", "recall", "ndcg", "hit_rate") for k in (5, 10, 20)
    }
    per_user |= {"mrr", "novelty@10", "diversity@10", "mean_popularity@10"}
    assert keys == {(p, m) for p in ("warm", "new_0") for m in per_user} | {
        ("known", "coverage@100"),
        ("known", "gini@100"),
    }
    assert result.row("ndcg@10").n_users == 10
    assert result.row("coverage@100", "known").n_users == 60


def test_values_are_means_over_users_within_their_interval(result) -> None:
    for row in result.rows:
        if row.population == "known":
            assert row.interval is None
            continue
        values = result.per_user[row.population][row.key]
        assert row.value == np.nanmean(values)
        assert row.interval[0] <= row.value <= row.interval[1]


def test_coverage_counts_the_lists_of_all_known_users(result, small_world) -> None:
    training_set, _ = small_world
    assert result.exposure.sum() == np.minimum(150 - np.diff(training_set.seen.indptr), 100).sum()
    shown = np.count_nonzero(result.exposure) / 150
    assert result.value("coverage@100", "known") == shown


def test_tables_are_in_the_schema_of_the_warehouse(result) -> None:
    metrics = result.metrics_table("ease-1")
    lists = result.evaluation_lists_table("ease-1")
    exposure = result.item_exposure_table("ease-1")
    assert metrics.schema.equals(SCHEMAS["model_metrics"])
    assert lists.schema.equals(SCHEMAS["evaluation_lists"])
    assert exposure.schema.equals(SCHEMAS["item_exposure"])
    assert metrics.num_rows == len(result.rows)
    assert lists.num_rows == sum(each.lengths.sum() for each in result.lists.values())
    first = lists.slice(0, 1).to_pylist()[0]
    assert (first["user_id"], first["position"], first["population"]) == (1, 1, "warm")
    assert first["movie_id"] == result.movie_ids[result.lists["warm"].items[0, 0]]
    assert set(exposure["movie_id"].to_pylist()) <= set(range(1000, 1150))
    mrr = [row for row in metrics.to_pylist() if row["metric"] == "mrr"]
    assert [row["k"] for row in mrr] == [None, None]


def test_no_list_holds_a_seen_movie_or_one_twice(result, small_world) -> None:
    _, sets = small_world
    for population, lists in result.lists.items():
        seen = sets[population].seen.toarray()
        for user, row in enumerate(lists.items):
            listed = row[row >= 0]
            assert len(set(listed.tolist())) == len(listed)
            assert not seen[user, listed].any()


def test_the_same_evaluation_twice_is_the_same_to_the_bit(result, small_world) -> None:
    training_set, sets = small_world
    again = evaluate(Ease({"l2": 10.0}).fit(training_set), training_set, sets)
    assert again.rows == result.rows


def test_what_was_not_measured_is_named(result) -> None:
    with pytest.raises(TrainingError, match=r"ndcg@7 of population 'warm' was not measured"):
        result.value("ndcg@7")


def test_nobody_to_evaluate_on_is_an_error(small_world) -> None:
    training_set, sets = small_world
    model = PopularityAllTime().fit(training_set)
    with pytest.raises(TrainingError, match="no user to evaluate on"):
        evaluate(model, training_set, {})
    other = dataclasses.replace(sets["new_0"], split="test")
    with pytest.raises(TrainingError, match="expected one split"):
        evaluate(model, training_set, {"warm": sets["warm"], "new_0": other})


def test_users_who_have_seen_everything_count_as_misses(small_world, flags) -> None:
    training_set, sets = small_world
    warm = dataclasses.replace(sets["warm"], seen=flags(np.ones((10, 150))))
    found = evaluate(PopularityAllTime().fit(training_set), training_set, {"warm": warm})
    assert found.value("ndcg@10") == 0
    assert np.isnan(found.per_user["warm"][MetricKey("novelty", 10)]).all()
    with pytest.raises(TrainingError, match="novelty@10"):
        found.row("novelty@10")
