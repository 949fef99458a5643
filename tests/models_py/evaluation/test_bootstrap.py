import numpy as np
import pytest

from models_py.evaluation import bootstrap
from models_py.evaluation.bootstrap import mean_intervals, paired_difference
from warehouse.errors import TrainingError


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    generator = np.random.default_rng(0)
    samples = generator.exponential(2.0, size=(80, 300))
    low, high = mean_intervals(samples, seed=1).T
    covered = ((low <= 2.0) & (high >= 2.0)).mean()
    assert 0.89 <= covered <= 0.98


def test_width_agrees_with_the_normal_approximation() -> None:
    values = np.random.default_rng(0).normal(size=(2_000, 1))
    ((low, high),) = mean_intervals(values)
    assert high - low == pytest.approx(2 * 1.96 / np.sqrt(2_000), rel=0.08)
    assert low < values.mean() < high


def test_same_seed_same_interval_and_batches_make_no_difference(monkeypatch) -> None:
    values = np.random.default_rng(0).random((50, 3))
    whole = mean_intervals(values, seed=5)
    np.testing.assert_array_equal(whole, mean_intervals(values, seed=5))
    assert not np.array_equal(whole, mean_intervals(values, seed=6))
    monkeypatch.setattr(bootstrap, "BATCH_DRAWS", 50 * 300)
    np.testing.assert_allclose(whole, mean_intervals(values, seed=5), atol=1e-12)


def test_users_without_a_value_are_left_out() -> None:
    values = np.column_stack([np.full(30, 2.0), np.full(30, np.nan), np.arange(30.0)])
    values[:29, 0] = np.nan
    intervals = mean_intervals(values)
    np.testing.assert_array_equal(intervals[0], [2, 2])
    assert np.isnan(intervals[1]).all()
    assert 0 < intervals[2, 0] < intervals[2, 1] < 29


def test_pairing_sees_a_small_steady_gain_that_apart_would_drown() -> None:
    generator = np.random.default_rng(0)
    champion = generator.random(200)
    challenger = champion + generator.normal(0.01, 0.02, 200)
    found = paired_difference(challenger, champion)
    assert found.difference == pytest.approx((challenger - champion).mean())
    assert 0 < found.ci_low < found.difference < found.ci_high
    assert found.p_better > 0.999
    assert found.n_users == 200
    back = paired_difference(champion, challenger)
    assert (back.ci_low, back.ci_high) == pytest.approx((-found.ci_high, -found.ci_low))


def test_a_model_against_itself_is_even() -> None:
    values = np.random.default_rng(0).random(40)
    found = paired_difference(values, values)
    assert (found.difference, found.ci_low, found.ci_high, found.p_better) == (0, 0, 0, 0.5)


def test_other_users_cannot_be_paired() -> None:
    with pytest.raises(TrainingError, match="3 users against 2"):
        paired_difference(np.zeros(3), np.zeros(2))
    with pytest.raises(TrainingError, match="0 users against 0"):
        paired_difference(np.zeros(0), np.zeros(0))
