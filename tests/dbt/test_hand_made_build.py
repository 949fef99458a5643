import duckdb
import hand_made_edition as edition
import pytest

COLUMNS = {
    "marts.dim_fit_windows": "fit_window varchar, cutoff_at timestamp, n_interactions bigint",
    "marts.dim_genres": "genre varchar, genre_index integer",
    "marts.dim_movies": "movie_id integer, title varchar, year integer, genres varchar[],"
    " n_ratings bigint, n_positives bigint, mean_rating double",
    "marts.dim_users": "user_id integer, age integer, gender varchar, occupation varchar,"
    " zip_code varchar, n_ratings bigint, n_positives bigint, first_rated_at timestamp,"
    " last_rated_at timestamp",
    "marts.fct_interactions": "user_id integer, movie_id integer, rating double,"
    " interacted_at timestamp, split varchar, source varchar",
    "marts.fct_ratings": "user_id integer, movie_id integer, rating double, rated_at timestamp,"
    " split varchar, is_positive boolean, source varchar",
    "marts.fct_movie_popularity": "fit_window varchar, half_life_days integer,"
    " movie_id integer, popularity double, popularity_rank bigint",
    "marts.fct_returning_popularity": "fit_window varchar, half_life_days integer,"
    " movie_id integer, popularity double, popularity_rank bigint",
    "marts.fct_genre_popularity": "fit_window varchar, genre varchar, movie_id integer,"
    " n_positives bigint, decayed_popularity double, popularity_rank bigint",
    "marts.fct_movie_features": "fit_window varchar, movie_id integer, year integer,"
    " genre_onehot tinyint[], n_positives bigint, decayed_popularity double,"
    " popularity_percentile double, days_since_first_positive double,"
    " days_since_last_positive double",
    "marts.fct_user_features": "fit_window varchar, user_id integer, n_ratings bigint,"
    " n_positives bigint, mean_rating double, genre_profile double[],"
    " first_rated_at timestamp, last_rated_at timestamp, activity_days double",
    "marts.fct_evaluation_histories": "split varchar, population varchar, user_id integer,"
    " movie_id integer, rating double, interacted_at timestamp",
    "marts.fct_evaluation_targets": "split varchar, population varchar, user_id integer,"
    " movie_id integer",
    "marts.dim_item_embeddings": "model_version varchar, movie_id integer, embedding float[]",
    "marts.dim_user_embeddings": "model_version varchar, user_id integer, embedding float[]",
    "marts.fct_model_metrics": "model_version varchar, model_name varchar, dataset varchar,"
    " split varchar, population varchar, metric varchar, k integer, value double,"
    " ci_low double, ci_high double, n_users integer",
    "marts.fct_evaluation_lists": "model_version varchar, split varchar, population varchar,"
    " user_id integer, position integer, movie_id integer, score double",
    "marts.fct_item_exposure": "model_version varchar, split varchar, movie_id integer,"
    " n_lists bigint",
    "marts.fct_training_reads": "model_version varchar, purpose varchar, fit_window varchar,"
    " last_interaction_at timestamp, n_interactions bigint",
    "marts.fct_promotion_decisions": "decided_at timestamp, dataset varchar,"
    " challenger_version varchar, champion_version varchar, promoted boolean, reason varchar,"
    " metric varchar, challenger_value double, champion_value double, relative_change double,"
    " ci_low double, ci_high double, p_better double, details varchar",
    "reports.rpt_data_counts": "step_index integer, step varchar, reason varchar, split varchar,"
    " population varchar, n_rows bigint, n_users bigint, n_movies bigint",
    "reports.rpt_offline_metrics": "model_version varchar, model_name varchar, dataset varchar,"
    " split varchar, population varchar, metric varchar, k integer, value double,"
    " n_users integer",
    "marts.fct_requests": "request_id varchar, requested_at timestamp, user_id bigint, endpoint"
    " varchar, model_version varchar, status integer, latency_ms double, is_fallback boolean,"
    " fallback_reason varchar, strategy varchar, k integer, n_recommended bigint, asked_movie_ids"
    " bigint[], unknown_movie_id bigint, is_explored boolean, is_simulated boolean, loaded_at"
    " timestamp",
    "marts.fct_impressions": "request_id varchar, position integer, movie_id integer, score"
    " double, propensity double, greedy_movie_id integer, user_id bigint, endpoint varchar,"
    " model_version varchar, is_fallback boolean, requested_at timestamp, loaded_at timestamp",
    "marts.fct_request_rejects": "request_id varchar, reason varchar, damaged_row varchar,"
    " requested_at timestamp, loaded_at timestamp",
    "marts.fct_replay_matches": "request_id varchar, position integer, user_id bigint, movie_id"
    " integer, requested_at timestamp, interacted_at timestamp, days_after double, rating double,"
    " is_positive boolean, is_counted boolean, window_days integer, endpoint varchar, model_version"
    " varchar, is_fallback boolean",
    "reports.rpt_kpi_daily": "day date, model_version varchar, endpoint varchar, kpi varchar,"
    " value double, n bigint, status varchar, threshold_warning double, threshold_breach double",
    "reports.rpt_kpi_hourly": "hour timestamp, model_version varchar, endpoint varchar, kpi"
    " varchar, value double, n bigint, status varchar, threshold_warning double, threshold_breach"
    " double",
    "reports.rpt_latency": "day date, endpoint varchar, model_version varchar, bucket_low_ms"
    " double, bucket_high_ms double, requests bigint",
    "reports.rpt_fallback": "day date, model_version varchar, reason varchar, requests bigint,"
    " share double",
    "reports.rpt_coverage": "day date, model_version varchar, movies_recommended bigint,"
    " catalogue_movies bigint, coverage double, gini double, mean_popularity double",
    "reports.rpt_drift": "day date, subject varchar, measure varchar, value double,"
    " n bigint, status varchar",
    "reports.rpt_unknown_movies": "movie_id bigint, requests bigint, first_asked_at timestamp,"
    " last_asked_at timestamp",
    "reports.rpt_replay_by_model": "model_version varchar, endpoint varchar, is_fallback boolean,"
    " window_days integer, metric varchar, k integer, value double, ci_low double, ci_high"
    " double, n_requests bigint, n_users bigint, n_censored bigint, n_repeats"
    " bigint",
    "reports.rpt_replay_differences": "model_version varchar, other_version varchar, window_days"
    " integer, metric varchar, k integer, difference double, ci_low double, ci_high double,"
    " p_better double",
    "reports.rpt_off_policy": "model_version varchar, window_days integer, policy varchar,"
    " estimator varchar, value double, standard_error double, effective_sample_size double,"
    " n_requests bigint",
}


@pytest.mark.parametrize("table", COLUMNS)
def test_columns_are_those_that_readers_rely_on(warehouse, table):
    described = warehouse.sql(f"describe {table}").fetchall()
    assert ", ".join(f"{name} {kind.lower()}" for name, kind, *_ in described) == COLUMNS[table]


def test_no_table_is_left_out_of_the_contract(warehouse):
    tables = warehouse.sql(
        "select table_schema || '.' || table_name from information_schema.tables"
        " where table_schema in ('marts', 'reports')"
    ).fetchall()
    assert {name for (name,) in tables} == set(COLUMNS)


def test_cutoffs_are_instants_known_by_hand(warehouse):
    windows = warehouse.sql("from marts.dim_fit_windows order by n_interactions").fetchall()
    assert windows[:2] == [
        ("train", edition.VALIDATION_STARTS, 13),
        ("train_validation", edition.TEST_STARTS, 16),
    ]
    assert windows[2][0] == "all"
    assert (windows[2][1] - edition.START).total_seconds() == 10 * 86400 + 1


def test_every_target_is_known_by_hand(warehouse):
    targets = warehouse.sql("from marts.fct_evaluation_targets").fetchall()
    asked = {
        ("validation", "all"): {(5, 1), (5, 2), (3, 4)},
        ("validation", "warm"): {(3, 4)},
        ("validation", "first_0"): {(5, 1), (5, 2)},
        ("validation", "first_1"): {(5, 2)},
        # the sample that is known, by md5, holds one movie of each new user
        ("validation", "new_0"): {(5, 2)},
        ("validation", "new_1"): {(5, 2)},
        ("test", "all"): {(6, 1), (6, 2), (6, 3), (4, 4)},
        ("test", "warm"): {(4, 4)},
        ("test", "first_0"): {(6, 1), (6, 2), (6, 3)},
        ("test", "first_1"): {(6, 2), (6, 3)},
        ("test", "new_0"): {(6, 2), (6, 3)},
        ("test", "new_1"): {(6, 2), (6, 3)},
    }
    expected = {(*of, *pair) for of, pairs in asked.items() for pair in pairs}
    assert set(targets) == expected
    assert len(targets) == len(expected)


def test_rejected_lines_stand_in_the_counts(warehouse):
    counts = warehouse.sql(
        "select step, reason, n_rows from reports.rpt_data_counts where step_index <= 4"
        " order by step_index"
    ).fetchall()
    assert counts == [
        ("rejected", "malformed", 1),
        ("valid", None, 24),
        ("positive", None, 22),
        ("filtered", None, 20),
    ]


def test_popularity_is_the_same_to_the_last_bit_when_built_again(poisoned, dbt):
    query = "select * from marts.fct_movie_popularity order by all"
    file = str(poisoned / "build" / "warehouse.duckdb")
    with duckdb.connect(file) as connection:
        before = connection.sql(query).fetchall()
    dbt(poisoned, "run", "--select", "int_movies_decayed_by_window+1")
    with duckdb.connect(file) as connection:
        assert connection.sql(query).fetchall() == before
