"""The KPIs and the replay figures again, in plain Python from the rows of the store."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from math import floor, log2
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Rating = tuple[int, int, float, datetime]


def rows_of(file: Path) -> list[Row]:
    """Every row of ``request_logs``, its lists and its instant read."""
    with sqlite3.connect(file) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("select * from request_logs")]
    for row in rows:
        row["at"] = datetime.fromisoformat(row["timestamp"])
        row["movies"] = json.loads(row["recommendations"] or "[]")
    return rows


def quantile(values: Iterable[float], share: float) -> float:
    """Quantile between the two values that it lies between."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def gini(counts: Sequence[int]) -> float:
    """Mean absolute difference of all pairs over twice the mean."""
    n, total = len(counts), sum(counts)
    return sum(abs(a - b) for a in counts for b in counts) / (2 * n * total)


def daily(rows: Sequence[Row], ratings: Sequence[Rating], catalogue: Sequence[int]) -> Row:
    """(day, version, endpoint, KPI) -> value, ``all`` standing for every one."""
    groups = defaultdict(list)
    for row in rows:
        version = row["model_version"] or "none"
        for name in (version, "all"):
            for endpoint in (row["endpoint"], "all"):
                groups[row["at"].date(), name, endpoint].append(row)
    first_rated: dict[int, datetime] = {}
    for user, _, _, at in ratings:
        first_rated[user] = min(at, first_rated.get(user, at))
    found = {}
    for of, group in groups.items():
        for name, value in _kpis(group, first_rated, catalogue).items():
            if value is not None:
                found[*of, name] = value
    return found


def _kpis(group: Sequence[Row], first_rated: dict[int, datetime], catalogue: Sequence[int]) -> Row:
    n = len(group)
    latencies = [row["latency_ms"] for row in group if row["status"] < 400]
    due = [row for row in group if row["is_fallback"] is not None]
    named = [row for row in group if row["user_id"] is not None]
    new = [row for row in named if first_rated.get(row["user_id"], datetime.max) >= row["at"]]
    shown = [movie for row in group for movie in row["movies"]]
    minutes = defaultdict(int)
    for row in group:
        minutes[row["at"].replace(second=0, microsecond=0)] += 1
    return {
        "requests": n,
        "requests_per_minute_mean": n / 1440,
        "requests_per_minute_peak": max(minutes.values()),
        "unique_users": len({row["user_id"] for row in named}),
        "error_rate": sum(row["status"] >= 400 for row in group) / n,
        "server_error_count": sum(row["status"] >= 500 for row in group),
        "latency_mean_ms": sum(latencies) / len(latencies) if latencies else None,
        "latency_p50_ms": quantile(latencies, 0.5) if latencies else None,
        "latency_p95_ms": quantile(latencies, 0.95) if latencies else None,
        "latency_p99_ms": quantile(latencies, 0.99) if latencies else None,
        "fallback_rate": sum(row["is_fallback"] for row in due) / len(due) if due else None,
        "new_user_share": len(new) / len(named) if named else None,
        "unknown_movie_share": sum(row["unknown_movie_id"] is not None for row in group) / n,
        "catalogue_coverage": len(set(shown)) / len(catalogue) if shown else None,
        "popularity_gini": gini([shown.count(m) for m in catalogue]) if shown else None,
    }


def replay(
    rows: Sequence[Row],
    ratings: Sequence[Rating],
    windows: Sequence[int],
    cutoffs: Sequence[int],
    threshold: float = 4.0,
) -> dict[tuple[object, ...], tuple[float | None, int, int]]:
    """(version, endpoint, fallback, window, metric, k) -> figure, requests, censored requests."""
    shown = [row for row in rows if row["user_id"] is not None and row["movies"]]
    known_until = max(at for *_, at in ratings)
    found = {}
    for window in windows:
        length = timedelta(days=window)
        kept = [row for row in shown if not _is_repeated(row, shown, ratings)]
        over = [row for row in kept if row["at"] + length <= known_until]
        credited = _credited(over, ratings)
        for of in _groups(shown):
            group = [row for row in over if _is_of(row, of)]
            counts = (len(group), sum(_is_of(row, of) for row in kept) - len(group))
            for name, k, measure in _metrics(credited, ratings, length, cutoffs, threshold):
                slots = sum(len(row["movies"]) for row in group)
                weight = slots if name == "ctr_proxy" else len(group)
                value = sum(measure(row) for row in group) / weight if group else None
                found[*of, window, name, k] = (value, *counts)
    return found


def _is_repeated(row: Row, shown: Sequence[Row], ratings: Sequence[Rating]) -> bool:
    """Whether the same was asked later that day, and its user had rated nothing until then."""
    same = ("user_id", "model_version", "endpoint")
    return any(
        [row[name] for name in same] == [other[name] for name in same]
        and row["at"].date() == other["at"].date()
        and (row["at"], row["request_id"]) < (other["at"], other["request_id"])
        and not any(
            user == row["user_id"] and row["at"] < at <= other["at"] for user, *_, at in ratings
        )
        for other in shown
    )


def _credited(over: Sequence[Row], ratings: Sequence[Rating]) -> dict[str, dict[int, Rating]]:
    """Request -> movie -> the rating that counts for it: of each version the last before it."""
    credited: dict[str, dict[int, Rating]] = defaultdict(dict)
    for rating in ratings:
        user, movie, _, at = rating
        last: dict[str, Row] = {}
        for row in sorted(over, key=lambda row: (row["at"], row["request_id"])):
            if row["user_id"] == user and movie in row["movies"] and row["at"] < at:
                last[row["model_version"]] = row
        for row in last.values():
            credited[row["request_id"]][movie] = rating
    return credited


def _groups(shown: Sequence[Row]) -> set[tuple[object, ...]]:
    detailed = {(row["model_version"], row["endpoint"], bool(row["is_fallback"])) for row in shown}
    return detailed | {(row["model_version"], "all", None) for row in shown}


def _is_of(row: Row, of: tuple[object, ...]) -> bool:
    version, endpoint, fallback = of
    return row["model_version"] == version and (
        endpoint == "all" or (row["endpoint"], bool(row["is_fallback"])) == (endpoint, fallback)
    )


def _metrics(
    credited: dict[str, dict[int, Rating]],
    ratings: Sequence[Rating],
    length: timedelta,
    cutoffs: Sequence[int],
    threshold: float,
) -> list[tuple[str, int | None, Callable[[Row], float]]]:
    def within(row: Row) -> dict[int, Rating]:
        mine = credited.get(row["request_id"], {})
        return {movie: each for movie, each in mine.items() if each[3] <= row["at"] + length}

    def places(row: Row, k: int) -> list[int]:
        liked = {movie for movie, each in within(row).items() if each[2] >= threshold}
        return [place for place, movie in enumerate(row["movies"][:k], start=1) if movie in liked]

    def ndcg(row: Row, k: int) -> float:
        wanted = sum(
            user == row["user_id"] and stars >= threshold and row["at"] < at <= row["at"] + length
            for user, _, stars, at in ratings
        )
        ideal = sum(1 / log2(place + 1) for place in range(1, min(k, wanted) + 1))
        gain = sum(1 / log2(place + 1) for place in places(row, k))
        return gain / ideal if ideal else 0.0

    found: list[tuple[str, int | None, Callable[[Row], float]]] = []
    for k in cutoffs:
        found += [
            ("precision", k, lambda row, k=k: len(places(row, k)) / k),
            ("hit_rate", k, lambda row, k=k: float(bool(places(row, k)))),
            ("ndcg", k, lambda row, k=k: ndcg(row, k)),
        ]
    return [*found, ("ctr_proxy", None, lambda row: float(len(within(row))))]
