"""The vector of a person: stored, or folded in from what they have named."""

import numpy as np

from warehouse.bundle.components import Array
from warehouse.bundle.reader import Bundle
from webapp.recommender.membership import are_among


class UserVectors:
    """Vectors of known users, and of seeds with or without a history."""

    def __init__(self, bundle: Bundle) -> None:
        self._stored, self._histories = bundle.user_embeddings, bundle.histories
        self._fold_in = bundle.fold_in
        self._default_rating = float(bundle.metadata["default_rating"])

    def find(self, user_row: int | None, seeds: Array) -> Array | None:
        """Vector, float32 ``(d,)``; none for somebody unknown who has named nothing.

        Parameters
        ----------
        user_row : int or None
            Of a known user.
        seeds : int64 array (n,)
            Catalogue rows of liked movies, ascending; may be empty.
        """
        if len(seeds) == 0:
            return None if user_row is None else np.asarray(self._stored[user_row])
        ratings = np.full(len(seeds), self._default_rating, dtype=np.float32)
        ages = np.zeros(len(seeds), dtype=np.float32)
        if user_row is None:
            return self._fold_in.vector(seeds, ratings, ages)
        part = self._histories.row(user_row)
        liked = self._histories.indices[part]
        known_ratings, known_ages = (values[part] for values in self._histories.values)
        # A seed that is in the history already keeps its stars, and is as new as the others.
        renewed, fresh = are_among(liked, seeds), ~are_among(seeds, liked)
        rows = np.concatenate([liked, seeds[fresh]])
        order = rows.argsort()
        return self._fold_in.vector(
            rows[order],
            np.concatenate([known_ratings, ratings[fresh]])[order],
            np.concatenate([np.where(renewed, 0, known_ages), ages[fresh]])[order],
        )
