"""Reading an edition's file of movies."""

import csv
from collections.abc import Callable, Iterable

import pyarrow as pa

from warehouse.sources.formats import CSV, DOUBLE_COLON, TAB, Family
from warehouse.sources.lines import numbered_lines
from warehouse.sources.rejects import DUPLICATE_ID, MALFORMED, RejectLog
from warehouse.sources.titles import split_title

MOVIES_SCHEMA = pa.schema(
    [
        pa.field("movie_id", pa.int32(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("year", pa.int32()),
        pa.field("genres", pa.list_(pa.string()), nullable=False),
    ]
)

# The flags of u.item stand in this order (the edition's u.genre).
TAB_GENRES = [
    "unknown",
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
]
_NO_GENRE = {"", "unknown", "(no genres listed)"}
_TAB_FIELDS_BEFORE_FLAGS = 3  # release date, video release date, address
_LARGEST_ID = 2**31 - 1


def read_movies(text: str, family: Family, file: str, log: RejectLog) -> pa.Table:
    """Parse a file of movies.

    Parameters
    ----------
    text : str
    family : Family
    file : str
        Base name, for the rejects.
    log : RejectLog
        Gets malformed lines and repeated ids (the first one stays).

    Returns
    -------
    pa.Table
        Of `MOVIES_SCHEMA`, ordered by ``movie_id``.
    """
    split = _SPLITTERS[family.name]
    movies: dict[int, dict[str, object]] = {}
    for number, line in numbered_lines(text):
        if number == 1 and family is CSV and line.startswith("movieId,"):
            continue
        log.rows_read += 1
        try:
            movie_id, source_title, genres = split(line)
            if not 0 < movie_id <= _LARGEST_ID:
                raise ValueError(line)
        except ValueError:
            log.add(file, MALFORMED, [number], [line])
            continue
        if movie_id in movies:
            log.add(file, DUPLICATE_ID, [number], [line])
            continue
        title, year = split_title(source_title)
        movies[movie_id] = {
            "movie_id": movie_id,
            "title": title,
            "year": year,
            "genres": [genre for genre in genres if genre not in _NO_GENRE],
        }
    return pa.Table.from_pylist([movies[key] for key in sorted(movies)], schema=MOVIES_SCHEMA)


def _split_tab(line: str) -> tuple[int, str, Iterable[str]]:
    fields = line.split("|")
    first_flag = len(fields) - len(TAB_GENRES)
    title_end = first_flag - _TAB_FIELDS_BEFORE_FLAGS
    flags = fields[first_flag:]
    if title_end < 2 or not set(flags) <= {"0", "1"}:
        raise ValueError(line)
    genres = [genre for genre, flag in zip(TAB_GENRES, flags, strict=True) if flag == "1"]
    return int(fields[0]), "|".join(fields[1:title_end]), genres


def _split_double_colon(line: str) -> tuple[int, str, Iterable[str]]:
    # The separator may also stand inside a title, so the outer ones count.
    movie_id, rest = line.split("::", 1)
    title, genres = rest.rsplit("::", 1)
    return int(movie_id), title, genres.split("|")


def _split_csv(line: str) -> tuple[int, str, Iterable[str]]:
    try:
        (fields,) = csv.reader([line], strict=True)
    except csv.Error as error:
        raise ValueError(line) from error
    movie_id, title, genres = fields
    return int(movie_id), title, genres.split("|")


_SPLITTERS: dict[str, Callable[[str], tuple[int, str, Iterable[str]]]] = {
    TAB.name: _split_tab,
    DOUBLE_COLON.name: _split_double_colon,
    CSV.name: _split_csv,
}
