"""Columns of the marts as arrays and sparse matrices; every query that models need.

Columns come over as Arrow and are turned into matrices by array operations,
so that 25 million interactions cost seconds.
"""

from datetime import datetime
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from warehouse.errors import BuildError

MICROSECONDS_A_DAY = 86_400_000_000
# Ids above it are searched for instead of being looked up in a table of that size.
LARGEST_LOOKUP = 50_000_000


def columns(
    connection: duckdb.DuckDBPyConnection, query: str, **parameters: Any
) -> list[NDArray[Any]]:
    """Run a query and return its columns, each of shape (n_rows,)."""
    table = connection.execute(query, parameters).to_arrow_table()
    return [column.to_numpy() for column in table.columns]


def positions(sorted_ids: NDArray[Any], ids: NDArray[Any]) -> NDArray[np.int32]:
    """Position of each id among sorted unique ones, -1 where it is not there; no id is negative."""
    if not len(sorted_ids):
        return np.full(len(ids), -1, np.int32)
    beyond = int(sorted_ids[-1]) + 1
    if beyond <= LARGEST_LOOKUP:
        # Thirty times faster than a search for the millions of rows of a large edition.
        lookup = np.full(beyond + 1, -1, np.int32)
        lookup[sorted_ids] = np.arange(len(sorted_ids), dtype=np.int32)
        found: NDArray[np.int32] = lookup[np.minimum(ids, beyond)]
        return found
    at = np.searchsorted(sorted_ids, ids).astype(np.int32)
    at[at == len(sorted_ids)] = 0
    at[sorted_ids[at] != ids] = -1
    return at


def flags(rows: NDArray[Any], columns_: NDArray[Any], shape: tuple[int, int]) -> sparse.csr_array:
    """Boolean matrix that is true at the given places; places outside (-1) are left out."""
    kept = (rows >= 0) & (columns_ >= 0)
    matrix = sparse.csr_array(
        (np.ones(np.count_nonzero(kept), np.bool_), (rows[kept], columns_[kept])), shape=shape
    )
    matrix.sum_duplicates()
    return matrix


def cutoff(connection: duckdb.DuckDBPyConnection, fit_window: str) -> datetime:
    """Instant at which a fit window ends; the window holds what is strictly before.

    Raises
    ------
    BuildError
        The warehouse has no such window.
    """
    row = connection.execute(
        "select cutoff_at from marts.dim_fit_windows where fit_window = $fit_window",
        {"fit_window": fit_window},
    ).fetchone()
    if row is None:
        raise BuildError(
            f"fit_window={fit_window!r}: not in marts.dim_fit_windows of this warehouse, "
            "expected train, train_validation or all",
            hint="run `make build`",
        )
    cutoff_at: datetime = row[0]
    return cutoff_at


def positives_before(
    connection: duckdb.DuckDBPyConnection, cutoff_at: datetime
) -> list[NDArray[Any]]:
    """Positives of a window: user_id, movie_id, rating, age in days, microseconds since 1970."""
    return columns(
        connection,
        f"""
        select
            user_id,
            movie_id,
            rating::float as rating,
            ((epoch_us($cutoff_at) - epoch_us(interacted_at)) / {MICROSECONDS_A_DAY})::float as age,
            epoch_us(interacted_at) as interacted_us
        from marts.fct_interactions
        where interacted_at < $cutoff_at
        """,  # noqa: S608 - the constant above is the only thing formatted in
        cutoff_at=cutoff_at,
    )


def given_histories(
    connection: duckdb.DuckDBPyConnection, split: str, population: str
) -> list[NDArray[Any]]:
    """First positives of new users: user_id, movie_id, rating, days before their own latest."""
    return columns(
        connection,
        f"""
        select
            user_id,
            movie_id,
            rating::float as rating,
            ((
                max(epoch_us(interacted_at)) over (partition by user_id)
                - epoch_us(interacted_at)
            ) / {MICROSECONDS_A_DAY})::float as age
        from marts.fct_evaluation_histories
        where split = $split and population = $population
        """,  # noqa: S608
        split=split,
        population=population,
    )


def rated_before(
    connection: duckdb.DuckDBPyConnection,
    cutoff_at: datetime,
    user_ids: NDArray[Any],
    movie_ids: NDArray[Any],
) -> sparse.csr_array:
    """Every rating before the cutoff, good or bad, as flags (n_users, n_items)."""
    user, movie = columns(
        connection,
        "select user_id, movie_id from marts.fct_ratings where rated_at < $cutoff_at",
        cutoff_at=cutoff_at,
    )
    return flags(
        positions(user_ids, user), positions(movie_ids, movie), (len(user_ids), len(movie_ids))
    )


def popularity(
    connection: duckdb.DuckDBPyConnection,
    fit_window: str,
    movie_ids: NDArray[Any],
    mart: str = "marts.fct_movie_popularity",
) -> dict[int | None, NDArray[np.float64]]:
    """Popularity of each catalogue movie as of the cutoff, by half-life in days (None: count).

    `mart` says among whom: everybody, or ``marts.fct_returning_popularity`` for returning users.
    """
    return _by_half_life(
        movie_ids,
        *columns(
            connection,
            f"""
            select coalesce(half_life_days, 0), movie_id, popularity
            from {mart}
            where fit_window = $fit_window
            """,  # noqa: S608 - a name out of the code
            fit_window=fit_window,
        ),
    )


def _by_half_life(
    movie_ids: NDArray[Any],
    half_life: NDArray[Any],
    movie: NDArray[Any],
    value: NDArray[Any],
) -> dict[int | None, NDArray[np.float64]]:
    at = positions(movie_ids, movie)
    by_half_life: dict[int | None, NDArray[np.float64]] = {}
    for days in np.unique(half_life):
        kept = (half_life == days) & (at >= 0)
        counted = np.zeros(len(movie_ids))
        counted[at[kept]] = value[kept]
        by_half_life[int(days) or None] = counted
    return by_half_life


def genres(connection: duckdb.DuckDBPyConnection, movie_ids: NDArray[Any]) -> NDArray[np.float32]:
    """Genres of each catalogue movie, one-hot in the order of ``dim_genres``."""
    (ordered,) = columns(connection, "select genre_index from marts.dim_genres order by all")
    movie, genre_index = columns(
        connection,
        """
        select movies.movie_id, genres.genre_index
        from (select movie_id, unnest(genres) as genre from marts.dim_movies) as movies
        inner join marts.dim_genres as genres using (genre)
        """,
    )
    onehot = flags(
        positions(movie_ids, movie),
        positions(ordered, genre_index),
        (len(movie_ids), len(ordered)),
    )
    dense: NDArray[np.float32] = onehot.toarray().astype(np.float32)
    return dense


def years(connection: duckdb.DuckDBPyConnection, movie_ids: NDArray[Any]) -> NDArray[np.float32]:
    """Year of release of each catalogue movie, nan where it is not known."""
    movie, year = columns(
        connection,
        "select movie_id, year::float from marts.dim_movies where year is not null",
    )
    at = positions(movie_ids, movie)
    of_movie = np.full(len(movie_ids), np.nan, np.float32)
    of_movie[at[at >= 0]] = year[at >= 0]
    return of_movie
