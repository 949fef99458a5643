"""What counts as a good row, whatever kind of file it stands in."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.errors import InvalidDataError
from warehouse.interactions.reading import Rules, read_interactions
from warehouse.sources.formats import HALF_STARS, RatingScale
from warehouse.sources.rejects import RejectLog

MOVIES = pa.table({"movie_id": pa.array([1, 2, 3], pa.int32())})
NOON = datetime(2001, 1, 1, 12)


@pytest.fixture
def read(tmp_path: Path):
    def of(content: str | bytes | pa.Table, scale: RatingScale = HALF_STARS):
        path = tmp_path / ("rows.parquet" if isinstance(content, pa.Table) else "rows.csv")
        if isinstance(content, pa.Table):
            pq.write_table(content, path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with RejectLog(tmp_path / "rejects.parquet") as log:
            rows = read_interactions(path, Rules(scale, MOVIES), log)
        rejects = pq.read_table(tmp_path / "rejects.parquet").to_pylist()
        found = [tuple(row.values()) for row in rows.to_pylist()]
        return found, [(r["line_number"], r["reason"], r["line"]) for r in rejects], log.rows_read

    return of


@pytest.mark.parametrize(
    "told",
    [
        "2001-01-01T12:00:00Z",
        "2001-01-01 12:00:00",
        "2001-01-01T14:00:00+02:00",
        "978350400",
        "978350400.0",
        '"2001-01-01T12:00:00"',
    ],
)
def test_a_time_is_iso_or_seconds_and_utc_unless_it_says_otherwise(read, told: str) -> None:
    assert read(f"user_id,movie_id,rating,rated_at\n7,1,4.5,{told}\n")[0] == [(7, 1, 4.5, NOON)]


def test_columns_are_found_by_name_and_others_passed_by(read) -> None:
    content = b'\xef\xbb\xbfRated_At, "movie_id",note,rating,USER_ID\r\n978350400,1,x,4,7\r\n\r\n'

    assert read(content) == ([(7, 1, 4.0, NOON)], [], 1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("7,1,4", "malformed"),
        ("7,1,4,978350400,", "malformed"),
        ("seven,1,4,978350400", "malformed"),
        ("7.0,1,4,978350400", "malformed"),
        ("0,1,4,978350400", "malformed"),
        ("-7,1,4,978350400", "malformed"),
        ("4000000000,1,4,978350400", "malformed"),
        ("7,1,,978350400", "malformed"),
        ("7,1,nan,978350400", "malformed"),
        ("7,1,4,infinity", "malformed"),
        ("7,1,4,2001-13-01", "malformed"),
        ("7,1,4,999999999999999", "malformed"),
        ("7,1,0,978350400", "rating_out_of_range"),
        ("7,1,5.5,978350400", "rating_out_of_range"),
        ("7,1,4.25,978350400", "rating_out_of_range"),
        ("7,1,4,1000", "impossible_timestamp"),
        ("7,1,4,99999999999", "impossible_timestamp"),
        ("7,99,4,978350400", "unknown_movie"),
    ],
)
def test_a_bad_row_is_kept_apart_with_its_line_and_reason(read, line: str, reason: str) -> None:
    content = f"user_id,movie_id,rating,rated_at\n8,2,3,978350400\n{line}\n9,3,3,978350401\n"
    rows, rejects, n_read = read(content)

    assert [row[0] for row in rows] == [8, 9]
    assert rejects == [(3, reason, line)]
    assert n_read == 3


def test_of_a_repeated_pair_the_latest_row_stays(read) -> None:
    rows, rejects, _ = read(
        "user_id,movie_id,rating,rated_at\n"
        "7,1,1,978350400\n7,1,2,978350401\n7,1,3,978350401\n7,1,9,978350409\n"
    )

    assert [row[2] for row in rows] == [3.0]
    assert [reject[:2] for reject in rejects] == [
        (2, "duplicate_pair"),
        (3, "duplicate_pair"),
        (5, "rating_out_of_range"),
    ]


@pytest.mark.parametrize(
    "times",
    [
        pa.array([NOON, NOON], pa.timestamp("us")),
        pa.array([NOON.replace(tzinfo=UTC)] * 2, pa.timestamp("us", tz="Europe/Berlin")),
        pa.array([978350400, 978350400], pa.int64()),
        pa.array([978350400.0, 978350400.0], pa.float64()),
        pa.array(["2001-01-01T12:00:00Z"] * 2),
    ],
)
def test_parquet_is_read_by_the_same_rules_whatever_its_types(read, times: pa.Array) -> None:
    columns = {"user_id": [7, 8], "movie_id": [1, 99], "rating": [4.5, 4.5], "rated_at": times}
    rows, rejects, _ = read(pa.table(columns))

    assert rows == [(7, 1, 4.5, NOON)]
    assert [reject[:2] for reject in rejects] == [(2, "unknown_movie")]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "7,1,4,978350400\n",
        "user_id,movie_id,rating\n7,1,4\n",
        "user_id,movie_id,rating,rated_at,user_id\n7,1,4,978350400,7\n",
        pa.table({"user_id": [1]}),
    ],
)
def test_a_file_without_the_columns_is_refused_by_name(read, content) -> None:
    with pytest.raises(InvalidDataError, match=r"rows\.(csv|parquet).*rated_at"):
        read(content)


def test_parquet_that_is_damaged_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"PAR1 and then nothing")

    with (
        RejectLog(tmp_path / "rejects.parquet") as log,
        pytest.raises(InvalidDataError, match=r"rows\.parquet: cannot be read"),
    ):
        read_interactions(path, Rules(HALF_STARS, MOVIES), log)
