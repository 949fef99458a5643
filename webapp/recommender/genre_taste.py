"""What it does to the scores that a person names genres."""

import numpy as np

from warehouse.bundle.components import Array


def genre_scores(membership: Array, popularity: Array) -> Array:
    """Popularity within genres, for a person of whom nothing else is known.

    A movie's popularity counts relative to the most popular movie of each genre,
    averaged over the genres: a small genre is not drowned by a large one, and a
    movie of several of them gains. Movies of none of the genres come after all
    others, by popularity, with scores of 0 and below.

    Parameters
    ----------
    membership : bool array (n_genres, n_items)
        Of the named genres, at least one.
    popularity : float32 array (n_items,)
        0 or more.

    Returns
    -------
    float32 array (n_items,)
        From 1, the top of every genre, down to -1.
    """
    wide = popularity.astype(np.float64)
    scores = np.zeros(len(wide))
    for members in membership:
        scores += np.where(members, _share(wide, wide[members]), 0.0)
    within = scores / len(membership)
    return np.where(membership.any(axis=0), within, _share(wide, wide) - 1.0).astype(np.float32)


def genre_bonus(membership: Array, scores: Array) -> Array:
    """Bonus of the named genres on personal scores.

    One standard deviation of the person's scores over the catalogue, times the
    share of the named genres that a movie has: enough to move the order, not so
    much that a genre beats every other taste.

    Parameters
    ----------
    membership : bool array (n_genres, n_items)
        Of the named genres, at least one.
    scores : float32 array (n_items,)

    Returns
    -------
    float32 array (n_items,)
    """
    deviation = float(scores.std(dtype=np.float64))
    return np.asarray(membership.mean(axis=0) * deviation, dtype=np.float32)


def _share(popularity: Array, among: Array) -> Array:
    highest = float(among.max(initial=0.0))
    return popularity / highest if highest > 0 else np.zeros_like(popularity)
