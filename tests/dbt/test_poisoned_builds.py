import hand_made_edition as edition
import pytest

from warehouse.errors import BuildError


def test_reading_beyond_a_cutoff_and_wrong_figures_fail(poisoned, dbt):
    reads = [
        edition.read_row("fit", "train", edition.TEST_STARTS),
        edition.read_row("tuning", "all", edition.TEST_STARTS + edition.timedelta(hours=1)),
    ]
    edition.write_ml(poisoned, "training_reads", reads)
    metrics = edition.metric_rows()
    metrics[0] |= {"value": 1 - 1e-8}
    edition.write_ml(poisoned, "model_metrics", metrics)
    with pytest.raises(BuildError) as failure:
        dbt(poisoned, "build", "--select", "fct_training_reads", "fct_model_metrics")
    message = str(failure.value)
    assert "2 failed" in message
    assert "assert_training_reads_before_cutoffs: Got 2 results" in message
    assert "assert_metrics_agree: Got 1 result" in message
    assert str(poisoned / "dbt" / "logs") in message


def test_a_figure_that_one_side_lacks_fails(poisoned, dbt):
    metrics = edition.metric_rows()
    # one that Python did not log, and one that no list can give
    metrics[0] |= {"k": 7}
    edition.write_ml(poisoned, "model_metrics", metrics)
    with pytest.raises(BuildError, match="assert_metrics_agree: Got 2 results"):
        dbt(poisoned, "build", "--select", "fct_model_metrics")


def test_a_duplicated_pair_and_a_list_with_a_seen_movie_fail(poisoned, dbt):
    duplicate = (1, 1, 5.0, edition.START + edition.timedelta(days=9))
    edition.write_ratings(poisoned, [*edition.RATINGS, duplicate])
    seen = {"model_version": edition.VERSION, "split": "validation", "population": "warm"}
    seen |= {"user_id": 3, "position": 1, "movie_id": 1, "score": 1.0}
    edition.write_ml(poisoned, "evaluation_lists", [seen])
    select = ["int_ratings_merged", "fct_ratings", "fct_evaluation_lists"]
    with pytest.raises(BuildError) as failure:
        dbt(poisoned, "build", "--select", *select, "--exclude", "test_type:unit")
    message = str(failure.value)
    assert "rules_fct_ratings" in message
    assert "broken_rule=key user_id, movie_id, n_rows=1" in message
    assert "assert_lists_hold_nothing_seen" in message


def test_an_edition_with_too_few_users_is_refused(poisoned, dbt):
    edition.write_ratings(poisoned, [row for row in edition.RATINGS if row[0] <= 2])
    with pytest.raises(BuildError, match="movies are left after the filter") as failure:
        select = ["int_ratings_merged", "int_positives_filtered"]
        dbt(poisoned, "build", "--select", *select, "--exclude", "test_type:unit")
    assert "choose a larger edition" in (failure.value.hint or "")


def test_a_home_that_is_no_folder_is_refused(tmp_path, dbt):
    home = tmp_path / "home"
    home.touch()
    with pytest.raises(BuildError, match="cannot be used"):
        dbt(home, "build")
