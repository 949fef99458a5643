from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from models_py.evaluation.metrics import CUTOFFS, MetricKey, accuracy, beyond_accuracy
from models_py.evaluation.ranking import RankedLists

LOG3, LOG5, LOG6 = np.log2(3), np.log2(5), np.log2(6)


def _value(values, metric: str) -> list[float]:
    return values[MetricKey.parse(metric)].tolist()


def test_accuracy_by_hand(make_lists, flags) -> None:
    # Film 4 stands first and film 9 fourth; film 20 is wanted but not listed.
    targets = np.zeros((3, 30))
    targets[0, [4, 9, 20]] = 1
    targets[1, 29] = 1
    targets[2, [0, 1]] = 1
    lists = make_lists([[4, 5, 6, 9, 7, 8], [1, 2, 3], []])
    values = accuracy(lists, flags(targets))
    assert _value(values, "precision@5") == [2 / 5, 0, 0]
    assert _value(values, "precision@10") == [2 / 10, 0, 0]
    assert _value(values, "recall@5") == [2 / 3, 0, 0]
    assert _value(values, "hit_rate@5") == [1, 0, 0]
    assert _value(values, "mrr") == [1, 0, 0]
    expected = (1 + 1 / LOG5) / (1 + 1 / LOG3 + 1 / 2)
    assert _value(values, "ndcg@5") == pytest.approx([expected, 0, 0], abs=1e-15)
    assert all(value.dtype == np.float64 for value in values.values())


def test_mrr_looks_at_the_first_hundred(make_lists, flags) -> None:
    targets = np.zeros((2, 150))
    targets[:, [120, 149]] = 1
    order = [*range(100)]
    values = accuracy(make_lists([[*order[:99], 120], order]), flags(targets))
    assert _value(values, "mrr") == [1 / 100, 0]
    assert _value(values, "hit_rate@20") == [0, 0]


def test_ideal_is_cut_at_the_number_of_targets(make_lists, flags) -> None:
    targets = np.zeros((2, 30))
    targets[0, :2] = 1
    targets[1, :25] = 1
    values = accuracy(make_lists([[0, 1, 28, 29], [*range(10)]]), flags(targets))
    assert _value(values, "ndcg@5") == [1, 1]
    assert _value(values, "ndcg@10") == pytest.approx([1, 1])
    assert _value(values, "recall@10") == [1, 10 / 25]


def test_beyond_accuracy_by_hand(make_lists) -> None:
    n_positives = np.array([8.0, 4.0, 2.0, 2.0])
    genres = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]], np.float32)
    values = beyond_accuracy(make_lists([[0, 1], [0, 2, 3], [1], []]), n_positives, genres)
    np.testing.assert_allclose(_value(values, "novelty@10"), [1.5, (1 + 3 + 3) / 3, 2, np.nan])
    # Two films without genres have nothing in common either.
    np.testing.assert_allclose(_value(values, "diversity@10"), [0.5, 1, np.nan, np.nan])
    np.testing.assert_allclose(_value(values, "mean_popularity@10"), [6, 4, 4, np.nan])


def test_beyond_accuracy_looks_at_ten(make_lists) -> None:
    n_positives = np.array([1.0] * 10 + [1000.0])
    genres = np.zeros((11, 1), np.float32)
    values = beyond_accuracy(make_lists([[*range(11)]]), n_positives, genres)
    assert _value(values, "mean_popularity@10") == [1]


@st.composite
def _worlds(draw: st.DrawFn) -> tuple[RankedLists, sparse.csr_array]:
    n_users, n_items = draw(st.integers(1, 6)), draw(st.integers(1, 40))
    generator = np.random.default_rng(draw(st.integers(0, 10_000)))
    items = np.full((n_users, 25), -1, np.int32)
    for row in items:
        length = generator.integers(0, min(25, n_items) + 1)
        row[:length] = generator.permutation(n_items)[:length]
    targets = generator.random((n_users, n_items)) < 0.3
    targets[:, 0] |= ~targets.any(axis=1)
    scores = np.where(items >= 0, -np.arange(25.0), -np.inf).astype(np.float32)
    return RankedLists(items, scores), sparse.csr_array(targets)


@settings(max_examples=80, deadline=None)
@given(world=_worlds())
def test_bounds(world) -> None:
    for value in accuracy(*world).values():
        assert (value >= 0).all()
        assert (value <= 1 + 1e-12).all()


@settings(max_examples=80, deadline=None)
@given(world=_worlds(), seed=st.integers(0, 100))
def test_renaming_the_movies_changes_nothing(world, seed: int) -> None:
    lists, targets = world
    renamed = np.random.default_rng(seed).permutation(targets.shape[1]).astype(np.int32)
    items = np.where(lists.items >= 0, renamed[lists.items], -1).astype(np.int32)
    dense = np.zeros(targets.shape, bool)
    dense[:, renamed] = targets.toarray()
    before = accuracy(lists, targets)
    after = accuracy(RankedLists(items, lists.scores), sparse.csr_array(dense))
    for key in before:
        np.testing.assert_array_equal(before[key], after[key])


@settings(max_examples=80, deadline=None)
@given(world=_worlds(), data=st.data())
def test_moving_a_hit_up_never_hurts(world, data) -> None:
    lists, targets = world
    before = accuracy(lists, targets)
    items = lists.items.copy()
    wanted = targets.toarray()
    for user, row in enumerate(items):
        listed = np.flatnonzero(row >= 0)
        hits = [p for p in listed if wanted[user, row[p]]]
        if hits and hits[-1] > 0:
            at = data.draw(st.sampled_from(hits))
            if at > 0:
                row[[at - 1, at]] = row[[at, at - 1]]
    after = accuracy(RankedLists(items, lists.scores), targets)
    for key in before:
        assert (after[key] >= before[key] - 1e-12).all(), key


@settings(max_examples=40, deadline=None)
@given(world=_worlds())
def test_more_positions_find_no_less(world) -> None:
    values = accuracy(*world)
    for low, high in pairwise(CUTOFFS):
        for metric in ("recall", "hit_rate"):
            assert (values[MetricKey(metric, low)] <= values[MetricKey(metric, high)]).all()


def test_names_are_read_as_they_are_written() -> None:
    for key in (MetricKey("ndcg", 10), MetricKey("mrr")):
        assert MetricKey.parse(str(key)) == key
