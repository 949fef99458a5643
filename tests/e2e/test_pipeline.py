"""The whole pipeline on real ML-100K: what a person finds after ``make up``."""

import re
from collections.abc import Callable

import duckdb
import numpy as np
import pytest
import pytrec_eval

from warehouse.bundle import current_version, load_bundle
from warehouse.home import Home
from warehouse.publish import current_version as published_version
from warehouse.settings import PROJECT_ROOT

Query = Callable[[str], list[tuple[object, ...]]]

PROMOTED = "(select challenger_version from marts.fct_promotion_decisions where promoted)"


@pytest.mark.parametrize(
    ("metric", "k", "population", "least"),
    [
        ("ndcg", 10, "warm", 0.20),
        ("recall", 20, "warm", 0.25),
        ("coverage", 100, "known", 0.50),
        ("ndcg", 10, "new_10", 0.47),
    ],
)
def test_the_promoted_model_reaches_its_targets_on_test(
    published: duckdb.DuckDBPyConnection, metric: str, k: int, population: str, least: float
) -> None:
    (row,) = published.execute(
        f"""
        select value from marts.fct_model_metrics
        where model_version = {PROMOTED}
            and split = 'test' and metric = ? and k = ? and population = ?
        """,
        [metric, k, population],
    ).fetchall()

    assert row[0] >= least


def test_a_personal_model_beats_every_popularity_on_validation(
    published: duckdb.DuckDBPyConnection,
) -> None:
    rows = published.sql(
        """
        select model_name, value from marts.fct_model_metrics
        where split = 'validation' and metric = 'ndcg' and k = 10 and population = 'warm'
        """
    ).fetchall()
    values = {str(name): float(value) for name, value in rows}

    assert values["time_aware"] > max(values["popularity_decayed"], values["popularity_all_time"])


def test_the_split_is_the_documented_one(published: duckdb.DuckDBPyConnection) -> None:
    counts = published.sql(
        "select split, count(*) from marts.fct_interactions group by split order by split"
    ).fetchall()

    assert counts == [("test", 7976), ("train", 37214), ("validation", 7974)]


def test_sql_and_python_agree_on_every_metric(published: duckdb.DuckDBPyConnection) -> None:
    joined = published.sql(
        """
        select count(*), count(*) filter (sql.value is null), max(abs(sql.value - python.value))
        from marts.fct_model_metrics as python
        left join reports.rpt_offline_metrics as sql
            on python.model_version = sql.model_version
            and python.split = sql.split
            and python.population = sql.population
            and python.metric = sql.metric
            and python.k is not distinct from sql.k
        """
    ).fetchone()
    assert joined is not None
    n_metrics, n_missing, largest_difference = joined

    assert n_metrics > 1_000
    assert n_missing == 0
    assert largest_difference <= 1e-9


def test_an_independent_library_agrees_on_the_real_lists(
    published: duckdb.DuckDBPyConnection,
) -> None:
    wanted = "split = 'test' and population = 'warm'"
    run: dict[str, dict[str, float]] = {}
    for user, movie, position in published.sql(
        f"""
        select user_id, movie_id, position from marts.fct_evaluation_lists
        where {wanted} and model_version = {PROMOTED}
        """
    ).fetchall():
        run.setdefault(str(user), {})[str(movie)] = -float(position)
    truth: dict[str, dict[str, int]] = {}
    for user, movie in published.sql(
        f"select user_id, movie_id from marts.fct_evaluation_targets where {wanted}"
    ).fetchall():
        truth.setdefault(str(user), {})[str(movie)] = 1
    names = {"ndcg_cut_10": ("ndcg", 10), "recall_20": ("recall", 20), "P_5": ("precision", 5)}
    theirs = pytrec_eval.RelevanceEvaluator(
        truth, {"ndcg_cut.10", "recall.20", "P.5", "success.10", "recip_rank"}
    ).evaluate(run)
    names |= {"success_10": ("hit_rate", 10), "recip_rank": ("mrr", None)}

    assert len(theirs) == len(truth) == 74
    for name, (metric, k) in names.items():
        (ours,) = published.execute(
            f"""
            select value from marts.fct_model_metrics
            where {wanted} and model_version = {PROMOTED}
                and metric = ? and k is not distinct from ?
            """,
            [metric, k],
        ).fetchall()
        mean = np.mean([user[name] for user in theirs.values()])
        np.testing.assert_allclose(mean, ours[0], atol=1e-9)


def test_the_bundle_serves_what_the_warehouse_holds(
    pipeline_home: Home, published: duckdb.DuckDBPyConnection
) -> None:
    version = current_version(pipeline_home)
    assert version is not None
    bundle = load_bundle(pipeline_home.bundles / version)
    ids, vectors = zip(
        *published.sql(
            "select movie_id, embedding from marts.dim_item_embeddings order by movie_id"
        ).fetchall(),
        strict=True,
    )
    users = published.sql(
        "select user_id, embedding from marts.dim_user_embeddings order by user_id limit 50"
    ).fetchall()

    np.testing.assert_array_equal(bundle.movie_ids, ids)
    items = np.asarray(vectors, dtype=np.float32)
    for user, embedding in users:
        stored = bundle.user_embeddings[bundle.user_rows[user]]
        np.testing.assert_array_equal(stored, np.asarray(embedding, dtype=np.float32))
        by_warehouse = items @ stored + bundle.item_prior
        np.testing.assert_allclose(bundle.scores(stored), by_warehouse, atol=1e-5)


def test_every_query_of_the_readme_answers(published: duckdb.DuckDBPyConnection) -> None:
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    queries = re.findall(r"```sql\n(.*?)```", readme, flags=re.DOTALL)

    assert len(queries) >= 5
    for query in queries:
        assert published.sql(query).fetchall(), query


def test_running_again_changes_nothing(pipeline_home: Home, run: Callable[..., object]) -> None:
    before = (current_version(pipeline_home), published_version(pipeline_home))
    done = run(pipeline_home, "models_py", "pipeline")

    assert getattr(done, "returncode", None) == 0
    assert getattr(done, "stderr", "").count("up to date") == 3
    assert (current_version(pipeline_home), published_version(pipeline_home)) == before
