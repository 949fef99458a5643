import numpy as np
import pytest

from models_py.evaluation.exposure import coverage, gini, item_exposure


def test_counts_of_lists(make_lists) -> None:
    counts = item_exposure(make_lists([[0, 2], [2], []]), 4)
    np.testing.assert_array_equal(counts, [1, 0, 2, 0])
    assert coverage(counts) == 0.5


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([3, 3, 3, 3], 0), ([0, 0, 0, 8], 3 / 4), ([1, 3], 1 / 4), ([0, 0], 0), ([5], 0)],
)
def test_gini_by_hand(counts: list[int], expected: float) -> None:
    assert gini(np.array(counts)) == pytest.approx(expected)


def test_gini_is_half_the_relative_mean_difference() -> None:
    counts = np.random.default_rng(0).integers(0, 50, 200)
    differences = np.abs(counts[:, None] - counts).mean()
    assert gini(counts) == pytest.approx(differences / (2 * counts.mean()))
    assert gini(counts) == pytest.approx(gini(counts[::-1]))
