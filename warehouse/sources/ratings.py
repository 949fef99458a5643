"""Reading an edition's file of ratings in blocks, with the exact number of every bad line.

Good rows never become Python objects: a block of bytes is cut into an Arrow
array of lines, a pattern sorts out what is malformed, and Arrow's CSV reader
turns the rest into columns. 32 million rows so pass in a few hundred megabytes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from warehouse.sources.formats import Family, RatingScale
from warehouse.sources.lines import line_blocks, lines_of
from warehouse.sources.rejects import (
    IMPOSSIBLE_TIMESTAMP,
    MALFORMED,
    RATING_OUT_OF_RANGE,
    UNKNOWN_MOVIE,
    RejectLog,
)

# MovieLens opened in 1995; the first ratings of the oldest editions are some days younger.
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
STAGED_SCHEMA = pa.schema(
    [
        ("line_number", pa.int64()),
        ("user_id", pa.int32()),
        ("movie_id", pa.int32()),
        ("rating", pa.float64()),
        ("rated_at", pa.timestamp("us")),
    ]
)
_LARGEST_ID = 2**31 - 1
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_COLUMNS = {
    "user_id": pa.int64(),
    "movie_id": pa.int64(),
    "rating": pa.float64(),
    "seconds": pa.int64(),
}


@dataclass(frozen=True)
class RatingRules:
    """What makes a rating good.

    Attributes
    ----------
    family : Family
    scale : RatingScale
    movie_ids : pa.Array
        int32, the known movies.
    now : datetime
        With a zone; nothing can have been rated after it.
    """

    family: Family
    scale: RatingScale
    movie_ids: pa.Array
    now: datetime


def read_ratings(
    stream: IO[bytes],
    file: str,
    rules: RatingRules,
    log: RejectLog,
    advance: Callable[[int], None],
) -> Iterator[pa.Table]:
    """Parse and check a file of ratings, all rules but that of repeated pairs.

    Parameters
    ----------
    stream : binary stream
    file : str
        Base name, for the rejects.
    rules : RatingRules
    log : RejectLog
        Gets every bad line under the first rule that it breaks.
    advance : callable
        Told how many bytes each block held.

    Yields
    ------
    pa.Table
        Of `STAGED_SCHEMA`, in the file's order.
    """
    for first_line, block in line_blocks(stream):
        lines = lines_of(block)
        numbers = pa.array(np.arange(first_line, first_line + len(lines)))
        heading = rules.family.header
        if first_line == 1 and heading and block.removeprefix(_BYTE_ORDER_MARK).startswith(heading):
            lines, numbers = lines[1:], numbers[1:]
        log.rows_read += len(lines)
        good = pc.match_substring_regex(lines, rules.family.rating_line)
        _reject(log, file, MALFORMED, pc.invert(good), numbers, lines)
        lines, numbers = lines.filter(good), numbers.filter(good)
        if len(lines):
            yield _checked(lines, numbers, file, rules, log)
        advance(len(block))


def _checked(
    lines: pa.Array, numbers: pa.Array, file: str, rules: RatingRules, log: RejectLog
) -> pa.Table:
    table = _parsed(lines, rules.family).append_column("line_number", numbers)
    for reason, broken in (
        (MALFORMED, _bad_id),
        (RATING_OUT_OF_RANGE, lambda rows: _off_scale(rows, rules.scale)),
        (IMPOSSIBLE_TIMESTAMP, lambda rows: _impossible_time(rows, rules.now)),
        (UNKNOWN_MOVIE, lambda rows: _unknown_movie(rows, rules.movie_ids)),
    ):
        bad = broken(table)
        if pc.any(bad).as_py():
            _reject(log, file, reason, bad, table["line_number"], lines)
            good = pc.invert(bad)
            table, lines = table.filter(good), lines.filter(good.combine_chunks())
    seconds = table["seconds"].cast(pa.timestamp("s")).cast(pa.timestamp("us"))
    return table.append_column("rated_at", seconds).select(STAGED_SCHEMA.names).cast(STAGED_SCHEMA)


def _parsed(lines: pa.Array, family: Family) -> pa.Table:
    # The lines of an array lie in one run, of the block or of what a filter has copied.
    _, offset_buffer, values = lines.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64)
    start, end = int(offsets[lines.offset]), int(offsets[lines.offset + len(lines)])
    content = values.slice(start, end - start)
    separator = family.separator
    if len(separator) > 1:
        content = pa.py_buffer(content.to_pybytes().replace(separator.encode(), b"\t"))
        separator = "\t"
    return pa_csv.read_csv(
        pa.BufferReader(content),
        read_options=pa_csv.ReadOptions(column_names=list(_COLUMNS)),
        parse_options=pa_csv.ParseOptions(delimiter=separator, quote_char=False),
        convert_options=pa_csv.ConvertOptions(column_types=_COLUMNS),
    )


def _bad_id(table: pa.Table) -> pa.ChunkedArray:
    outside = (
        pc.or_(pc.less(table[name], 1), pc.greater(table[name], _LARGEST_ID))
        for name in ("user_id", "movie_id")
    )
    return pc.or_(*outside)


def _off_scale(table: pa.Table, scale: RatingScale) -> pa.ChunkedArray:
    rating = table["rating"]
    steps = pc.divide(pc.subtract(rating, scale.minimum), scale.step)
    between_steps = pc.greater(pc.abs(pc.subtract(steps, pc.round(steps))), 1e-9)
    outside = pc.or_(pc.less(rating, scale.minimum), pc.greater(rating, scale.maximum))
    return pc.or_(outside, between_steps)


def _impossible_time(table: pa.Table, now: datetime) -> pa.ChunkedArray:
    seconds = table["seconds"]
    too_early = pc.less_equal(seconds, int(EARLIEST.timestamp()))
    return pc.or_(too_early, pc.greater(seconds, int(now.timestamp())))


def _unknown_movie(table: pa.Table, movie_ids: pa.Array) -> pa.ChunkedArray:
    return pc.invert(pc.is_in(table["movie_id"].cast(pa.int32()), value_set=movie_ids))


def _reject(
    log: RejectLog,
    file: str,
    reason: str,
    bad: pa.Array,
    numbers: pa.Array,
    lines: pa.Array,
) -> None:
    if not pc.any(bad).as_py():
        return
    chosen = pc.indices_nonzero(bad)
    texts = [line.decode("iso-8859-1") for line in lines.take(chosen).to_pylist()]
    log.add(file, reason, numbers.take(chosen).to_pylist(), texts)
