import numpy as np
import pytest

from models_py.recommenders import ease
from models_py.recommenders.ease import Ease
from models_py.recommenders.time_aware import TimeAware
from warehouse.errors import TrainingError


def _explicit(x: np.ndarray, l2: float) -> np.ndarray:
    """Column by column from the Lagrangian: B = P (X'X - diag(gamma)), diag(B) = 0."""
    gram = x.T @ x
    p = np.linalg.inv(gram + l2 * np.eye(len(gram)))
    gamma = np.diag(p @ gram) / np.diag(p)
    return p @ (gram - np.diag(gamma))


@pytest.mark.parametrize("l2", [0.5, 10.0])
def test_agrees_with_the_lagrangian(two_blocks, l2: float) -> None:
    x = (two_blocks.histories.ratings.toarray() > 0).astype(float)
    model = Ease({"l2": l2}).fit(two_blocks)
    np.testing.assert_allclose(model.weights, _explicit(x, l2), atol=1e-6)
    assert not np.diag(model.weights).any()


def test_is_the_minimum_under_the_constraint(two_blocks) -> None:
    x = (two_blocks.histories.ratings.toarray() > 0).astype(float)
    weights = Ease({"l2": 5.0}).fit(two_blocks).weights.astype(float)

    def loss(b: np.ndarray) -> float:
        return float(((x - x @ b) ** 2).sum() + 5.0 * (b**2).sum())

    generator = np.random.default_rng(0)
    for _ in range(20):
        step = 0.01 * generator.normal(size=weights.shape)
        np.fill_diagonal(step, 0)
        assert loss(weights + step) > loss(weights)


def test_scores_weigh_the_history_as_the_fit_did(two_blocks) -> None:
    model = Ease({"l2": 5.0, "weight_of_five": 3.0}).fit(two_blocks)
    stars = two_blocks.histories.ratings.toarray()
    x = np.select([stars == 5, stars == 4.5, stars == 4], [3.0, 2.0, 1.0])
    np.testing.assert_allclose(
        model.score(two_blocks.histories), x @ _explicit(x, 5.0), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("made", [Ease, TimeAware])
def test_too_many_movies_are_refused_by_name(made, two_blocks, monkeypatch) -> None:
    monkeypatch.setattr(ease, "MAX_ITEMS", 19)
    with pytest.raises(TrainingError, match="holds 20 movies, expected at most 19"):
        made().fit(two_blocks)


def test_blocks_of_rows_make_no_difference(two_blocks, monkeypatch) -> None:
    ratings = two_blocks.histories.ratings
    whole = ease.gram_matrix(ratings)
    monkeypatch.setattr(ease, "BLOCK_ITEMS", 3)
    np.testing.assert_array_equal(ease.gram_matrix(ratings), whole)
