"""The protocol of the published table, on a hand-sized history, and the table itself."""

from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner
from rich.console import Console

from scripts.benchmark_quality import PUBLISHED, main, measure, quality_table
from scripts.replay_protocol import Protocol
from warehouse.errors import MarqueeError

N_USERS, N_MOVIES, N_RATINGS = 30, 12, 240


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Ratings of 1 to 5 stars, three at each instant, an instant every six hours."""
    connection = duckdb.connect()
    connection.execute(
        """
        create table ratings as
        select
            (i * 7 % $users)::integer as user_id,
            (i // $users * 5 + i * 3)::integer % $movies as movie_id,
            (1 + i * 11 % 5)::double as rating,
            timestamp '2000-01-01' + to_hours((i // 3 * 6)::integer) as rated_at
        from range($ratings) as t (i)
        """,
        {"users": N_USERS, "movies": N_MOVIES, "ratings": N_RATINGS},
    )
    # A movie and a person that train does not know, and a person who likes only that movie.
    connection.execute(
        """
        insert into ratings values
            (0, 50, 5, '2000-03-01'), (99, 1, 5, '2000-03-01'),
            (98, 2, 5, '2000-01-02'), (98, 50, 4, '2000-03-01')
        """
    )
    connection.execute(
        """
        create table movies as
        select
            i::integer as movie_id,
            'Movie ' || i as title,
            case when i > 0 then 1988 + i end::integer as year,
            case when i % 2 = 0 then ['Drama'] else ['Comedy', 'Drama'] end as genres
        from range($movies) as t (i)
        """,
        {"movies": N_MOVIES},
    )
    for table in ("ratings", "movies"):
        connection.table(table).write_parquet(str(tmp_path / f"{table}.parquet"))
    return tmp_path


def _positives(raw: Path) -> dict[str, np.ndarray]:
    query = f"select * from '{raw}/ratings.parquet' where rating >= 3 order by rated_at"
    return duckdb.sql(query).fetchnumpy()


def test_test_is_what_follows_an_instant_at_eighty_percent(raw: Path) -> None:
    (fold,) = Protocol(raw).folds("test")
    positives = _positives(raw)
    times = positives["rated_at"]
    cutoff = np.datetime64(fold.training_set.cutoff_at)
    assert cutoff == times[int(np.ceil(0.8 * len(times))) - 1]
    old = times < cutoff
    assert fold.training_set.n_interactions == old.sum()
    assert np.datetime64(fold.training_set.last_interaction_at) < cutoff
    known_users = np.unique(positives["user_id"][old])
    known_movies = np.unique(positives["movie_id"][old])
    kept = (
        ~old
        & np.isin(positives["user_id"], known_users)
        & np.isin(positives["movie_id"], known_movies)
    )
    found = fold.evaluation_set
    rows, places = found.targets.nonzero()
    assert {98, 99}.isdisjoint(found.user_ids)
    assert 98 in fold.training_set.user_ids
    pairs = set(zip(found.user_ids[rows], found.movie_ids[places], strict=True))
    assert pairs == set(zip(positives["user_id"][kept], positives["movie_id"][kept], strict=True))


def test_folds_lie_inside_train_and_move_forward(raw: Path) -> None:
    protocol = Protocol(raw)
    (test,) = protocol.folds("test")
    folds = list(protocol.folds("validation"))
    cutoffs = [fold.training_set.cutoff_at for fold in folds]
    assert cutoffs == sorted(set(cutoffs))
    for fold in folds:
        window = test.training_set
        known = dict(zip(window.user_ids, window.histories.ratings.toarray(), strict=True))
        columns = np.searchsorted(window.movie_ids, fold.evaluation_set.movie_ids)
        for user, targets in zip(
            fold.evaluation_set.user_ids, fold.evaluation_set.targets.toarray(), strict=True
        ):
            assert (known[user][columns[targets]] >= 3).all()


def test_only_positives_of_train_are_seen(raw: Path) -> None:
    (fold,) = Protocol(raw).folds("test")
    told = fold.evaluation_set
    np.testing.assert_array_equal(told.seen.toarray(), told.histories.ratings.toarray() > 0)
    assert told.histories.ratings.data.min() == 3


def test_popularity_decays_and_returning_people_are_counted_apart(raw: Path) -> None:
    (fold,) = Protocol(raw).folds("test")
    window, positives = fold.training_set, _positives(raw)
    old = positives["rated_at"] < np.datetime64(window.cutoff_at)
    user, movie, at = (positives[name][old] for name in ("user_id", "movie_id", "rated_at"))
    age = (np.datetime64(window.cutoff_at) - at) / np.timedelta64(1, "D")
    first = {each: at[user == each].min() for each in user}
    since = np.array([at[n] - first[user[n]] for n in range(len(at))]) / np.timedelta64(1, "D")
    column = np.searchsorted(window.movie_ids, movie)
    for days in (None, 3, 365):
        weight = np.ones(len(age)) if days is None else 0.5 ** (age / days)
        np.testing.assert_allclose(window.popularity[days], np.bincount(column, weight))
    returning = np.bincount(column, 0.5 ** (age / 3) * (since > 7), minlength=window.n_items)
    assert 0 < (since > 7).sum() < len(since)
    np.testing.assert_allclose(window.returning_popularity[3], returning)
    assert window.genres.sum(axis=1).tolist() == [1 + each % 2 for each in window.movie_ids]
    assert np.isnan(window.years).tolist() == [each == 0 for each in window.movie_ids]


def test_counts_other_than_the_published_are_refused(raw: Path) -> None:
    with pytest.raises(MarqueeError, match=r"expected the published .*'test users': 1139"):
        Protocol(raw).check_counts()


@pytest.mark.parametrize("split", ["validation", "test"])
def test_table_shows_what_was_measured_beside_what_is_published(raw: Path, split: str) -> None:
    measured = [measure(name, raw, split) for name in ("popularity_all_time", "als")]
    assert (measured[0].dimensions, measured[1].dimensions is None) == (None, False)
    n_users = sum(fold.evaluation_set.n_users for fold in Protocol(raw).folds(split))
    assert [each.ndcg.shape for each in measured] == [(n_users,)] * 2
    console = Console(width=200, record=True, quiet=False, file=None)
    with console.capture() as capture:
        console.print(quality_table(measured, split))
    text = capture.get()
    assert f"{measured[0].ndcg.mean():.3f}" in text
    assert [f"RePlay {name}" in text for name in PUBLISHED] == [split == "test"] * len(PUBLISHED)


def test_help_says_what_the_splits_are() -> None:
    text = CliRunner().invoke(main, ["--help"]).output
    assert "folds inside train" in text
