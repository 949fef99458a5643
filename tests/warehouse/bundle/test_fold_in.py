"""The fold-in algebra against independent answers, and its way through the declarative form."""

import json

import numpy as np
import pytest
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares
from threadpoolctl import threadpool_limits

from warehouse.bundle.components import (
    AlsComponent,
    ConstantComponent,
    HistoryWeights,
    LinearComponent,
    covariance_of,
)
from warehouse.bundle.fold_in import FoldIn
from warehouse.errors import BundleError

RNG = np.random.default_rng(7)
FACTORS = RNG.normal(size=(30, 5)).astype(np.float32)
INDICES = np.array([2, 3, 11, 29])
RATINGS = np.array([4.0, 5.0, 4.5, 5.0], dtype=np.float32)
AGES = np.array([0.0, 10.0, 20.0, 40.0], dtype=np.float32)
NOTHING = np.array([], dtype=np.int64)


def test_als_equals_the_training_librarys_own_solution():
    likes = sp.random_array((40, 30), density=0.3, rng=np.random.default_rng(1), format="csr")
    likes.data = np.random.default_rng(2).choice([4.0, 4.5, 5.0], len(likes.data))
    likes = sp.csr_matrix(likes, dtype=np.float32)
    confidence = likes.copy()
    confidence.data = 1 + 3 * (1 + 2 * (likes.data - 4))
    model = AlternatingLeastSquares(
        factors=8, regularization=2.0, alpha=1.0, iterations=5, random_state=0, num_threads=1
    )
    with threadpool_limits(1, "blas"):
        model.fit(confidence, show_progress=False)
    component = AlsComponent(
        factors=model.item_factors,
        regularization=2.0,
        alpha=3.0,
        history_weights=HistoryWeights(weight_of_five=3.0),
    )
    for user in range(5):
        row = likes[user]
        ours = component.block(row.indices, row.data, np.zeros(len(row.data)))
        theirs = model.recalculate_user(user, confidence[user])
        np.testing.assert_allclose(ours, theirs, atol=2e-5)


def test_linear_is_the_weighted_sum_or_mean():
    weights = np.array([1.0, 2.0, 1.5, 2.0]) * 0.5 ** (AGES / 10.0)
    entry = HistoryWeights(weight_of_five=2.0, half_life_days=10.0)
    total = LinearComponent(factors=FACTORS, history_weights=entry)
    mean = LinearComponent(factors=FACTORS, history_weights=entry, length_power=1.0)
    expected = weights @ FACTORS[INDICES]
    np.testing.assert_allclose(total.block(INDICES, RATINGS, AGES), expected, rtol=1e-6)
    np.testing.assert_allclose(
        mean.block(INDICES, RATINGS, AGES), expected / weights.sum(), rtol=1e-6
    )


def test_standardised_scores_have_unit_deviation_and_shrinkage_scales_them():
    component = LinearComponent(factors=FACTORS, covariance=covariance_of(FACTORS), shrinkage=4.0)
    scores = FACTORS @ component.block(INDICES, RATINGS, AGES)
    assert scores.std() == pytest.approx(4 / (4 + 4))


def test_weight_moves_towards_the_returning_weight_as_the_history_grows():
    component = ConstantComponent(
        weight=0.2, returning_weight=1.0, returning_length=4, returning_power=2
    )
    assert component.block(NOTHING, NOTHING, NOTHING) == pytest.approx([0.2])
    assert component.block(INDICES, RATINGS, AGES) == pytest.approx([0.6])
    assert component.weight_of(10_000) == pytest.approx(1.0, abs=1e-4)


def test_empty_history_is_zeros_but_for_the_constants():
    fold_in = FoldIn((LinearComponent(factors=FACTORS), ConstantComponent(weight=0.5)))
    vector = fold_in.vector(NOTHING, NOTHING, NOTHING)
    assert vector.tolist() == [0, 0, 0, 0, 0, 0.5]


def test_vectors_are_the_single_vectors_to_the_last_bit():
    fold_in = FoldIn((AlsComponent(factors=FACTORS, alpha=4.0), LinearComponent(factors=FACTORS)))
    vectors = fold_in.vectors(
        np.array([0, 4, 4, 5]),
        np.append(INDICES, 7),
        np.append(RATINGS, np.float32(4)),
        np.append(AGES, np.float32(1)),
    )
    np.testing.assert_array_equal(vectors[0], fold_in.vector(INDICES, RATINGS, AGES))
    np.testing.assert_array_equal(vectors[1], np.zeros(10))
    assert vectors.dtype == np.float32


def test_description_survives_json_and_gives_the_same_vector():
    fold_in = FoldIn(
        (
            AlsComponent(factors=FACTORS, alpha=4.0, regularization=3.0, weight=2.0),
            LinearComponent(
                factors=FACTORS,
                covariance=covariance_of(FACTORS),
                length_power=0.5,
                shrinkage=3.0,
                history_weights=HistoryWeights(half_life_days=9.0),
                returning_weight=0.3,
                returning_power=2.0,
            ),
            ConstantComponent(weight=0.4),
        )
    )
    description = json.loads(json.dumps(fold_in.describe()))
    restored = FoldIn.restore(description, fold_in.arrays().__getitem__)
    np.testing.assert_array_equal(
        restored.vector(INDICES, RATINGS, AGES), fold_in.vector(INDICES, RATINGS, AGES)
    )


def test_unknown_kind_is_refused_by_name():
    with pytest.raises(BundleError, match="'transformer'"):
        FoldIn.restore([{"kind": "transformer"}], lambda _: FACTORS)


@pytest.mark.parametrize(("of_five", "expected"), [(1.0, [1, 1, 1, 1]), (1.5, [0.5, 1, 1.25, 1.5])])
def test_weight_is_linear_in_the_stars(of_five, expected):
    stars = np.array([3.0, 4.0, 4.5, 5.0], dtype=np.float32)
    np.testing.assert_allclose(HistoryWeights(of_five).of(stars, np.zeros(4)), expected)


def test_weight_never_falls_below_zero():
    stars = np.array([0.5, 3.0], dtype=np.float32)
    np.testing.assert_array_equal(HistoryWeights(3.0).of(stars, np.zeros(2)), [0.0, 0.0])
