"""A hand-made edition: small enough to know every number, rich enough to break every rule.

With the minimums in ``VARS`` movie 9 (one positive) and user 90 (one
positive) fall to the filter. 20 positives are left, 13 / 3 / 4 by time: the
cutoffs are the instants of the 14th and the 17th.
"""

from datetime import datetime, timedelta
from math import log2
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.home import Home
from warehouse.interactions.batches import prepare
from warehouse.ml_tables import SCHEMAS

DATASET = "hand-made"
START = datetime(2000, 1, 1)
VERSION = "a-0123456789"
VARS = (
    "{minimum_user_positives: 2, minimum_movie_positives: 2, minimum_users_left: 3,"
    " new_user_history_sizes: [0, 1], new_user_minimum_positives: 2}"
)

# (day, user, movie): the positives that pass the filter, in order of time
POSITIVES = [
    (0, 1, 1), (0, 1, 2), (1, 2, 1), (1, 2, 2), (2, 3, 1), (2, 3, 3), (3, 4, 2),
    (3, 4, 3), (4, 1, 3), (4, 2, 3), (5, 3, 2), (5, 4, 1), (6, 1, 4),
    # validation from day 7: user 5 is new, user 3 is warm
    (7, 5, 1), (7, 5, 2), (7, 3, 4),
    # test from day 9: user 6 is new, user 4 is warm
    (9, 6, 3), (9, 6, 1), (9, 6, 2), (9, 4, 4),
]  # fmt: skip
VALIDATION_STARTS = START + timedelta(days=7)
TEST_STARTS = START + timedelta(days=9)

USER_TYPES = [("user_id", pa.int32()), ("age", pa.int32())]
USER_TYPES += [(name, pa.string()) for name in ("gender", "occupation", "zip_code")]
REJECT_TYPES = [("file", pa.string()), ("line_number", pa.int64())]
REJECT_TYPES += [("reason", pa.string()), ("line", pa.string())]


# (user, movie, stars, instant)
RATINGS = [(user, movie, 5.0, START + timedelta(days=day)) for day, user, movie in POSITIVES] + [
    (1, 9, 5.0, START),  # a movie with one positive
    (90, 1, 4.0, START + timedelta(days=1)),  # a user with one positive
    (2, 9, 3.5, START + timedelta(days=2)),  # below the threshold
    (3, 8, 1.0, START + timedelta(days=10)),  # the last event is no positive
]


def write_ratings(home: Path, ratings: list[tuple[int, int, float, datetime]]) -> None:
    """Write the edition's ratings, in place of those that were there."""
    columns = [list(column) for column in zip(*ratings, strict=True)]
    types = [pa.int32(), pa.int32(), pa.float64(), pa.timestamp("us")]
    arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
    names = ["user_id", "movie_id", "rating", "rated_at"]
    pq.write_table(pa.table(arrays, names), home / "raw" / DATASET / "ratings.parquet")


def write_edition(home: Path) -> None:
    """Write the raw Parquet files and a zero-row file for every ML table."""
    raw = home / "raw" / DATASET
    raw.mkdir(parents=True)
    write_ratings(home, RATINGS)
    genres = [["Drama", "Action"], ["Action"], ["Drama"], [], ["War"], ["War"]]
    movies = {
        "movie_id": pa.array([1, 2, 3, 4, 8, 9], pa.int32()),
        "title": ["One", "Two", "Three", "Four", "Eight", "Nine"],
        "year": pa.array([1990, 1991, None, 1993, 1994, 1995], pa.int32()),
        "genres": pa.array(genres, pa.list_(pa.string())),
    }
    pq.write_table(pa.table(movies), raw / "movies.parquet")
    pq.write_table(pa.schema(USER_TYPES).empty_table(), raw / "users.parquet")
    reject = {"file": "u.data", "line_number": 7, "reason": "malformed", "line": "1\t2"}
    rejects = pa.Table.from_pylist([reject], pa.schema(REJECT_TYPES))
    pq.write_table(rejects, raw / "rejects.parquet")
    for table in SCHEMAS:
        write_ml(home, table, [], stem="_schema")
    prepare(Home(home), DATASET)


def write_ml(home: Path, table: str, rows: list[dict[str, object]], stem: str = "a-1") -> None:
    """Write rows of one ML table, as a training would."""
    folder = home / "ml" / table / DATASET
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, SCHEMAS[table]), folder / f"{stem}.parquet")


def write_model(home: Path) -> None:
    """Write what one model would: two lists, with their figures worked out by hand."""
    version = {"model_version": VERSION}
    ranked = [(3, [4])], [(5, [3, 1, 2, 4])]
    lists = [
        version
        | {"split": "validation", "population": population, "user_id": user}
        | {"position": position, "movie_id": movie, "score": 1.0 / position}
        for population, users in zip(("warm", "first_0"), ranked, strict=True)
        for user, movies in users
        for position, movie in enumerate(movies, start=1)
    ]
    write_ml(home, "evaluation_lists", lists)
    write_ml(home, "model_metrics", metric_rows())
    exposure = version | {"split": "validation", "movie_id": 4, "n_lists": 3}
    write_ml(home, "item_exposure", [exposure])
    write_ml(home, "training_reads", [read_row("fit", "train", VALIDATION_STARTS)])


def metric_rows() -> list[dict[str, object]]:
    """Every figure of the model, worked out by hand.

    User 3 is shown movie 4 and wants it. User 5 is shown 3, 1, 2, 4 and wants
    1 and 2. In train movies 1, 2 and 3 have four positives each, movie 4 has one.
    """
    version = {"model_version": VERSION, "split": "validation"}
    warm, first = version | {"population": "warm"}, version | {"population": "first_0"}
    known = version | {"population": "known"}
    ndcg = (1 / log2(3) + 1 / log2(4)) / (1 + 1 / log2(3))
    rows = []
    for k in (5, 10, 20):
        for of, hits, gain in ((warm, 1, 1.0), (first, 2, ndcg)):
            figures = {"ndcg": gain, "precision": hits / k, "recall": 1.0, "hit_rate": 1.0}
            rows += [metric_row(of, name, k, value) for name, value in figures.items()]
    novelty = (3 * log2(13 / 4) + log2(13)) / 4
    return [
        *rows,
        metric_row(warm, "mrr", None, 1.0),
        metric_row(warm, "novelty", 10, log2(13)),
        metric_row(warm, "mean_popularity", 10, 1.0),
        metric_row(first, "mrr", None, 0.5),
        metric_row(first, "novelty", 10, novelty),
        metric_row(first, "mean_popularity", 10, 13 / 4),
        # of six pairs two share one genre of two, the others none
        metric_row(first, "diversity", 10, 5 / 6),
        metric_row(known, "coverage", 100, 0.25, 4),
        metric_row(known, "gini", 100, 0.75, 4),
    ]


def metric_row(
    of: dict[str, str], metric: str, k: int | None, value: float, n_users: int = 1
) -> dict[str, object]:
    """One row of ``model_metrics``."""
    row = of | {"model_name": "a", "dataset": DATASET, "metric": metric}
    return row | {"k": k, "value": value, "ci_low": None, "ci_high": None, "n_users": n_users}


def read_row(purpose: str, fit_window: str, cutoff: datetime) -> dict[str, object]:
    """One row of ``training_reads`` whose last interaction lies one second before `cutoff`."""
    row = {"model_version": VERSION, "purpose": purpose, "fit_window": fit_window}
    return row | {"last_interaction_at": cutoff - timedelta(seconds=1), "n_interactions": 13}
