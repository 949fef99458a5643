"""From a warehouse made by hand to a bundle that answers as the trainer does."""

import json
import subprocess
import sys
from datetime import datetime, timedelta

import duckdb
import numpy as np
import pytest

from models_py.data.warehouse_reader import read_training_set
from models_py.evaluation.ranking import rank_histories
from models_py.recommenders.als import Als
from models_py.recommenders.time_aware import TimeAware
from models_py.serving.contents import Identity, bundle_contents, deploy, embedding_tables
from warehouse.bundle import current_version, load_bundle
from warehouse.errors import TrainingError
from warehouse.home import Home

START, CUTOFF = datetime(2000, 1, 1), datetime(2000, 3, 1)
TOP_K = """
import json, sys
from pathlib import Path
import numpy as np
from warehouse.bundle import load_bundle
bundle = load_bundle(Path(sys.argv[1]))
answers = {}
for user, row in bundle.user_rows.items():
    scores = bundle.scores(bundle.user_embeddings[row])
    scores[bundle.seen.indices[bundle.seen.row(row)]] = -np.inf
    top = np.argsort(-scores, kind="stable")[:10]
    answers[user] = [bundle.movie_ids[top].tolist(), scores[top].astype(float).tolist()]
print(json.dumps(answers))
"""


def _warehouse():
    """Forty users of two tastes, sixty films of which the last ten were never liked."""
    rng = np.random.default_rng(11)
    ratings = []
    for user in range(1, 41):
        for film in rng.permutation(30)[:12] * 2 + user % 2:
            stars = rng.choice([4.0, 5.0]) if film < 50 and rng.random() < 0.8 else 2.0
            at = START + timedelta(hours=int(rng.integers(0, 1400)))
            ratings.append((user, int(film) + 1, stars, at))
    ratings.append((99, 1, 1.0, START))
    connection = duckdb.connect()
    connection.execute("create schema marts")
    connection.execute(
        "create table marts.fct_ratings"
        "(user_id integer, movie_id integer, rating double, rated_at timestamp)"
    )
    connection.executemany("insert into marts.fct_ratings values (?, ?, ?, ?)", ratings)
    connection.execute(
        f"""
        create table marts.fct_interactions as
            select user_id, movie_id, rating, rated_at as interacted_at
            from marts.fct_ratings where rating >= 4;
        create table marts.dim_fit_windows as
            select 'all' as fit_window, timestamp '{CUTOFF}' as cutoff_at;
        create table marts.dim_genres as
            select * from (values ('Comedy', 0), ('Drama', 1)) as g(genre, genre_index);
        create table marts.dim_movies as
            select
                films.movie_id::integer as movie_id,
                'Film ' || films.movie_id as title,
                1990 as year,
                case when films.movie_id % 2 = 0 then ['Comedy'] else ['Drama'] end as genres,
                count(rating) as n_ratings,
                count(rating) filter (rating >= 4) as n_positives,
                avg(rating) as mean_rating
            from range(1, 61) as films(movie_id)
            left join marts.fct_ratings as ratings using (movie_id)
            group by all;
        create table marts.dim_users as select distinct user_id from marts.fct_ratings;
        create table marts.fct_movie_popularity as
            select
                'all' as fit_window, half_life_days, movie_id,
                sum(case when half_life_days is null then 1.0 else
                    0.5 ** (epoch(timestamp '{CUTOFF}' - interacted_at) / 86400 / half_life_days)
                end) as popularity
            from marts.fct_interactions, (values (null), (10), (14)) as h(half_life_days)
            group by all;
        create table marts.fct_returning_popularity as
            from marts.fct_movie_popularity where half_life_days = 10 and movie_id % 3 > 0;
        create table marts.fct_genre_popularity as
            select
                'all' as fit_window, unnest(genres) as genre, movie_id, n_positives,
                popularity as decayed_popularity
            from marts.dim_movies
            inner join marts.fct_movie_popularity using (movie_id)
            where half_life_days = 14;
        """
    )
    return connection


def _als(training_set):
    """ALS with a prior put on top, so that one left out would show."""
    recommender = Als({"factors": 6, "regularization": 2.0}, seed=3).fit(training_set)
    recommender.item_prior = np.log1p(training_set.popularity[14]).astype(np.float32)
    return recommender


def _time_aware(training_set):
    ranks = {"recent_rank": 5, "lasting_rank": 4, "cosine_rank": 3}
    return TimeAware(ranks, seed=3).fit(training_set)


@pytest.fixture(scope="module", params=[_als, _time_aware], ids=["als", "time_aware"])
def trained(request):
    connection = _warehouse()
    training_set = read_training_set(connection, "all", "toy")
    return connection, training_set, request.param(training_set)


@pytest.fixture
def contents(trained):
    connection, training_set, recommender = trained
    identity = Identity("als-0011223344", "f" * 64, {"validation.warm.ndcg_at_10": 0.25})
    return bundle_contents(connection, recommender, training_set, identity)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_another_process_gets_the_trainers_own_top_k_from_the_bundle(home, trained, contents):
    _, training_set, recommender = trained
    folder = deploy(home, contents, None, keep_versions=2)
    command = [sys.executable, "-c", TOP_K, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answers = json.loads(done.stdout)
    lists = rank_histories(recommender, training_set.histories, training_set.seen, 10)
    assert len(answers) == training_set.n_users == 40
    for row, user in enumerate(training_set.user_ids.tolist()):
        ids, scores = answers[str(user)]
        assert ids == training_set.movie_ids[lists.items[row]].tolist()
        np.testing.assert_allclose(scores, lists.scores[row], atol=1e-5)


def test_a_person_without_an_account_is_scored_as_in_training(home, trained, contents):
    _, training_set, recommender = trained
    bundle = load_bundle(deploy(home, contents, None, keep_versions=2))
    histories = training_set.histories.take(slice(4, 5))
    vector = bundle.fold_in.vector(
        histories.ratings.indices, histories.ratings.data, histories.ages.data - 1
    )
    np.testing.assert_allclose(bundle.scores(vector), recommender.score(histories)[0], atol=1e-5)


def test_the_bundle_holds_what_serving_asks_for(home, contents, trained):
    connection, training_set, _ = trained
    bundle = load_bundle(deploy(home, contents, "abc", keep_versions=2))
    assert len(bundle.item_features) == 60 > len(bundle.movie_ids)
    film = bundle.item_features[1]
    counted = dict(
        connection.sql(
            "select rating, count(*) from marts.fct_ratings where movie_id = 1 group by 1"
        ).fetchall()
    )
    values = bundle.metadata["rating_values"]
    assert {v: n for v, n in zip(values, film["rating_counts"], strict=True) if n} == counted
    assert film["in_catalogue"]
    assert not bundle.item_features[60]["in_catalogue"]
    assert bundle.metadata["users_without_history"] == [99]
    drama = bundle.genre_popularity["Drama"]["trending"]
    films = [bundle.item_features[movie] for movie in bundle.movie_ids[drama].tolist()]
    assert all(film["genres"] == ["Drama"] for film in films)
    trending = bundle.popularity[1][drama]
    assert (np.diff(trending) <= 0).all()
    seen = np.zeros(training_set.seen.shape, dtype=bool)
    for row in range(training_set.n_users):
        seen[row, bundle.seen.indices[bundle.seen.row(row)]] = True
    np.testing.assert_array_equal(seen, training_set.seen.toarray())
    rated = connection.sql("select movie_id from marts.fct_ratings where user_id = 99").fetchall()
    of_other = bundle.seen.indices[bundle.seen.row(bundle.rows_without_history[99])]
    assert bundle.movie_ids[of_other].tolist() == sorted(
        movie for (movie,) in rated if movie in bundle.item_rows
    )
    assert len(of_other)
    assert bundle.seen.values[1].min() >= START.timestamp() - 86_400
    assert bundle.manifest["trained_on"]["n_interactions"] == training_set.n_interactions
    assert bundle.manifest["cutoff"] == "2000-03-01T00:00:00+00:00"


def test_histories_keep_stars_and_days_before_the_cutoff(home, trained, contents):
    connection, *_ = trained
    bundle = load_bundle(deploy(home, contents, None, keep_versions=2))
    liked = connection.sql(
        f"""
        select movie_id, rating, epoch(timestamp '{CUTOFF}' - interacted_at) / 86400
        from marts.fct_interactions where user_id = 5 order by movie_id
        """
    ).fetchall()
    part = bundle.histories.row(bundle.user_rows[5])
    stored = zip(
        bundle.movie_ids[bundle.histories.indices[part]],
        *(values[part] for values in bundle.histories.values),
        strict=True,
    )
    np.testing.assert_allclose(list(stored), liked, rtol=1e-5)


def test_training_again_gives_the_same_content_hash(home, tmp_path, trained, contents):
    connection, training_set, recommender = trained
    again = type(recommender)(recommender.parameters, seed=3).fit(training_set)
    again.item_prior = recommender.item_prior
    identity = Identity("als-0011223344", "f" * 64, {})
    repeated = bundle_contents(connection, again, training_set, identity)
    hashes = {
        load_bundle(deploy(Home(folder), made, None, keep_versions=1)).manifest["content_hash"]
        for folder, made in ((tmp_path / "one", contents), (tmp_path / "two", repeated))
    }
    assert len(hashes) == 1


def test_embeddings_of_kept_versions_only_stay_in_the_tables(home, trained):
    connection, training_set, recommender = trained
    for number in range(3):
        identity = Identity(f"als-{number}", "f" * 64, {})
        made = bundle_contents(connection, recommender, training_set, identity)
        deploy(home, made, None, keep_versions=2)
    assert current_version(home) == "als-2"
    rows = duckdb.sql(
        f"""
        select model_version, count(*), min(len(embedding))
        from '{home.ml("item_embeddings", "toy")}/*.parquet' group by 1 order by 1
        """
    ).fetchall()
    width = recommender.item_factors.shape[1]
    assert rows == [(f"als-{n}", training_set.n_items, width) for n in (1, 2)]


def test_embeddings_tables_hold_the_model_exactly(contents):
    users = embedding_tables(contents)["user_embeddings"]
    np.testing.assert_array_equal(
        np.array(users.column("embedding").to_pylist(), dtype=np.float32),
        contents.user_embeddings,
    )


def test_a_half_life_that_the_warehouse_lacks_is_named(trained):
    connection, training_set, recommender = trained
    with pytest.raises(TrainingError, match="trending_half_life_days=5"):
        bundle_contents(connection, recommender, training_set, Identity("a", "f", {}), 5)
