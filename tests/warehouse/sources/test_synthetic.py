"""Synthetic editions: repeatable, long-tailed, drifting, and with tastes to be found."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console
from scipy import sparse

from warehouse.errors import SettingError
from warehouse.home import Home
from warehouse.settings import Settings
from warehouse.sources.datasets import ensure_dataset
from warehouse.sources.manifest import RATINGS_SCHEMA
from warehouse.sources.synthetic import Recipe, write_synthetic


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("synthetic")
    write_synthetic(Recipe.parse("synthetic-100k"), target, Console(quiet=True))
    return target


@pytest.fixture(scope="module")
def ratings(folder: Path) -> pa.Table:
    return pq.read_table(folder / "ratings.parquet")


def column(table: pa.Table, name: str) -> np.ndarray:
    values = table[name].cast(pa.int64()) if name == "rated_at" else table[name]
    return values.to_numpy()


def test_names_are_recipes() -> None:
    assert Recipe.parse("synthetic-25m") == Recipe("synthetic-25m", 25_000_000)
    assert Recipe.parse("synthetic-5000-half-seed7") == Recipe(
        "synthetic-5000-half-seed7", 5000, True, 7
    )
    for name in ("synthetic-", "synthetic-5x", "synthetic-9", "synthetic-900m", "synthetic-5k-s"):
        with pytest.raises(SettingError, match=name):
            Recipe.parse(name)


def test_the_contract_holds(folder: Path, ratings: pa.Table) -> None:
    assert ratings.schema.remove_metadata() == RATINGS_SCHEMA
    assert ratings.num_rows == 100_000
    users, movies, times = (column(ratings, n) for n in ("user_id", "movie_id", "rated_at"))
    assert len(np.unique(users.astype(np.int64) * 100_000 + movies)) == 100_000
    assert set(np.unique(column(ratings, "rating"))) == {1.0, 2.0, 3.0, 4.0, 5.0}
    order = np.lexsort((movies, users, times))
    assert np.array_equal(order, np.arange(len(order)))
    known = pq.read_table(folder / "movies.parquet")
    assert set(movies) <= set(known["movie_id"].to_pylist())
    assert all(known["genres"].to_pylist())
    assert set(users) == set(pq.read_table(folder / "users.parquet")["user_id"].to_pylist())
    assert pq.read_table(folder / "rejects.parquet").num_rows == 0


def test_nothing_is_rated_before_its_year(folder: Path, ratings: pa.Table) -> None:
    movies = pq.read_table(folder / "movies.parquet")
    year = dict(zip(movies["movie_id"].to_pylist(), movies["year"].to_pylist(), strict=True))
    rated = ratings["rated_at"].cast(pa.timestamp("s")).to_pylist()
    ids = ratings["movie_id"].to_pylist()
    assert all(moment.year >= year[movie] for moment, movie in zip(rated, ids, strict=True))


@pytest.mark.parametrize("name", ["synthetic-1000", "synthetic-5k", "synthetic-7777-half-seed3"])
def test_the_same_name_gives_the_same_data(
    name: str, make_settings: Callable[..., Settings], console: Console, home: Home
) -> None:
    first = ensure_dataset(make_settings(name), console)
    assert first.counts["ratings"] == Recipe.parse(name).n_ratings
    assert (first.source.kind, first.edition, first.dataset) == ("synthetic", "synthetic", name)
    inode = (home.raw(name) / "ratings.parquet").stat().st_ino
    assert ensure_dataset(make_settings(name), console) == first
    assert (home.raw(name) / "ratings.parquet").stat().st_ino == inode
    again = ensure_dataset(make_settings(name), console, refresh=True)
    assert again == first
    other = make_settings(f"{name.partition('-seed')[0]}-seed99")
    assert ensure_dataset(other, console).fingerprint != first.fingerprint


def test_half_stars(make_settings: Callable[..., Settings], console: Console, home: Home) -> None:
    manifest = ensure_dataset(make_settings("synthetic-2k-half"), console)
    assert manifest.rating_scale.step == 0.5
    table = pq.read_table(home.raw("synthetic-2k-half") / "ratings.parquet")
    doubled = column(table, "rating") * 2
    assert np.array_equal(doubled, np.rint(doubled))
    assert (doubled % 2 == 1).mean() > 0.3


def test_users_and_movies_have_long_tails(ratings: pa.Table) -> None:
    for name, least_share in (("movie_id", 0.35), ("user_id", 0.3)):
        counts = np.sort(np.bincount(column(ratings, name))[1:])[::-1]
        assert counts[: len(counts) // 10].sum() > least_share * counts.sum()
        assert np.median(counts) < 0.75 * counts.mean()


def test_users_and_movies_arrive_and_users_come_back(ratings: pa.Table) -> None:
    users, movies, times = (column(ratings, n) for n in ("user_id", "movie_id", "rated_at"))
    quarter = (times - times[0]) // ((times[-1] - times[0]) // 4 + 1)
    for ids in (users, movies):
        first_quarter = np.full(ids.max() + 1, 9)
        np.minimum.at(first_quarter, ids, quarter)
        arrivals = np.bincount(first_quarter[np.unique(ids)], minlength=4)
        assert (arrivals > 0.05 * arrivals.sum()).all()
    cutoff = np.quantile(times, 0.85)
    before, after = set(users[times < cutoff]), set(users[times >= cutoff])
    assert 0.3 < len(before & after) / len(after) < 0.95


def test_popularity_drifts(folder: Path, ratings: pa.Table) -> None:
    movies, times = column(ratings, "movie_id"), column(ratings, "rated_at")
    years = pq.read_table(folder / "movies.parquet")["year"].to_numpy()
    quarter = (times - times[0]) * 4 // (times[-1] - times[0] + 1)
    first, last = (
        np.bincount(movies[quarter == q] - 1, minlength=len(years)) + 1.0 for q in (0, 3)
    )
    # Movies that were there all along and are rated often enough for chance to matter little.
    old = (years < 2020) & (np.bincount(movies - 1, minlength=len(years)) >= 60)
    assert old.sum() > 100
    # Chance alone gives 0.4; a typical movie doubles or halves its share.
    assert np.log2(last[old] / first[old]).std() > 1.0


def test_a_personal_model_beats_popularity_under_the_time_split(ratings: pa.Table) -> None:
    positive = column(ratings, "rating") >= 4
    users, movies, times = (
        column(ratings, n)[positive] for n in ("user_id", "movie_id", "rated_at")
    )
    assert 0.4 < positive.mean() < 0.7
    shape = (users.max() + 1, movies.max() + 1)
    past = times < np.quantile(times, 0.85)

    def matrix(chosen: np.ndarray) -> sparse.csr_array:
        cells = (users[chosen], movies[chosen])
        return sparse.csr_array((np.ones(chosen.sum()), cells), shape=shape)

    train, test = matrix(past), matrix(~past).toarray()
    warm = (train.sum(axis=1) >= 5) & (test.sum(axis=1) > 0)
    assert warm.sum() > 150
    popularity = train.sum(axis=0)
    together = (train.T @ train).toarray()
    np.fill_diagonal(together, 0)
    norm = np.sqrt(np.maximum(popularity, 1))
    personal = train[warm] @ (together / norm[:, None] / norm)

    def hits_in_ten(scores: np.ndarray) -> float:
        unseen = np.where(train[warm].toarray() > 0, -1, scores)
        top = np.argsort(-unseen, axis=1)[:, :10]
        return float(np.take_along_axis(test[warm], top, axis=1).mean())

    assert hits_in_ten(personal) > 1.3 * hits_in_ten(np.tile(popularity, (warm.sum(), 1)))


def test_times_stay_inside_the_span(ratings: pa.Table) -> None:
    assert ratings["rated_at"][0].as_py() >= datetime(2020, 1, 1)
    assert ratings["rated_at"][-1].as_py() < datetime(2022, 1, 1)
