"""Metrics of one user's list; the one place that states their formulas.

Relevance is binary: a movie is relevant where it is one of the user's targets.
With ``hit(p)`` 1 where the movie at position p (from 1) is relevant, else 0,
``T`` the number of targets, and all sums over p = 1 ... k:

=================  ==========================================================
precision@k        sum hit(p) / k
recall@k           sum hit(p) / T
ndcg@k             sum hit(p) / log2(p + 1)  /  sum_{p <= min(k, T)} 1 / log2(p + 1)
hit_rate@k         1 where any hit(p) = 1, else 0
mrr                1 / (position of the first hit in the list of 100), 0 without one
novelty@10         mean over the first 10 of -log2(n(movie) / N)
diversity@10       mean over the pairs of the first 10 of 1 - Jaccard(genres, genres)
mean_popularity@10 mean over the first 10 of n(movie)
=================  ==========================================================

``n(movie)`` is the number of positives in the fit window and N their sum. The
Jaccard index with a movie without genres is 0. A user with an empty list has 0
in the first five and is left out (nan) of the last three; diversity also
leaves out lists of one movie. The value of a population is the mean over its
users. Everything is float64: SQL computes the same aggregates again and must
agree to 1e-9.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from models_py.evaluation.ranking import RankedLists

CUTOFFS = (5, 10, 20)
BEYOND_ACCURACY_K = 10
BATCH_USERS = 20_000


class MetricKey(NamedTuple):
    """Name of a metric and its k, None where it has none; ``str`` gives ``ndcg@10``."""

    metric: str
    k: int | None = None

    def __str__(self) -> str:
        return self.metric if self.k is None else f"{self.metric}@{self.k}"

    @classmethod
    def parse(cls, text: str) -> "MetricKey":
        """Read ``ndcg@10`` or ``mrr``.

        Raises
        ------
        ValueError
            What follows the @ is not a whole number.
        """
        metric, at, k = text.partition("@")
        return cls(metric, int(k) if at else None)


PerUser = dict[MetricKey, NDArray[np.float64]]


def accuracy(lists: RankedLists, targets: sparse.csr_array) -> PerUser:
    """Precision, recall, ndcg, hit rate and mrr of each user.

    Parameters
    ----------
    lists : RankedLists
        (n_users, depth)
    targets : csr_array of bool (n_users, n_items)
        Rows sorted by column, at least one a user.

    Returns
    -------
    mapping of MetricKey to array of float64 (n_users,)
    """
    hits = hit_matrix(lists.items, targets)
    n_targets = np.diff(targets.indptr).astype(np.float64)
    depth = hits.shape[1]
    discounts = 1 / np.log2(np.arange(2, depth + 2))
    values: PerUser = {}
    for k in CUTOFFS:
        found = hits[:, :k].sum(axis=1, dtype=np.float64)
        ideal = np.cumsum(1 / np.log2(np.arange(2, k + 2)))
        gained = (hits[:, :k] * discounts[:k]).sum(axis=1)
        values[MetricKey("precision", k)] = found / k
        values[MetricKey("recall", k)] = found / n_targets
        values[MetricKey("ndcg", k)] = gained / ideal[np.minimum(k, n_targets.astype(np.int64)) - 1]
        values[MetricKey("hit_rate", k)] = (found > 0).astype(np.float64)
    first = hits.argmax(axis=1)
    values[MetricKey("mrr")] = np.where(hits.any(axis=1), 1 / (first + 1.0), 0.0)
    return values


def hit_matrix(items: NDArray[np.int32], targets: sparse.csr_array) -> NDArray[np.bool_]:
    """Mark the places of the lists (n_users, depth) that hold a target."""
    n_items = targets.shape[1]
    rows = np.repeat(np.arange(targets.shape[0], dtype=np.int64), np.diff(targets.indptr))
    # A user and a movie in one number; ascending, because rows are sorted by column.
    wanted = rows * n_items + targets.indices
    listed = np.arange(len(items), dtype=np.int64)[:, None] * n_items + items
    at = np.minimum(np.searchsorted(wanted, listed), max(0, len(wanted) - 1))
    hits: NDArray[np.bool_] = (items >= 0) & (wanted[at] == listed if len(wanted) else False)
    return hits


def beyond_accuracy(
    lists: RankedLists, n_positives: NDArray[np.float64], genres: NDArray[np.float32]
) -> PerUser:
    """Novelty, diversity and mean popularity of each user's first ten.

    Parameters
    ----------
    lists : RankedLists
        (n_users, depth)
    n_positives : array of float64 (n_items,)
        All-time popularity in the fit window, at least 1 each.
    genres : array of float32 (n_items, n_genres)
        One-hot.

    Returns
    -------
    mapping of MetricKey to array of float64 (n_users,)
        nan where the user is left out.
    """
    items = lists.items[:, :BEYOND_ACCURACY_K]
    listed = items >= 0
    length = listed.sum(axis=1).astype(np.float64)
    surprise = -np.log2(n_positives / n_positives.sum())

    def mean_over_list(of_item: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.where(listed, of_item[items], 0.0).sum(axis=1)
        return _quotient(total, length)

    diversity = np.concatenate(
        [np.zeros(0)]
        + [
            _diversity(items[start : start + BATCH_USERS], genres)
            for start in range(0, len(items), BATCH_USERS)
        ]
    )
    return {
        MetricKey("novelty", BEYOND_ACCURACY_K): mean_over_list(surprise),
        MetricKey("diversity", BEYOND_ACCURACY_K): diversity,
        MetricKey("mean_popularity", BEYOND_ACCURACY_K): mean_over_list(n_positives),
    }


def _diversity(items: NDArray[np.int32], genres: NDArray[np.float32]) -> NDArray[np.float64]:
    listed = items >= 0
    of_list = genres[items].astype(np.float64) * listed[:, :, None]
    shared = of_list @ of_list.transpose(0, 2, 1)
    sizes = of_list.sum(axis=2)
    either = sizes[:, :, None] + sizes[:, None, :] - shared
    jaccard = np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)
    first, second = np.triu_indices(items.shape[1], 1)
    pairs = listed[:, first] & listed[:, second]
    apart = np.where(pairs, 1 - jaccard[:, first, second], 0.0).sum(axis=1)
    n_pairs = pairs.sum(axis=1).astype(np.float64)
    return _quotient(apart, n_pairs)


def _quotient(total: NDArray[np.float64], count: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide, with nan where there is nothing to divide by."""
    out: NDArray[np.float64] = np.full(len(total), np.nan)
    np.divide(total, count, out=out, where=count > 0)
    return out
