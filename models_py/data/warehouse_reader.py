"""The warehouse's marts as training, evaluation and tuning sets.

All cutting in time is a comparison with ``dim_fit_windows.cutoff_at`` inside
the queries of ``marts.py``.
"""

from datetime import datetime
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from models_py.data import marts
from models_py.data.interactions import EvaluationSet, Histories, TrainingSet, TuningSet
from warehouse.errors import BuildError

# What is known of these users is what the fit window holds; others bring their own history.
WINDOW_POPULATIONS = ("warm", "all")
FIT_WINDOW_OF_SPLIT = {"validation": "train", "test": "train_validation"}


def read_training_set(
    connection: duckdb.DuckDBPyConnection, fit_window: str, dataset: str = ""
) -> TrainingSet:
    """Read everything that lies strictly before a fit window's cutoff.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Read-only, on a built warehouse.
    fit_window : {"train", "train_validation", "all"}
    dataset : str, optional
        Name of the edition, carried along for the record.

    Raises
    ------
    BuildError
        The warehouse lacks the window, or it holds no interaction.
    """
    cutoff_at = marts.cutoff(connection, fit_window)
    user, movie, rating, age, instant = marts.positives_before(connection, cutoff_at)
    if not len(user):
        raise BuildError(
            f"fit window {fit_window!r}: holds 0 interactions, expected at least 1",
            hint="use a larger edition, or lower the filters in dbt_project/dbt_project.yml",
        )
    user_ids, movie_ids = np.unique(user), np.unique(movie)
    return TrainingSet(
        dataset=dataset,
        fit_window=fit_window,
        cutoff_at=cutoff_at,
        user_ids=user_ids,
        movie_ids=movie_ids,
        histories=Histories.from_entries(
            marts.positions(user_ids, user),
            marts.positions(movie_ids, movie),
            rating,
            age,
            (len(user_ids), len(movie_ids)),
        ),
        seen=marts.rated_before(connection, cutoff_at, user_ids, movie_ids),
        popularity=marts.popularity(connection, fit_window, movie_ids),
        returning_popularity=marts.popularity(
            connection, fit_window, movie_ids, "marts.fct_returning_popularity"
        ),
        genres=marts.genres(connection, movie_ids),
        years=marts.years(connection, movie_ids),
        last_interaction_at=np.datetime64(int(instant.max()), "us").item(),
    )


def read_evaluation_sets(
    connection: duckdb.DuckDBPyConnection, split: str, training_set: TrainingSet
) -> dict[str, EvaluationSet]:
    """Read every population of a split, on the catalogue of its training set.

    Raises
    ------
    BuildError
        The training set was not read from the window that ends where the split begins.
    """
    if FIT_WINDOW_OF_SPLIT.get(split) != training_set.fit_window:
        raise BuildError(
            f"split={split!r}: a training set of fit window {training_set.fit_window!r} cannot be "
            f"evaluated on it, expected one of {FIT_WINDOW_OF_SPLIT}"
        )
    (everyone,) = marts.columns(
        connection,
        """
        select distinct user_id from marts.fct_evaluation_targets
        where split = $split order by all
        """,
        split=split,
    )
    rated = marts.rated_before(connection, training_set.cutoff_at, everyone, training_set.movie_ids)
    (populations,) = marts.columns(
        connection,
        """
        select distinct population from marts.fct_evaluation_targets
        where split = $split order by all
        """,
        split=split,
    )
    sets = {}
    for population in map(str, populations):
        user, movie = marts.columns(
            connection,
            """
            select user_id, movie_id from marts.fct_evaluation_targets
            where split = $split and population = $population
            """,
            split=split,
            population=population,
        )
        users = np.unique(user)
        told = (
            _given_histories(connection, (split, population), users, training_set.movie_ids)
            if population not in WINDOW_POPULATIONS
            else _window_histories(training_set, users)
        )
        sets[population] = EvaluationSet(
            split=split,
            population=population,
            user_ids=users,
            movie_ids=training_set.movie_ids,
            histories=told,
            seen=_either(rated[marts.positions(everyone, users)], told.ratings),
            targets=marts.flags(
                marts.positions(users, user),
                marts.positions(training_set.movie_ids, movie),
                (len(users), training_set.n_items),
            ),
        )
    return sets


def read_tuning_set(
    connection: duckdb.DuckDBPyConnection, test_starts_at: datetime, dataset: str = ""
) -> TuningSet:
    """Read what a search may see of one fold, and prove that none of it belongs to test.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Read-only, on the fold's own warehouse.
    test_starts_at : datetime
        Where test starts in the warehouse that the recipe will be judged in,
        which is not what the fold itself calls test.
    dataset : str, optional
        Name of the edition, carried along for the record.

    Raises
    ------
    BuildError
        A row handed out lies at or after the start of test.
    """
    training_set = read_training_set(connection, "train", dataset)
    evaluation_sets = read_evaluation_sets(connection, "validation", training_set)
    last_target, n_targets = connection.execute(
        """
        select max(interacted_at), count(*)
        from marts.fct_interactions
        semi join (
            select user_id, movie_id from marts.fct_evaluation_targets
            where split = 'validation'
            union all
            select user_id, movie_id from marts.fct_evaluation_histories
            where split = 'validation'
        ) as handed_out using (user_id, movie_id)
        """
    ).fetchall()[0]
    last_read_at = max(training_set.last_interaction_at, last_target or datetime.min)
    if last_read_at >= test_starts_at:
        raise BuildError(
            f"tuning would read an interaction of {last_read_at}: expected all before the start "
            f"of test, {test_starts_at}",
            hint="choose smaller shares in tuning.folds of the recipe",
        )
    return TuningSet(
        training_set, evaluation_sets, last_read_at, training_set.n_interactions + n_targets
    )


def _window_histories(training_set: TrainingSet, users: NDArray[Any]) -> Histories:
    """Return rows of the training set; a user whom it does not know gets an empty row."""
    rows = marts.positions(training_set.user_ids, users)
    known = np.flatnonzero(rows >= 0)
    entries = training_set.histories.take(rows[known])
    return Histories.from_entries(
        np.repeat(known, entries.lengths),
        entries.ratings.indices,
        entries.ratings.data,
        entries.ages.data - np.float32(1),
        (len(users), training_set.n_items),
    )


def _given_histories(
    connection: duckdb.DuckDBPyConnection,
    split_and_population: tuple[str, str],
    users: NDArray[Any],
    movie_ids: NDArray[Any],
) -> Histories:
    user, movie, rating, age = marts.given_histories(connection, *split_and_population)
    rows, columns = marts.positions(users, user), marts.positions(movie_ids, movie)
    # A positive on a movie that the catalogue does not hold tells a recommender nothing.
    kept = (rows >= 0) & (columns >= 0)
    return Histories.from_entries(
        rows[kept], columns[kept], rating[kept], age[kept], (len(users), len(movie_ids))
    )


def _either(rated: sparse.csr_array, told: sparse.csr_array) -> sparse.csr_array:
    union = (rated + told.astype(np.bool_)).astype(np.bool_).tocsr()
    union.sort_indices()
    return union
