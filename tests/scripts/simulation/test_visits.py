"""Visits hold every rating of the held-out part once, and begin after a pause."""

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scripts.simulation.visits import SESSION_GAP_MINUTES, HeldOut, Rating
from tests.scripts.simulation.conftest import AS_OF
from warehouse.sources.manifest import RATINGS_SCHEMA

START = datetime(2000, 1, 1)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.fixture
def small(tmp_path: Path) -> HeldOut:
    """Ratings of three users, held out from minute 100 on."""
    rows = [
        (1, 10, 4.0, at(0)),
        (1, 11, 5.0, at(100)),
        (1, 12, 3.0, at(100 + SESSION_GAP_MINUTES)),
        (1, 13, 1.0, at(101 + 2 * SESSION_GAP_MINUTES)),
        (2, 10, 4.5, at(99)),
        (3, 11, 2.0, at(150)),
        (3, 10, 2.0, at(150)),
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    table = pa.table(columns, names=RATINGS_SCHEMA.names).cast(RATINGS_SCHEMA)
    pq.write_table(table, tmp_path / "ratings.parquet")
    return HeldOut(tmp_path, at(100))


def test_a_pause_begins_another_visit(small: HeldOut) -> None:
    visits = small.visits(at(100), at(1_000))

    found = [(visit.user_id, [rating.movie_id for rating in visit.ratings]) for visit in visits]
    assert found == [(1, [11, 12]), (3, [10, 11]), (1, [13])]
    assert visits[0].ratings[0] == Rating((at(100) - datetime(1970, 1, 1)).total_seconds(), 11, 5.0)


def test_who_has_rated_before_the_slice_is_not_new(small: HeldOut) -> None:
    first = {visit.user_id: visit.is_new for visit in small.visits(at(100), at(151))}
    later = [visit.is_new for visit in small.visits(at(151), at(1_000))]

    assert first == {1: False, 3: True}
    assert later == [False]


def test_a_visit_belongs_to_the_slice_that_it_begins_in(small: HeldOut) -> None:
    assert [visit.user_id for visit in small.visits(at(101), at(150))] == []
    assert [visit.user_id for visit in small.visits(at(150), at(151))] == [3]


def test_slices_hold_each_visit_and_each_rating_of_the_edition_once(
    held_out: HeldOut, raw: Path
) -> None:
    end = held_out.ends_at + timedelta(seconds=1)
    middle = AS_OF + (end - AS_OF) / 3
    slices = [(AS_OF, middle), (middle, end)]
    whole = duckdb.execute(
        "select user_id, movie_id, rating, rated_at from read_parquet(?)"
        " where rated_at >= ? order by rated_at, user_id, movie_id",
        [str(raw / "ratings.parquet"), AS_OF],
    ).fetchall()

    handed_in = pa.concat_tables([held_out.ratings(*bounds) for bounds in slices])
    visits = [visit for bounds in slices for visit in held_out.visits(*bounds)]

    assert handed_in.schema.equals(RATINGS_SCHEMA)
    assert [tuple(row.values()) for row in handed_in.to_pylist()] == whole
    rated = [(visit.user_id, rating.movie_id) for visit in visits for rating in visit.ratings]
    assert sorted(rated) == sorted((user, movie) for user, movie, *_ in whole)
    begins = [visit.ratings[0].at for visit in visits]
    assert begins == sorted(begins)
