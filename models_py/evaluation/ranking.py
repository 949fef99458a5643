"""Scores to lists: the best movies of each user that the user has not rated yet."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from models_py.data.interactions import EvaluationSet, Histories
from models_py.recommenders import Recommender
from models_py.selection import smallest
from warehouse.errors import TrainingError

DEPTH = 100
BATCH_SCORES = 4_000_000


@dataclass(frozen=True)
class RankedLists:
    """The best movies of each user, best first.

    Attributes
    ----------
    items : array of int32 (n_users, depth)
        Columns of the catalogue; -1 where a user has seen all the rest.
    scores : array of float32 (n_users, depth)
        -inf where there is no movie.
    """

    items: NDArray[np.int32]
    scores: NDArray[np.float32]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of movies in each list, shape (n_users,)."""
        lengths: NDArray[np.int64] = np.count_nonzero(self.items >= 0, axis=1).astype(np.int64)
        return lengths


def rank(
    recommender: Recommender,
    evaluation_set: EvaluationSet,
    depth: int = DEPTH,
) -> RankedLists:
    """Rank the catalogue for every user of an evaluation set; see `rank_histories`."""
    return rank_histories(recommender, evaluation_set.histories, evaluation_set.seen, depth)


def rank_histories(
    recommender: Recommender,
    histories: Histories,
    seen: sparse.csr_array,
    depth: int = DEPTH,
) -> RankedLists:
    """Rank the catalogue for every history.

    Seen movies leave before the best are taken, so a list is short only where
    a user has seen nearly everything. Among equal scores the movie with the
    lower column goes first, so the same scores always give the same list.

    Parameters
    ----------
    recommender : Recommender
        Fitted.
    histories : Histories
    seen : csr_array of bool (n_users, n_items)
    depth : int

    Raises
    ------
    TrainingError
        A score is not finite.
    """
    step = max(1, BATCH_SCORES // max(1, histories.n_items))
    items = np.full((histories.n_users, depth), -1, np.int32)
    scores = np.full((histories.n_users, depth), -np.inf, np.float32)
    for start in range(0, histories.n_users, step):
        rows = slice(start, min(start + step, histories.n_users))
        batch = recommender.score(histories.take(rows))
        if not np.isfinite(batch).all():
            raise TrainingError(
                f"{recommender.name}: scored a movie with nan or infinity, expected finite scores",
                hint=f"check its parameters: {dict(recommender.parameters)}",
            )
        best, best_scores = top(batch, seen[rows], depth)
        items[rows, : best.shape[1]] = best
        scores[rows, : best.shape[1]] = best_scores
    return RankedLists(items, scores)


def top(
    scores: NDArray[np.float32], seen: sparse.csr_array, depth: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Best unseen columns of each row and their scores, (n_rows, min(depth, n_columns))."""
    costs = -scores
    costs[np.repeat(np.arange(len(costs)), np.diff(seen.indptr)), seen.indices] = np.inf
    best = smallest(costs, min(depth, scores.shape[1]))
    best_costs = np.take_along_axis(costs, best, axis=1)
    best[np.isinf(best_costs)] = -1
    return best, -best_costs
