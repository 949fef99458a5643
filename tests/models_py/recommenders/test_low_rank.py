import numpy as np
import pytest
from scipy import sparse

from models_py.recommenders.ease import gram_matrix, regression_weights
from models_py.recommenders.low_rank import (
    debiased_ease,
    directed_ridge,
    genre_profile,
    halves,
    shrunk_cosine,
    truncated,
)

RNG = np.random.default_rng(3)


def _csr(dense: list[list[float]]) -> sparse.csr_array:
    return sparse.csr_array(np.array(dense, float))


def test_full_rank_reproduces_the_matrix_and_less_is_the_best_of_its_rank() -> None:
    matrix = RNG.normal(size=(12, 12))
    whole = truncated(matrix, rank=12, seed=0)
    np.testing.assert_allclose(whole.inputs @ whole.items.T, matrix, atol=1e-10)
    part = truncated(matrix, rank=4, seed=0)
    assert part.inputs.shape == part.items.shape == (12, 4)
    missing = np.linalg.norm(matrix - part.inputs @ part.items.T)
    values = np.linalg.svd(matrix, compute_uv=False)
    assert missing == pytest.approx(np.sqrt((values[4:] ** 2).sum()))
    # Both sides carry the same share of every singular value.
    np.testing.assert_allclose((part.inputs**2).sum(axis=0), values[:4])
    np.testing.assert_allclose((part.items**2).sum(axis=0), values[:4])


def test_same_seed_gives_the_same_bits() -> None:
    matrix = RNG.normal(size=(30, 30))
    for one, again in zip(truncated(matrix, 5, 1), truncated(matrix, 5, 1), strict=True):
        np.testing.assert_array_equal(one, again)


def test_nothing_to_learn_from_gives_zeros() -> None:
    pair = truncated(np.zeros((9, 9)), rank=3, seed=0)
    assert not (pair.inputs @ pair.items.T).any()


def test_ease_without_a_penalty_is_ease(two_blocks) -> None:
    liked = two_blocks.histories.ratings.astype(bool).astype(float)
    options = {"l2": 5.0, "rank": 20, "seed": 0}
    gram = gram_matrix(liked)
    gram[np.diag_indices(20)] += 5.0
    expected = regression_weights(gram)
    popularity = two_blocks.popularity[None]
    pair = debiased_ease(liked, popularity, penalty=0.0, **options)
    np.testing.assert_allclose(pair.inputs @ pair.items.T, expected, atol=1e-6)
    divided = debiased_ease(liked, popularity, penalty=0.5, **options)
    np.testing.assert_allclose(
        divided.inputs @ divided.items.T, expected / np.sqrt(popularity + 5), atol=1e-6
    )


def test_cosine_by_hand() -> None:
    # Movies 0 and 1 share two people, 1 and 2 one; popularities 2, 3, 1.
    liked = _csr([[1, 1, 0], [1, 1, 0], [0, 1, 1]])
    pair = shrunk_cosine(liked, np.array([2.0, 3.0, 1.0]), shrinkage=1.0, rank=3, seed=0)
    near, far = 2 / np.sqrt(3 * 4), 1 / np.sqrt(4 * 2)
    expected = [[0, near, 0], [near, 0, far], [0, far, 0]]
    np.testing.assert_allclose(pair.inputs @ pair.items.T, expected, atol=1e-12)


def test_genres_are_unit_rows_centred_on_the_catalogue() -> None:
    genres = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 0]], np.float32)
    pair = genre_profile(genres)
    half = 1 / np.sqrt(2)
    unit = np.array([[half, half, 0], [0, 1, 0], [0, 0, 0]])
    np.testing.assert_allclose(pair.items, unit - unit.mean(axis=0), atol=1e-7)
    np.testing.assert_allclose(pair.items.sum(axis=0), 0, atol=1e-7)
    np.testing.assert_array_equal(pair.inputs, pair.items)


def test_halves_are_cut_in_time_and_the_odd_entry_is_an_early_one() -> None:
    weights = _csr([[1, 2, 3, 4], [5, 6, 7, 0], [0, 8, 0, 0], [9, 9, 0, 0]])
    ages = _csr([[10, 40, 20, 30], [1, 2, 3, 0], [0, 5, 0, 0], [7, 7, 0, 0]])
    first, second = halves(weights, ages)
    assert first.toarray().tolist() == [[0, 2, 0, 4], [0, 6, 7, 0], [0, 0, 0, 0], [9, 0, 0, 0]]
    assert second.toarray().tolist() == [[1, 0, 3, 0], [5, 0, 0, 0], [0, 0, 0, 0], [0, 9, 0, 0]]


def test_directed_ridge_solves_its_normal_equations(two_blocks) -> None:
    histories = two_blocks.histories
    first, second = halves(histories.ratings.astype(float), histories.ages)
    past, future = first.toarray(), second.toarray()
    pair = directed_ridge(
        (first, second), two_blocks.popularity[None], l2=2.0, penalty=0.0, rank=20, seed=0
    )
    weights = pair.inputs @ pair.items.T
    np.testing.assert_allclose(
        (past.T @ past + 2.0 * np.eye(20)) @ weights, past.T @ future, atol=1e-9
    )


def test_directed_ridge_knows_which_movie_came_first(make_training_set) -> None:
    # Everybody likes movie 0, then movie 1; movies 2 and 3 come in either order.
    stars = np.tile([4.0, 4.0, 4.0, 4.0], (20, 1))
    ages = np.tile([9.0, 1.0, 8.0, 2.0], (20, 1))
    ages[::2, 2:] = ages[::2, :1:-1]
    toy = make_training_set(stars, ages)
    parts = halves(toy.histories.ratings.astype(float), toy.histories.ages)
    pair = directed_ridge(parts, toy.popularity[None], l2=1.0, penalty=0.0, rank=4, seed=0)
    weights = pair.inputs @ pair.items.T
    assert weights[0, 1] > 0.4
    assert weights[1, 0] == pytest.approx(0, abs=1e-9)
    assert weights[0, 2] == pytest.approx(weights[0, 3])
