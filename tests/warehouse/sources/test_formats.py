"""Every family's syntax, bad rows included, down to the line numbers."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.errors import InvalidDataError
from warehouse.sources import lines as lines_module
from warehouse.sources.formats import (
    CSV,
    DOUBLE_COLON,
    HALF_STARS,
    TAB,
    WHOLE_STARS,
    Family,
    RatingScale,
)
from warehouse.sources.lines import decode, numbered_lines
from warehouse.sources.movies import read_movies
from warehouse.sources.ratings import RatingRules, read_ratings
from warehouse.sources.rejects import RejectLog
from warehouse.sources.users import read_users

from .conftest import CSV_FILES, DOUBLE_COLON_FILES, TAB_FILES

Rejected = list[tuple[int, str]]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[RejectLog]:
    with RejectLog(tmp_path / "rejects.parquet") as opened:
        yield opened


def rejected(log: RejectLog, tmp_path: Path) -> Rejected:
    log.__exit__(None, None, None)
    table = pq.read_table(tmp_path / "rejects.parquet")
    return sorted(zip(*table.select(["line_number", "reason"]).to_pydict().values(), strict=True))


def parse(content: bytes, family: Family, scale: RatingScale, log: RejectLog) -> list[dict]:
    now = datetime(2020, 1, 1, tzinfo=UTC)
    rules = RatingRules(family, scale, pa.array([1, 2, 3], pa.int32()), now)
    advanced: list[int] = []
    tables = list(read_ratings(io.BytesIO(content), "r", rules, log, advanced.append))
    assert sum(advanced) in {len(content), len(content) + 1}
    return pa.concat_tables(tables).to_pylist() if tables else []


BAD_ROWS = [
    ("1{0}2{0}3", "malformed"),
    ("1{0}2{0}3{0}900000000{0}9", "malformed"),
    ("one{0}2{0}3{0}900000000", "malformed"),
    ("", "malformed"),
    ("0{0}2{0}3{0}900000000", "malformed"),
    ("4294967297{0}2{0}3{0}900000000", "malformed"),
    ("1{0}2{0}nan{0}900000000", "malformed"),
    ("1{0}2{0}6{0}900000000", "rating_out_of_range"),
    ("1{0}2{0}0{0}900000000", "rating_out_of_range"),
    ("1{0}2{0}-1{0}900000000", "rating_out_of_range"),
    ("1{0}2{0}3.25{0}900000000", "rating_out_of_range"),
    ("1{0}2{0}3{0}788918400", "impossible_timestamp"),
    ("1{0}2{0}3{0}0", "impossible_timestamp"),
    ("1{0}2{0}3{0}-5", "impossible_timestamp"),
    ("1{0}2{0}3{0}999999999999", "impossible_timestamp"),
    ("1{0}99{0}3{0}900000000", "unknown_movie"),
    ("1{0}99{0}9{0}900000000", "rating_out_of_range"),
]


@pytest.mark.parametrize("block_bytes", [7, 64, 1 << 20])
@pytest.mark.parametrize("family", [TAB, DOUBLE_COLON, CSV], ids=lambda family: family.name)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_bad_ratings_keep_reason_and_line(
    family: Family,
    ending: str,
    block_bytes: int,
    log: RejectLog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines_module, "_BLOCK_BYTES", block_bytes)
    lines, expected = ["userId,movieId,rating,timestamp"] if family is CSV else [], []
    for row, reason in BAD_ROWS:
        lines.append(f"5{family.separator}1{family.separator}4{family.separator}900000000")
        lines.append(row.format(family.separator))
        expected.append((len(lines), reason))
    # The last line ends without a newline.
    lines.append(f"6{family.separator}3{family.separator}5{family.separator}788918401")
    rows = parse(ending.join(lines).encode(), family, WHOLE_STARS, log)
    assert len(rows) == len(BAD_ROWS) + 1
    assert rows[-1] == {
        "line_number": len(lines),
        "user_id": 6,
        "movie_id": 3,
        "rating": 5.0,
        "rated_at": datetime(1995, 1, 1, 0, 0, 1),
    }
    assert rejected(log, tmp_path) == expected
    assert log.rows_read == len(BAD_ROWS) * 2 + 1


def test_half_stars_follow_the_scale(log: RejectLog) -> None:
    content = b"1,1,0.5,900000000\n1,2,4.5,900000000\n1,3,4.7,900000000\n1,3,5.5,900000000\n"
    assert [row["rating"] for row in parse(content, CSV, HALF_STARS, log)] == [0.5, 4.5]
    assert log.reasons == {"rating_out_of_range": 2}
    assert parse(b"1,2,4.5,900000000\n", CSV, WHOLE_STARS, log) == []


def test_bytes_of_no_encoding_are_a_bad_row(log: RejectLog, tmp_path: Path) -> None:
    assert (
        parse(b"\xff\xfe\x00\n1\t2\t3\t900000000\n", TAB, WHOLE_STARS, log)[0]["line_number"] == 2
    )
    assert rejected(log, tmp_path) == [(1, "malformed")]


def test_tab_movies(log: RejectLog, tmp_path: Path) -> None:
    text = decode(TAB_FILES["ml/u.item"]) + "x|y\n1|Again (1999)|||" + "|0" * 19 + "\n"
    movies = read_movies(text, TAB, "u.item", log).to_pylist()
    assert movies == [
        {
            "movie_id": 1,
            "title": "Toy Story",
            "year": 1995,
            "genres": ["Animation", "Children's", "Comedy"],
        },
        {"movie_id": 2, "title": "Cérémonie, La", "year": 1995, "genres": ["Drama"]},
        {"movie_id": 267, "title": "unknown", "year": None, "genres": []},
    ]
    assert rejected(log, tmp_path) == [(4, "malformed"), (5, "duplicate_id")]


def test_double_colon_inside_a_title(log: RejectLog) -> None:
    movies = read_movies(decode(DOUBLE_COLON_FILES["ml/movies.dat"]), DOUBLE_COLON, "m", log)
    assert movies["title"].to_pylist() == ["Toy Story", "Léon :: Director's Cut"]
    assert movies["genres"].to_pylist() == [["Animation", "Children's"], ["Drama"]]


def test_csv_movies(log: RejectLog, tmp_path: Path) -> None:
    text = decode(CSV_FILES["ml/movies.csv"]) + '9,"unclosed (1999),Drama\n10,Heat (1995),Crime\n'
    movies = read_movies(text, CSV, "movies.csv", log)
    assert movies["title"].to_pylist() == [
        "American President, The",
        '"Great Performances" Cats',
        "Fawlty Towers",
        "Babylon 5",
        "Heat",
    ]
    assert movies["year"].to_pylist() == [1995, 1998, 1975, None, 1995]
    assert movies["genres"].to_pylist()[3] == []
    assert rejected(log, tmp_path) == [(6, "malformed")]


def test_users_of_both_families(log: RejectLog, tmp_path: Path) -> None:
    users = read_users(decode(TAB_FILES["ml/u.user"]), TAB, "u.user", log).to_pylist()
    assert users[1] == {
        "user_id": 8,
        "age": 53,
        "gender": "F",
        "occupation": "other",
        "zip_code": "T8H1N",
    }
    text = decode(DOUBLE_COLON_FILES["ml/users.dat"]) + "3::M::25::99::1\n3::M\n1::F::1::10::4\n"
    users = read_users(text, DOUBLE_COLON, "users.dat", log).to_pylist()
    assert [user["occupation"] for user in users] == ["K-12 student", "self-employed"]
    assert rejected(log, tmp_path) == [(3, "malformed"), (4, "malformed"), (5, "duplicate_id")]


def test_encodings() -> None:
    assert decode("Léon".encode("iso-8859-1")) == decode("Léon".encode()) == "Léon"
    assert decode(b"\xef\xbb\xbfmovieId") == "movieId"
    assert list(numbered_lines("a\x85b\r\n\nc")) == [(1, "a\x85b"), (2, ""), (3, "c")]
    assert list(numbered_lines("")) == []


def test_too_many_bad_rows_are_told_by_reason(log: RejectLog) -> None:
    log.rows_read = 300
    log.add("u.data", "malformed", [4, 9], ["x\n", "y\n"])
    log.add("u.data", "unknown_movie", [5], ["z"])
    log.require_share(0.01, "tiny")
    log.rows_read = 299
    with pytest.raises(InvalidDataError) as refused:
        log.require_share(0.01, "tiny")
    assert "3 of 299 rows are bad (1.00%" in str(refused.value)
    assert "malformed 2, unknown_movie 1" in str(refused.value)
    assert "u.data:4 malformed: 'x'" in str(refused.value)
    assert "MARQUEE_MAX_REJECT_SHARE" in str(refused.value)
