"""How sure a mean over users is: percentile bootstrap, plain and paired.

B. Efron and R. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from warehouse.errors import TrainingError

RESAMPLES = 2_000
CONFIDENCE = 0.95
BATCH_DRAWS = 4_000_000


@dataclass(frozen=True)
class PairedDifference:
    """Challenger less champion, over the same users.

    Attributes
    ----------
    difference : float
        Of the means.
    ci_low, ci_high : float
        Percentile interval of the difference at 95 %.
    p_better : float
        Share of resamples in which the challenger is ahead; a tie counts half.
    n_users : int
    """

    difference: float
    ci_low: float
    ci_high: float
    p_better: float
    n_users: int


def mean_intervals(
    values: NDArray[np.float64], seed: int = 0, resamples: int = RESAMPLES
) -> NDArray[np.float64]:
    """Percentile intervals at 95 % of the mean of each column.

    All columns share the same resamples of users. A nan leaves the user out of
    that column, in each resample as in the mean itself.

    Parameters
    ----------
    values : array of float64 (n_users, n_metrics)
    seed : int
    resamples : int

    Returns
    -------
    array of float64 (n_metrics, 2)
        Low and high; nan where no user has a value.
    """
    present = ~np.isnan(values)
    filled = np.where(present, values, 0.0)
    means = []
    # One thread, so that sums are taken in the same order on every machine.
    with threadpool_limits(limits=1, user_api="blas"):
        for draws in _draws(len(values), seed, resamples):
            weight = draws @ present.astype(np.float64)
            total = draws @ filled
            means.append(
                np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 0)
            )
    stacked = np.concatenate(means)
    usable = present.any(axis=0)
    intervals = np.full((values.shape[1], 2), np.nan)
    tail = (1 - CONFIDENCE) / 2
    intervals[usable] = np.nanquantile(stacked[:, usable], [tail, 1 - tail], axis=0).T
    return intervals


def paired_difference(
    challenger: NDArray[np.float64],
    champion: NDArray[np.float64],
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> PairedDifference:
    """Compare two models user by user, each user drawn with both of its values.

    Parameters
    ----------
    challenger, champion : array of float64 (n_users,)
        The same metric of the same users in the same order.

    Raises
    ------
    TrainingError
        No users, or not the same number of them.
    """
    if challenger.shape != champion.shape or not len(challenger):
        raise TrainingError(
            f"paired comparison: {len(challenger)} users against {len(champion)}, "
            "expected the same users, at least one"
        )
    differences = challenger - champion
    means = np.concatenate(
        [
            draws @ differences / len(differences)
            for draws in _draws(len(differences), seed, resamples)
        ]
    )
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return PairedDifference(
        difference=float(differences.mean()),
        ci_low=float(low),
        ci_high=float(high),
        p_better=float((means > 0).mean() + (means == 0).mean() / 2),
        n_users=len(differences),
    )


def _draws(n_users: int, seed: int, resamples: int) -> Iterator[NDArray[np.float64]]:
    """Yield how often each user is drawn, in batches of resamples, (n_batch, n_users)."""
    generator = np.random.default_rng(seed)
    step = max(1, BATCH_DRAWS // max(1, n_users))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = generator.integers(n_users, size=(size, n_users))
        drawn += np.arange(size)[:, None] * n_users
        counts = np.bincount(drawn.ravel(), minlength=size * n_users)
        yield counts.reshape(size, n_users).astype(np.float64)
