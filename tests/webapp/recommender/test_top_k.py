"""The k best of many, against sorting all of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.recommender.exact_ranking import ExactRanking
from webapp.recommender.top_k import Selection, near_top

thorough = settings(max_examples=200, deadline=None, derandomize=True)
sizes = st.integers(0, 3000)


def sorted_best(scores, rows, k):
    order = np.lexsort((rows, -scores[rows]))[:k]
    return rows[order]


@thorough
@given(sizes, st.integers(1, 120), st.sampled_from([3, 50, 10**6]), st.floats(0, 1), st.data())
def test_the_best_are_those_of_a_full_sort(size, k, levels, share_excluded, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    scores = (rng.integers(0, levels, size) / 7).astype(np.float32)
    excluded = np.flatnonzero(rng.random(size) < share_excluded)
    passing = np.flatnonzero(rng.random(size) < 0.6) if data.draw(st.booleans()) else None
    left = np.setdiff1d(np.arange(size) if passing is None else passing, excluded)
    rows, found = Selection(k, passing, excluded).best(scores.copy())
    assert rows.tolist() == sorted_best(scores, left, k).tolist()
    assert found.tolist() == scores[rows].tolist()


@thorough
@given(sizes, st.integers(1, 120), st.floats(0, 0.2), st.integers(0, 2**32 - 1))
def test_everything_within_the_margin_is_kept(size, k, margin, seed):
    scores = np.random.default_rng(seed).normal(size=size).astype(np.float32)
    found = near_top(scores, k, margin)
    if size >= k:
        bound = np.sort(scores)[-k] - np.float32(margin)
        assert set(np.flatnonzero(scores >= bound)) <= set(found)
    else:
        assert len(found) == size


def test_few_more_than_needed_are_kept():
    scores = np.random.default_rng(0).normal(size=60_000).astype(np.float32)
    assert 10 <= len(near_top(scores, 10, 1e-6)) <= 30


@pytest.fixture(scope="module")
def close_call():
    """Scores of which many differ by less than float32 sums can tell, and some not at all."""
    rng = np.random.default_rng(11)
    matrix = rng.normal(size=(2000, 96)).astype(np.float32)
    matrix[:1000] = matrix[1000:] * np.float32(1 + 2**-23)
    matrix[:100] = matrix[100:200]
    offset = np.zeros(2000, dtype=np.float32)
    vectors = rng.normal(size=(40, 96)).astype(np.float32)
    return ExactRanking(matrix, offset), vectors


def exact_best(ranking, vector, left, k):
    scores = ranking.matrix.astype(np.float64) @ vector.astype(np.float64) + ranking.offset
    return sorted_best(scores.astype(np.float32), left, k)


@pytest.mark.parametrize("k", [1, 10, 100])
@pytest.mark.parametrize("share", [None, 0.5, 0.05])
def test_ranking_is_that_of_float64_sums_by_every_path(close_call, k, share):
    ranking, vectors = close_call
    rng = np.random.default_rng(5)
    passing = None if share is None else np.flatnonzero(rng.random(2000) < share)
    excluded = rng.permutation(2000)[:200]
    left = np.setdiff1d(np.arange(2000) if passing is None else passing, excluded)
    selection = Selection(k, passing, excluded)
    together = list(ranking.best_of_each([(vector, selection) for vector in vectors]))
    for vector, (rows, scores) in zip(vectors, together, strict=True):
        assert rows.tolist() == exact_best(ranking, vector, left, k).tolist()
        alone_rows, alone_scores = ranking.best(vector, selection)
        assert alone_rows.tolist() == rows.tolist()
        assert alone_scores.tolist() == scores.tolist()


def test_float32_sums_alone_would_get_the_order_wrong(close_call):
    ranking, vectors = close_call
    plain = [sorted_best(ranking.scores(vector), np.arange(2000), 100) for vector in vectors]
    exact = [exact_best(ranking, vector, np.arange(2000), 100) for vector in vectors]
    assert any(a.tolist() != b.tolist() for a, b in zip(plain, exact, strict=True))


def test_a_bonus_counts_exactly_too(close_call):
    ranking, vectors = close_call
    bonus = np.random.default_rng(2).random(2000).astype(np.float32) * 50
    rows, scores = ranking.best(vectors[0], Selection(20), bonus)
    exact = ranking.matrix.astype(np.float64) @ vectors[0].astype(np.float64) + bonus
    rounded = exact.astype(np.float32)
    assert rows.tolist() == sorted_best(rounded, np.arange(2000), 20).tolist()
    assert scores.tolist() == rounded[rows].tolist()
