"""What a recommender sees: histories, the training set, and the sets it is evaluated on.

Rows are users, columns are the movies of the catalogue, in the order of
``movie_ids``. Everything here has been cut at a point in time by SQL; nothing
in this package moves that point.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


@dataclass(frozen=True)
class Histories:
    """Positive interactions of some users, at most one a movie.

    Both matrices share one sparsity pattern, rows sorted by column.

    Attributes
    ----------
    ratings : csr_array of float32 (n_users, n_items)
        Stars.
    ages : csr_array of float32 (n_users, n_items)
        Days from the interaction to the moment of asking, **plus one**: an
        interaction of this very moment is stored as 1, so that no entry is an
        explicit zero that a sparse operation would drop. The moment of asking
        is the cutoff of the fit window; for a new user, whose history lies
        after the cutoff, it is that user's own latest interaction.
    """

    ratings: sparse.csr_array
    ages: sparse.csr_array

    @property
    def n_users(self) -> int:
        """Number of rows."""
        return int(self.ratings.shape[0])

    @property
    def n_items(self) -> int:
        """Number of columns: the size of the catalogue."""
        return int(self.ratings.shape[1])

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of positives of each user, shape (n_users,)."""
        lengths: NDArray[np.int64] = np.diff(self.ratings.indptr).astype(np.int64)
        return lengths

    def take(self, rows: Any) -> "Histories":
        """Histories of the given rows (a slice or an array of row numbers), in that order."""
        return Histories(self.ratings[rows], self.ages[rows])

    @classmethod
    def from_entries(
        cls,
        rows: NDArray[Any],
        columns: NDArray[Any],
        ratings: NDArray[Any],
        ages: NDArray[Any],
        shape: tuple[int, int],
    ) -> "Histories":
        """Build both matrices from parallel columns, in any order, without duplicates.

        Parameters
        ----------
        rows, columns : array of int (n_entries,)
        ratings : array (n_entries,)
            Stars.
        ages : array (n_entries,)
            Days before the moment of asking, from 0 (the one is added here).
        shape : (n_users, n_items)
        """
        # The pattern is sorted once, carrying the entry numbers as values.
        pattern = sparse.csr_array(
            (np.arange(len(rows), dtype=np.int32), (rows, columns)), shape=shape
        )
        pattern.sort_indices()
        order = pattern.data

        def values(entries: NDArray[Any]) -> sparse.csr_array:
            data = entries.astype(np.float32, copy=False)[order]
            return sparse.csr_array((data, pattern.indices, pattern.indptr), shape=shape)

        return cls(values(ratings), values(np.asarray(ages, np.float32) + np.float32(1)))

    @classmethod
    def empty(cls, n_users: int, n_items: int) -> "Histories":
        """Users of whom nothing is known."""
        none = np.zeros(0, np.int32)
        return cls.from_entries(none, none, none, none, (n_users, n_items))


@dataclass(frozen=True)
class TrainingSet:
    """All that a recommender may learn from: what lies strictly before `cutoff_at`.

    Attributes
    ----------
    dataset, fit_window : str
    cutoff_at : datetime
        UTC, without a zone.
    user_ids : array of int32 (n_users,)
        Sorted; users with at least one positive in the window.
    movie_ids : array of int32 (n_items,)
        Sorted; the catalogue, movies with at least one positive in the window.
    histories : Histories
    seen : csr_array of bool (n_users, n_items)
        Any rating before the cutoff, good or bad.
    popularity : mapping of half-life in days to array of float64 (n_items,)
        Sum of ``0.5 ** (age / half-life)`` over the positives; key None: the count.
    returning_popularity : mapping of half-life in days to array of float64 (n_items,)
        The same over the positives of returning users only; see ``fct_returning_popularity``.
    genres : array of float32 (n_items, n_genres)
        One-hot, genres in the order of ``dim_genres``.
    years : array of float32 (n_items,)
        Year of release; nan where the title has none.
    last_interaction_at : datetime
        The latest interaction in the window: evidence of what a fit has read.
    """

    dataset: str
    fit_window: str
    cutoff_at: datetime
    user_ids: NDArray[np.int32]
    movie_ids: NDArray[np.int32]
    histories: Histories
    seen: sparse.csr_array
    popularity: Mapping[int | None, NDArray[np.float64]]
    returning_popularity: Mapping[int | None, NDArray[np.float64]]
    genres: NDArray[np.float32]
    years: NDArray[np.float32]
    last_interaction_at: datetime

    @property
    def n_users(self) -> int:
        """Number of known users."""
        return len(self.user_ids)

    @property
    def n_items(self) -> int:
        """Size of the catalogue."""
        return len(self.movie_ids)

    @property
    def n_interactions(self) -> int:
        """Number of positives in the window."""
        return int(self.histories.ratings.nnz)


@dataclass(frozen=True)
class EvaluationSet:
    """One population of one split: what is known of its users and what they liked next.

    Attributes
    ----------
    split : str
        ``validation`` or ``test``.
    population : str
        ``warm``, ``new_0`` ... ``new_10`` or ``all``.
    user_ids : array of int32 (n_users,)
        Sorted.
    movie_ids : array of int32 (n_items,)
        The catalogue of the training set.
    histories : Histories
        What the recommender is told.
    seen : csr_array of bool (n_users, n_items)
        Never recommended: any rating before the cutoff, and the history.
    targets : csr_array of bool (n_users, n_items)
        At least one a user.
    """

    split: str
    population: str
    user_ids: NDArray[np.int32]
    movie_ids: NDArray[np.int32]
    histories: Histories
    seen: sparse.csr_array
    targets: sparse.csr_array

    @property
    def n_users(self) -> int:
        """Number of users in the population."""
        return len(self.user_ids)


@dataclass(frozen=True)
class TuningSet:
    """What a search for hyper-parameters may read: nothing at or after the start of test.

    Attributes
    ----------
    training_set : TrainingSet
        The fit window `train`.
    evaluation_sets : mapping of population to EvaluationSet
        The split `validation`.
    last_read_at : datetime
        The latest interaction in any of them.
    n_interactions : int
        Interactions read, training and validation together.
    """

    training_set: TrainingSet
    evaluation_sets: Mapping[str, EvaluationSet]
    last_read_at: datetime
    n_interactions: int
