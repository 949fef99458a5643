"""Visits as the edition's ratings tell of them, in the order of time."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.sources.manifest import RATINGS, RATINGS_SCHEMA

# A rating that comes later after the one before it begins another visit.
SESSION_GAP_MINUTES = 30

_VISITS = f"""
with held_out as (
    select
        *,
        coalesce(
            rated_at > lag(rated_at) over in_time + interval {SESSION_GAP_MINUTES} minute, true
        ) as begins
    from ratings
    where rated_at >= $as_of
    window in_time as (partition by user_id order by rated_at, movie_id)
),
numbered as (
    select
        *,
        count(*) filter (begins) over (
            partition by user_id order by rated_at, movie_id rows unbounded preceding
        ) as visit
    from held_out
)
select
    user_id,
    user_id not in (select user_id from ratings where rated_at < $begins_at) as is_new,
    list((epoch_us(rated_at) / 1e6, movie_id, rating) order by rated_at, movie_id)
from numbered
group by user_id, visit
having min(rated_at) >= $begins_at and min(rated_at) < $ends_at
order by min(rated_at), user_id
"""  # noqa: S608 - a constant is the only thing formatted in

_SLICE = """
select user_id, movie_id, rating, rated_at
from ratings
where rated_at >= $begins_at and rated_at < $ends_at
order by rated_at, user_id, movie_id
"""


@dataclass(frozen=True)
class Rating:
    """A rating given during a visit, `at` in seconds since the epoch."""

    at: float
    movie_id: int
    stars: float


@dataclass(frozen=True)
class Visit:
    """Ratings of one user with no long pause between them.

    Attributes
    ----------
    user_id : int
    is_new : bool
        Whether the user has rated nothing before the slice of time that the visit lies in.
    ratings : tuple of Rating
        At least one, in the order of time.
    """

    user_id: int
    is_new: bool
    ratings: tuple[Rating, ...]


class HeldOut:
    """What an edition holds from an instant on.

    Parameters
    ----------
    raw : Path
        The edition's folder of typed Parquet.
    as_of : datetime
        UTC, without a zone, as are all instants here.
    """

    def __init__(self, raw: Path, as_of: datetime) -> None:
        self._as_of = as_of
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.read_parquet(str(raw / RATINGS)).create_view("ratings")

    @property
    def ends_at(self) -> datetime:
        """Instant of the last rating."""
        instant: datetime = self._all("select max(rated_at) from ratings")[0][0]
        return instant

    def visits(self, begins_at: datetime, ends_at: datetime) -> list[Visit]:
        """Visits that begin in a slice of time, its end excluded, the earliest first."""
        bounds = {"as_of": self._as_of, "begins_at": begins_at, "ends_at": ends_at}
        return [
            Visit(user, is_new, tuple(Rating(*rating) for rating in ratings))
            for user, is_new, ratings in self._all(_VISITS, **bounds)
        ]

    def ratings(self, begins_at: datetime, ends_at: datetime) -> pa.Table:
        """Ratings of a slice of time, its end excluded, as rows of `RATINGS_SCHEMA`."""
        found = self._connection.execute(_SLICE, {"begins_at": begins_at, "ends_at": ends_at})
        return found.to_arrow_table().cast(RATINGS_SCHEMA)

    def _all(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, parameters).fetchall()
