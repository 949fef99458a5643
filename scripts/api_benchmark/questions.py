"""Requests to measure with: users and movies from a long tail, half of the lists filtered."""

from pathlib import Path
from urllib.parse import quote

import numpy as np
import orjson

from warehouse.bundle.reader import Bundle

# Far more than the answers that a server keeps by default.
_COUNT = 60_000
_FILTERED = 0.5


def write_questions(bundle: Bundle, folder: Path, seed: int = 0) -> dict[str, Path]:
    """Write one file of requests for each endpoint, in the form that ``load.lua`` reads.

    A user or movie at place r of a random order is drawn with a chance
    proportional to ``1 / (r + 10)``.

    Returns
    -------
    mapping of endpoint to Path
    """
    random = np.random.default_rng(seed)
    users = _long_tail(bundle.user_ids, random)
    movies = _long_tail(bundle.movie_ids, random)
    genres = sorted({genre for movie in bundle.item_features.values() for genre in movie["genres"]})
    windows = ("all_time", "trending")
    filters = [_filters(genres, random) for _ in range(_COUNT)]
    recommend = [
        _post("/recommend", {"user_id": user, **({"filters": chosen} if chosen else {})})
        for user, chosen in zip(users, filters, strict=True)
    ]
    similar = [
        _post("/similar", {"movie_id": movie, **({"filters": chosen} if chosen else {})})
        for movie, chosen in zip(movies, filters, strict=True)
    ]
    popular = [
        f"GET\t/popular?window={window}" + (f"&genre={quote(genre)}" if filtered else "")
        for window, genre, filtered in zip(
            random.choice(windows, _COUNT),
            random.choice(genres, _COUNT),
            random.random(_COUNT) < _FILTERED,
            strict=True,
        )
    ]
    contents = {"recommend": recommend, "similar": similar, "popular": popular}
    contents["floor"] = ["GET\t/benchmark/floor"]
    paths = {}
    for name, lines in contents.items():
        paths[name] = folder / f"{name}.txt"
        paths[name].write_text("\n".join(lines) + "\n", encoding="utf-8")
    return paths


def _long_tail(ids: np.ndarray, random: np.random.Generator) -> list[int]:
    order = random.permutation(ids)
    weights = 1.0 / (np.arange(len(order)) + 10.0)
    drawn: list[int] = random.choice(order, _COUNT, p=weights / weights.sum()).tolist()
    return drawn


def _filters(genres: list[str], random: np.random.Generator) -> dict[str, object] | None:
    """Nothing, genres, years, or both."""
    if random.random() >= _FILTERED:
        return None
    chosen: dict[str, object] = {}
    kind = random.integers(3)
    if kind != 0:
        chosen["genres"] = random.choice(genres, 2, replace=False).tolist()
    if kind != 1:
        chosen["year_min"] = int(random.choice([1970, 1980, 1990]))
    return chosen


def _post(path: str, body: dict[str, object]) -> str:
    return f"POST\t{path}\t{orjson.dumps(body).decode()}"
