"""What a bundle takes from the marts beside the model: films, genres, everything rated."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from models_py.data import marts
from models_py.data.interactions import TrainingSet
from warehouse.bundle.layout import POPULARITY_WINDOWS, Ragged


def item_features(
    connection: duckdb.DuckDBPyConnection, catalogue: NDArray[np.int32]
) -> tuple[list[dict[str, Any]], list[float]]:
    """Features of every movie of the edition by ``movie_id``, and the ratings that are counted.

    ``rating_counts`` of a movie holds how many ratings it has of each of those values.
    """
    (values,) = marts.columns(
        connection, "select distinct rating from marts.fct_ratings order by rating"
    )
    movie, rating, count = marts.columns(
        connection,
        "select movie_id, rating, count(*)::integer from marts.fct_ratings group by all",
    )
    films = connection.execute(
        """
        select movie_id, title, year, genres, n_ratings, mean_rating, n_positives
        from marts.dim_movies order by movie_id
        """
    ).to_arrow_table()
    ids = films.column("movie_id").to_numpy()
    counts = np.zeros((len(ids), len(values)), dtype=np.int64)
    counts[marts.positions(ids, movie), np.searchsorted(values, rating)] = count
    trained = np.isin(ids, catalogue)
    features = [
        {**film, "rating_counts": row, "in_catalogue": known}
        for film, row, known in zip(
            films.to_pylist(), counts.tolist(), trained.tolist(), strict=True
        )
    ]
    return features, values.tolist()


def seen(
    connection: duckdb.DuckDBPyConnection, training_set: TrainingSet, others: Sequence[int]
) -> Ragged:
    """Every rating on a catalogue movie, with stars and epoch seconds.

    Rows are the known users, then `others`, ascending ids of whom the model does not know.
    """
    user, movie, rating, instant = marts.columns(
        connection,
        """
        select user_id, movie_id, rating::float, epoch(rated_at)::bigint
        from marts.fct_ratings where rated_at < $cutoff_at
        """,
        cutoff_at=training_set.cutoff_at,
    )
    rows = marts.positions(training_set.user_ids, user)
    beyond = marts.positions(np.asarray(others, dtype=user.dtype), user)
    rows = np.where(beyond >= 0, training_set.n_users + beyond, rows)
    columns = marts.positions(training_set.movie_ids, movie)
    kept = np.flatnonzero((rows >= 0) & (columns >= 0))
    order = kept[np.lexsort((columns[kept], rows[kept]))]
    lengths = np.bincount(rows[order], minlength=training_set.n_users + len(others))
    return Ragged(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        columns[order].astype(np.int32),
        (rating[order].astype(np.float32), instant[order].astype(np.int64)),
    )


def genre_popularity(
    connection: duckdb.DuckDBPyConnection, training_set: TrainingSet
) -> Mapping[str, Mapping[str, list[int]]]:
    """Catalogue rows of each genre, most popular first, by all-time and by decayed popularity."""
    ranked: dict[str, dict[str, list[int]]] = {}
    orders = ("n_positives desc, decayed_popularity desc", "decayed_popularity desc")
    for window, order in zip(POPULARITY_WINDOWS, orders, strict=True):
        genre, movie = marts.columns(
            connection,
            f"""
            select genre, movie_id from marts.fct_genre_popularity
            where fit_window = $fit_window
            order by genre, {order}, movie_id
            """,  # noqa: S608 - one of the two orders above
            fit_window=training_set.fit_window,
        )
        rows = marts.positions(training_set.movie_ids, movie)
        for name, row in zip(genre.tolist(), rows.tolist(), strict=True):
            if row >= 0:
                ranked.setdefault(name, {}).setdefault(window, []).append(row)
    return ranked


def users_without_history(
    connection: duckdb.DuckDBPyConnection, training_set: TrainingSet
) -> list[int]:
    """Users of the edition whom the model does not know, ascending."""
    (everyone,) = marts.columns(connection, "select user_id from marts.dim_users order by user_id")
    unknown: list[int] = np.setdiff1d(everyone, training_set.user_ids).tolist()
    return unknown


def first_interaction(connection: duckdb.DuckDBPyConnection, training_set: TrainingSet) -> str:
    """Instant of the earliest interaction that was trained on, ISO."""
    ((first,),) = connection.execute(
        "select min(interacted_at) from marts.fct_interactions where interacted_at < $cutoff_at",
        {"cutoff_at": training_set.cutoff_at},
    ).fetchall()
    return str(first.replace(tzinfo=UTC).isoformat())
