import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from models_py.data.interactions import Histories
from models_py.evaluation import ranking
from models_py.evaluation.ranking import rank_histories, top
from models_py.recommenders import Recommender
from warehouse.errors import TrainingError


class Given(Recommender):
    """Scores that a test has chosen, looked up by the single movie of each history."""

    name = "given"
    table = np.zeros((0, 0), np.float32)

    def _fit(self, training_set) -> None: ...

    def _score(self, histories: Histories) -> np.ndarray:
        return self.table[histories.ratings.indices]


def _given(table: np.ndarray) -> tuple[Given, Histories]:
    recommender = Given()
    recommender.table = table.astype(np.float32)
    recommender.n_items = table.shape[1]
    users = np.arange(len(table))
    ones = np.ones(len(table))
    return recommender, Histories.from_entries(users, users, ones, ones, table.shape)


def _by_sorting(scores: np.ndarray, seen: np.ndarray, depth: int) -> list[list[int]]:
    """Slow and obvious: score down, column up, seen left out."""
    return [
        [j for _, j in sorted((-s, j) for j, s in enumerate(row) if not seen[u, j])][:depth]
        for u, row in enumerate(scores.tolist())
    ]


@settings(max_examples=150, deadline=None)
@given(
    n_users=st.integers(1, 6),
    n_items=st.integers(1, 30),
    depth=st.integers(1, 12),
    levels=st.integers(1, 30),
    share_seen=st.sampled_from([0.0, 0.3, 0.9, 1.0]),
    seed=st.integers(0, 1000),
)
def test_agrees_with_a_plain_sort(n_users, n_items, depth, levels, share_seen, seed) -> None:
    generator = np.random.default_rng(seed)
    scores = generator.integers(levels, size=(n_users, n_items)).astype(np.float32)
    seen = generator.random((n_users, n_items)) < share_seen
    items, best = top(scores, sparse.csr_array(seen), depth)
    assert [[int(j) for j in row if j >= 0] for row in items] == _by_sorting(scores, seen, depth)
    listed = items >= 0
    np.testing.assert_array_equal(
        best[listed], np.take_along_axis(scores, np.maximum(items, 0), axis=1)[listed]
    )
    assert (best[~listed] == -np.inf).all()


def test_ties_go_to_the_earlier_column() -> None:
    scores = np.array([[1, 2, 2, 2, 2, 3]], np.float32)
    items, _ = top(scores, sparse.csr_array((1, 6), dtype=bool), 3)
    np.testing.assert_array_equal(items, [[5, 1, 2]])


def test_seen_movies_leave_before_the_best_are_taken() -> None:
    scores = np.array([[9, 8, 7, 6, 5, 4]], np.float32)
    seen = sparse.csr_array(np.array([[True, True, False, True, False, False]]))
    items, _ = top(scores, seen, 2)
    np.testing.assert_array_equal(items, [[2, 4]])


def test_lists_are_padded_to_their_depth() -> None:
    recommender, histories = _given(np.arange(9.0).reshape(3, 3))
    seen = sparse.csr_array(np.array([[0, 0, 0], [1, 0, 1], [1, 1, 1]], bool))
    lists = rank_histories(recommender, histories, seen, depth=5)
    np.testing.assert_array_equal(
        lists.items, [[2, 1, 0, -1, -1], [1, -1, -1, -1, -1], [-1, -1, -1, -1, -1]]
    )
    np.testing.assert_array_equal(lists.lengths, [3, 1, 0])
    assert lists.items.dtype == np.int32
    assert lists.scores.dtype == np.float32


def test_batches_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(0)
    recommender, histories = _given(generator.integers(5, size=(40, 40)))
    seen = sparse.csr_array(generator.random((40, 40)) < 0.3)
    whole = rank_histories(recommender, histories, seen, depth=7)
    monkeypatch.setattr(ranking, "BATCH_SCORES", 120)
    parts = rank_histories(recommender, histories, seen, depth=7)
    np.testing.assert_array_equal(whole.items, parts.items)
    np.testing.assert_array_equal(whole.scores, parts.scores)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite_are_refused(bad: float) -> None:
    recommender, histories = _given(np.array([[1.0, bad], [0.0, 0.0]]))
    with pytest.raises(TrainingError, match="given: scored a movie with nan or infinity"):
        rank_histories(recommender, histories, histories.ratings.astype(bool))
