"""Drawing a synthetic edition's ratings: who meets which movie, when, and likes it how much."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.sources.synthetic_audience import DAY_SECONDS, N_FAVOURITES, Audience, Visits
from warehouse.sources.synthetic_world import N_PERIODS, SPAN_DAYS, World

_CHUNK_RATINGS = 2_000_000
# How often a user turns to each favourite taste; else to whatever is popular.
_TURNS_TO = np.array([0.42, 0.2, 0.12])
_STARS_FOR_FAVOURITES = np.array([0.9, 0.7, 0.5, -0.35])
_MEAN_STARS = 3.4
_NOISE = 0.8
# Users who have seen all of their tastes turn to any movie after this many rounds.
_PATIENT_ROUNDS = 12


@dataclass(frozen=True)
class Ratings:
    """Ratings in the order of user and movie.

    Attributes
    ----------
    user, movie : NDArray of int32, shape (n,)
        Positions from 0.
    second : NDArray of int32, shape (n,)
        Since the start of the span.
    half_steps : NDArray of int8, shape (n,)
        Twice the stars.
    """

    user: NDArray[np.int32]
    movie: NDArray[np.int32]
    second: NDArray[np.int32]
    half_steps: NDArray[np.int8]


def draw_ratings(
    world: World,
    audience: Audience,
    half_stars: bool,
    seed: int,
    advance: Callable[[int], None],
) -> Ratings:
    """Draw all ratings, some two million at a time to bound the memory.

    Parameters
    ----------
    world : World
    audience : Audience
    half_stars : bool
    seed : int
    advance : callable
        Told the number of ratings of each finished chunk.
    """
    chunk_of_user = np.cumsum(audience.n_ratings) // _CHUNK_RATINGS
    bounds = np.flatnonzero(np.diff(chunk_of_user, prepend=-1, append=-1))
    parts = []
    for number, (first, last) in enumerate(itertools.pairwise(bounds)):
        rng = np.random.default_rng([seed, 2, number])
        parts.append(_draw_chunk(rng, world, audience, np.arange(first, last), half_stars))
        advance(len(parts[-1].user))
    return Ratings(*(np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS))


_COLUMNS = ("user", "movie", "second", "half_steps")


def _draw_chunk(
    rng: np.random.Generator,
    world: World,
    audience: Audience,
    users: NDArray[np.int64],
    half_stars: bool,
) -> Ratings:
    visits = Visits(rng, audience, users)
    wanted = audience.n_ratings[users]
    have = np.zeros(len(users), np.int64)
    keys, seconds = np.empty(0, np.int64), np.empty(0, np.int32)
    finished: list[tuple[NDArray[np.int64], NDArray[np.int32]]] = []
    rounds = 0
    while (missing := wanted - have).any():
        # Some draws repeat a pair: draw more than is missing, keep the first of each pair.
        tries = np.where(missing > 0, missing + missing // 3 + 4, 0)
        row = np.repeat(np.arange(len(users)), tries)
        second = visits.draw(rng, row)
        turned = (
            _taste(rng, world, audience.favourites[users[row]])
            if rounds < _PATIENT_ROUNDS
            else None
        )
        movie = _movie(rng, world, second, turned)
        keys = np.concatenate([keys, row * world.n_movies + movie])
        seconds = np.concatenate([seconds, second])
        keys, seconds = _first_of_each_pair(keys, seconds, wanted, world.n_movies)
        held = np.bincount(keys // world.n_movies, minlength=len(users))
        have = np.where(have == wanted, have, held)
        # Only users who still lack ratings go through the next round.
        complete = (have == wanted)[keys // world.n_movies]
        finished.append((keys[complete], seconds[complete]))
        keys, seconds = keys[~complete], seconds[~complete]
        rounds += 1
    keys = np.concatenate([part[0] for part in finished])
    seconds = np.concatenate([part[1] for part in finished])
    order = np.argsort(keys)
    row, movie = np.divmod(keys[order], world.n_movies)
    user = users[row]
    return Ratings(
        user.astype(np.int32),
        movie.astype(np.int32),
        seconds[order],
        _half_steps(rng, world, audience, user, movie, half_stars),
    )


def _taste(
    rng: np.random.Generator, world: World, favourites: NDArray[np.int64]
) -> NDArray[np.int64]:
    choice = np.searchsorted(np.cumsum(_TURNS_TO), rng.random(len(favourites)), side="right")
    everything = np.full((len(favourites), 1), world.n_clusters)
    options = np.hstack([favourites, everything])
    return np.take_along_axis(options, choice[:, None], axis=1)[:, 0]


def _movie(
    rng: np.random.Generator,
    world: World,
    second: NDArray[np.int32],
    taste: NDArray[np.int64] | None,
) -> NDArray[np.int64]:
    if taste is None:
        released = np.flatnonzero(world.release_day < 0)
        return released[rng.integers(0, len(released), len(second))]
    period = second.astype(np.int64) * N_PERIODS // (SPAN_DAYS * DAY_SECONDS)
    return world.meet(period, taste, rng.random(len(second)))


def _first_of_each_pair(
    keys: NDArray[np.int64],
    seconds: NDArray[np.int32],
    wanted: NDArray[np.int64],
    n_movies: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Keep each pair's first draw and no more pairs than a user wants, in the order drawn."""
    first = np.sort(np.unique(keys, return_index=True)[1])
    row = keys[first] // n_movies
    order = np.argsort(row, kind="stable")
    counts = np.bincount(row, minlength=len(wanted))
    place = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = first[order[place < wanted[row[order]]]]
    return keys[kept], seconds[kept]


def _half_steps(
    rng: np.random.Generator,
    world: World,
    audience: Audience,
    user: NDArray[np.int64],
    movie: NDArray[np.int64],
    half_stars: bool,
) -> NDArray[np.int8]:
    liked = audience.favourites[user] == world.cluster[movie][:, None]
    place = np.where(liked.any(axis=1), liked.argmax(axis=1), N_FAVOURITES)
    stars = _MEAN_STARS + world.quality[movie] + audience.bias[user] + _STARS_FOR_FAVOURITES[place]
    stars += rng.normal(0, _NOISE, len(stars))
    half_steps: NDArray[np.float64] = (
        np.clip(np.rint(stars * 2), 1, 10) if half_stars else np.clip(np.rint(stars), 1, 5) * 2
    )
    return half_steps.astype(np.int8)
