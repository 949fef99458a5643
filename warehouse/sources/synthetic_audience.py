"""The users of a synthetic edition: what they like, how much they rate, when they come."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from warehouse.sources.synthetic_world import SPAN_DAYS, World
from warehouse.sources.users import USERS_SCHEMA

N_FAVOURITES = 3
_RATINGS_A_USER = 90
_FEWEST_RATINGS = 10
_LARGEST_SHARE_OF_MOVIES = 0.25
_SHARE_OF_ONE_VISIT = 0.3
_RATINGS_A_VISIT = 8
_MEAN_LIFE_DAYS = 300.0
_VISIT_SECONDS = 3_600
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Audience:
    """Users, one a row.

    Attributes
    ----------
    favourites : NDArray of int64, shape (n_users, N_FAVOURITES)
        Tastes, the dearest first.
    bias : NDArray of float64, shape (n_users,)
        Stars by which a user rates above or below others.
    n_ratings : NDArray of int64, shape (n_users,)
    n_visits : NDArray of int64, shape (n_users,)
    arrival_day, life_days : NDArray of float64, shape (n_users,)
        First visit, and how long after it further ones may come.
    age : NDArray of int64, shape (n_users,)
    is_female : NDArray of bool, shape (n_users,)
    """

    favourites: NDArray[np.int64]
    bias: NDArray[np.float64]
    n_ratings: NDArray[np.int64]
    n_visits: NDArray[np.int64]
    arrival_day: NDArray[np.float64]
    life_days: NDArray[np.float64]
    age: NDArray[np.int64]
    is_female: NDArray[np.bool_]

    def table(self) -> pa.Table:
        """Users as ``users.parquet`` holds them."""
        n_users = len(self.bias)
        columns = [
            np.arange(1, n_users + 1, dtype=np.int32),
            self.age.astype(np.int32),
            pa.array(np.where(self.is_female, "F", "M").tolist(), pa.string()),
            pa.nulls(n_users, pa.string()),
            pa.nulls(n_users, pa.string()),
        ]
        return pa.table(columns, schema=USERS_SCHEMA)


def make_audience(n_ratings: int, world: World, seed: int) -> Audience:
    """Make the users who give exactly `n_ratings` ratings among them.

    Activity is log-normal (long-tailed), arrivals spread over the whole span
    with a crowd at its start, and most users come back over months.
    """
    rng = np.random.default_rng([seed, 1])
    most = int(_LARGEST_SHARE_OF_MOVIES * world.n_movies)
    # In small editions few movies bound what a user can rate, so more users are needed.
    n_users = max(n_ratings // _RATINGS_A_USER, -(-3 * n_ratings // (2 * most)))
    counts = _share_out(rng, n_ratings, n_users, most)
    first_days = rng.uniform(0, 0.1 * SPAN_DAYS, n_users)
    any_day = rng.uniform(0, 0.97 * SPAN_DAYS, n_users)
    arrival = np.where(rng.random(n_users) < 0.25, first_days, any_day)
    returns = rng.random(n_users) >= _SHARE_OF_ONE_VISIT
    tastes = rng.random((n_users, world.n_clusters)).argsort(axis=1)[:, :N_FAVOURITES]
    return Audience(
        favourites=tastes,
        bias=rng.normal(0, 0.35, n_users),
        n_ratings=counts,
        n_visits=1 + returns * rng.poisson(counts / _RATINGS_A_VISIT),
        arrival_day=arrival,
        life_days=np.minimum(SPAN_DAYS - arrival, rng.exponential(_MEAN_LIFE_DAYS, n_users)),
        age=rng.integers(15, 76, n_users),
        is_female=rng.random(n_users) < 0.4,
    )


class Visits:
    """When some users come, their visits laid end to end.

    Parameters
    ----------
    rng : numpy.random.Generator
    audience : Audience
    users : NDArray of int64, shape (n,)
        Positions in `audience`.
    """

    def __init__(
        self, rng: np.random.Generator, audience: Audience, users: NDArray[np.int64]
    ) -> None:
        self.count = audience.n_visits[users]
        self.first = np.cumsum(self.count) - self.count
        row = np.repeat(users, self.count)
        later = rng.random(len(row))
        later[self.first] = 0.0
        day = audience.arrival_day[row] + later * audience.life_days[row]
        self.second = (day * DAY_SECONDS).astype(np.int64)

    def draw(self, rng: np.random.Generator, row: NDArray[np.int64]) -> NDArray[np.int32]:
        """Draw a second of one of its user's visits for each row.

        Parameters
        ----------
        rng : numpy.random.Generator
        row : NDArray of int64
            Positions among the users given at the start.
        """
        visit = self.first[row] + (rng.random(len(row)) * self.count[row]).astype(np.int64)
        second = self.second[visit] + rng.integers(0, _VISIT_SECONDS, len(row))
        bounded: NDArray[np.int64] = np.minimum(second, SPAN_DAYS * DAY_SECONDS - 1)
        return bounded.astype(np.int32)


def _share_out(
    rng: np.random.Generator, n_ratings: int, n_users: int, most: int
) -> NDArray[np.int64]:
    weights = rng.lognormal(0, 1.1, n_users)
    spare = n_ratings - _FEWEST_RATINGS * n_users
    shares = np.floor(weights / weights.sum() * spare)
    counts: NDArray[np.int64] = _FEWEST_RATINGS + shares.astype(np.int64)
    counts = np.minimum(counts, most)
    while (left := n_ratings - int(counts.sum())) > 0:
        open_users = rng.permutation(np.flatnonzero(counts < most))
        gain = np.minimum(most - counts[open_users], -(-left // len(open_users)))
        # The last ones to be served get only what is left.
        counts[open_users] += np.clip(left - (np.cumsum(gain) - gain), 0, gain)
    return counts
