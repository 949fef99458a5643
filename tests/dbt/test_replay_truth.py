"""Replay in made-up histories whose honest figures are known beforehand."""

import io
from datetime import timedelta
from itertools import count
from math import sqrt

import duckdb
import hand_made_edition as edition
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import served_requests
from rich.console import Console
from served_requests import request

from warehouse.dbt import run_dbt
from warehouse.interactions.batches import SCHEMA
from warehouse.settings import Settings

# Of 200 users so many like the second movie of three.
N_USERS, N_PLEASED = 200, 74
KNOWN_UNTIL = 60
_NUMBERS = count(1)


def asked(version, user, *days):
    return [request(next(_NUMBERS), day, user_id=user, model_version=version) for day in days]


def liked(user, day, stars=5.0):
    return (user, 2, stars, edition.START + timedelta(days=day))


def histories():
    """Requests and ratings; each history has versions and users of its own."""
    requests, ratings = [], [*edition.RATINGS, (1, 9, 3.0, edition.START + timedelta(KNOWN_UNTIL))]
    for number in range(N_USERS):
        both, once, twice = 1000 + number, 2000 + number, 3000 + number
        requests += asked("same-a", both, 0.5) + asked("same-b", both, 3.5)
        requests += asked("once", once, 0.5) + asked("twice", twice, 0.5, 0.5, 0.51)
        if number < N_PLEASED:
            ratings += [liked(both, 4), liked(once, 1.5), liked(twice, 1.5)]
    requests += asked("late", 4000, 52, 58)
    ratings.append(liked(4000, 58.5))
    requests += asked("alone-a", 4001, 0, 20) + asked("alone-b", 4002, 21)
    ratings += [liked(4001, 1), liked(4002, 22)]
    for user in range(5000, 5012):
        requests += asked("alike-a", user, 0, 20) + asked("alike-b", user + 100, 30)
        ratings += [liked(user, 1), liked(user + 100, 31)]
    requests += asked("rated-again", 6000, 0)
    ratings.append(liked(6000, 1))
    return requests, ratings


def write_batch(home, *ratings):
    at = edition.START + timedelta(days=100)
    rows = [(*rating, "batch", "later", at) for rating in ratings]
    table = pa.Table.from_pylist(
        [dict(zip(SCHEMA.names, row, strict=True)) for row in rows], SCHEMA
    )
    pq.write_table(table, home / "interactions" / edition.DATASET / "later.parquet")


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    requests, ratings = histories()
    home = tmp_path_factory.mktemp("histories")
    edition.write_edition(home)
    edition.write_ratings(home, ratings)
    write_batch(home, liked(6000, 40, 1.0))
    served_requests.write_log(served_requests.store_of(home), requests)
    settings = Settings.from_environment({"MARQUEE_HOME": str(home), "MARQUEE_THREADS": "2"})
    arguments = ["run", "--select", "+rpt_replay_differences", "--vars", edition.VARS]
    run_dbt(settings, edition.DATASET, arguments, Console(file=io.StringIO()))
    with duckdb.connect(str(home / "build" / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


def figure(replayed, version, *columns):
    (row,) = replayed.execute(
        f"select {', '.join(columns)} from reports.rpt_replay_by_model where model_version = ?"
        " and endpoint = 'all' and window_days = 7 and metric = 'hit_rate' and k = 5",
        [version],
    ).fetchall()
    return row


def difference(replayed, version, other):
    (row,) = replayed.execute(
        "select difference, ci_low, ci_high, p_better from reports.rpt_replay_differences"
        " where model_version = ? and other_version = ?"
        " and window_days = 7 and metric = 'hit_rate' and k = 5",
        [version, other],
    ).fetchall()
    return row


def wilson(share, n, z):
    root = z * sqrt((share * (1 - share) + z * z / (4 * n)) / n)
    return (share + z * z / (2 * n) + root) / (1 + z * z / n)


def test_versions_that_showed_the_same_are_as_good(replayed):
    for version in ("same-a", "same-b"):
        assert figure(replayed, version, "value") == (N_PLEASED / N_USERS,)
    told, low, high, p_better = difference(replayed, "same-b", "same-a")
    assert (told, p_better) == (0.0, 0.5)
    assert low < 0 < high


def test_a_hit_stays_where_the_last_request_that_showed_it_is_censored(replayed):
    assert figure(replayed, "late", "value", "n_requests", "n_censored") == (1.0, 1, 1)


def test_a_log_that_stands_twice_tells_the_same(replayed):
    columns = ("value", "n_requests", "n_users", "n_censored", "ci_high - ci_low < 0.2")
    assert figure(replayed, "twice", *columns) == figure(replayed, "once", *columns)
    assert figure(replayed, "twice", "value", "n_repeats") == (N_PLEASED / N_USERS, 2 * N_USERS)


@pytest.mark.parametrize(("version", "value"), [("alone-a", 0.5), ("alone-b", 1.0)])
def test_a_handful_of_users_have_no_interval(replayed, version, value):
    assert figure(replayed, version, "value", "ci_low", "ci_high") == (value, None, None)


def test_a_handful_of_users_prove_nothing(replayed):
    assert difference(replayed, "alone-b", "alone-a") == (0.5, None, None, None)
    assert difference(replayed, "alone-a", "alike-a")[1:] == (None, None, None)


def test_users_who_are_all_alike_have_wilsons_interval(replayed):
    z = 1.959963984540054
    for version, value in (("alike-a", 0.5), ("alike-b", 1.0)):
        expected = (value, wilson(value, 12, -z), wilson(value, 12, z))
        assert figure(replayed, version, "value", "ci_low", "ci_high") == pytest.approx(expected)


def test_a_difference_without_a_width_gets_newcombes(replayed):
    z = 1.959963984540054
    told, low, high, p_better = difference(replayed, "alike-b", "alike-a")
    below = sqrt((1 - wilson(1, 12, -z)) ** 2 + (wilson(0.5, 12, z) - 0.5) ** 2)
    above = sqrt((wilson(1, 12, z) - 1) ** 2 + (0.5 - wilson(0.5, 12, -z)) ** 2)
    assert (told, low, high) == pytest.approx((0.5, 0.5 - below, 0.5 + above))
    assert p_better == 1.0


def test_a_later_word_does_not_take_back_what_was_liked_within_the_window(replayed):
    assert figure(replayed, "rated-again", "value") == (1.0,)
