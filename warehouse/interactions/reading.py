"""Reading a file of interactions: every row typed and held against the rules, by SQL.

Whatever the file is, each row is text first: a bad one can then be shown as it
stood, with its number, under the first rule that it breaks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.errors import InvalidDataError
from warehouse.sources.formats import RatingScale
from warehouse.sources.lines import decode, line_blocks, lines_of
from warehouse.sources.manifest import RATINGS_SCHEMA
from warehouse.sources.ratings import EARLIEST
from warehouse.sources.rejects import (
    DUPLICATE_PAIR,
    IMPOSSIBLE_TIMESTAMP,
    MALFORMED,
    RATING_OUT_OF_RANGE,
    UNKNOWN_MOVIE,
    RejectLog,
)

COLUMNS = tuple(RATINGS_SCHEMA.names)
# What may surround a field.
_BLANK = ' "\t\r\n'

_TEXTS_OF_CSV = """
    create temp table texts as
    with cut as (
        select line_number, line, string_split(line, ',') as fields
        from lines
        where trim(line, $blank) != ''
    )
    select
        line_number,
        line,
        if(len(fields) = $n_fields, trim(fields[$user_id], $blank), null) as user_id,
        trim(fields[$movie_id], $blank) as movie_id,
        trim(fields[$rating], $blank) as rating,
        trim(fields[$rated_at], $blank) as rated_at
    from cut
"""
_TEXTS_OF_PARQUET = """
    create temp table texts as
    select
        line_number,
        concat_ws(',', user_id, movie_id, rating, rated_at) as line,
        user_id::varchar as user_id,
        movie_id::varchar as movie_id,
        rating::varchar as rating,
        rated_at::varchar as rated_at
    from rows
"""
# A person's last word on a movie counts: of a repeated pair the latest row
# stays, of equally late ones the last.
_CHECK = """
    create temp table checked as
    with typed as (
        select
            line_number,
            line,
            if(regexp_full_match(user_id, '[0-9]{1,10}'), try_cast(user_id as integer), null)
                as user_id,
            if(regexp_full_match(movie_id, '[0-9]{1,10}'), try_cast(movie_id as integer), null)
                as movie_id,
            if(
                regexp_full_match(rating, '-?[0-9]{1,4}([.][0-9]{1,6})?'),
                rating::double,
                null
            ) as rating,
            case
                when regexp_full_match(rated_at, '-?[0-9]{1,11}([.][0-9]{1,9})?')
                    then make_timestamp((rated_at::double * 1000000)::bigint)
                when regexp_matches(rated_at, '^[0-9]{4}-')
                    then try_cast(rated_at as timestamptz) at time zone 'UTC'
            end as rated_at
        from texts
    ),
    judged as (
        select
            typed.*,
            case
                when
                    not coalesce(typed.user_id > 0 and typed.movie_id > 0, false)
                    or typed.rating is null
                    or typed.rated_at is null
                    then $malformed
                when
                    typed.rating not between $minimum and $maximum
                    or abs((typed.rating - $minimum) / $step
                        - round((typed.rating - $minimum) / $step)) > 1e-9
                    then $rating_out_of_range
                when typed.rated_at <= $earliest or typed.rated_at > $latest
                    then $impossible_timestamp
                when movies.movie_id is null then $unknown_movie
            end as reason
        from typed
        left join movies on typed.movie_id = movies.movie_id
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by user_id, movie_id, reason is null
                order by rated_at desc, line_number desc
            ) as recency
        from judged
    )
    select
        * exclude (reason, recency),
        if(reason is null and recency > 1, $duplicate_pair, reason) as reason
    from ranked
"""
# Each reason is its own name in the query.
_REASONS = {
    reason: reason
    for reason in (
        MALFORMED,
        RATING_OUT_OF_RANGE,
        IMPOSSIBLE_TIMESTAMP,
        UNKNOWN_MOVIE,
        DUPLICATE_PAIR,
    )
}


@dataclass(frozen=True)
class Rules:
    """What makes an interaction good.

    Attributes
    ----------
    scale : RatingScale
    movies : pa.Table
        ``movie_id`` of every movie of the edition.
    """

    scale: RatingScale
    movies: pa.Table


def read_interactions(path: Path, rules: Rules, log: RejectLog) -> pa.Table:
    """Read a CSV or Parquet file with the columns user_id, movie_id, rating, rated_at.

    Other columns are passed by. ``rated_at`` is an ISO time (UTC where it names
    no zone) or seconds since the epoch.

    Parameters
    ----------
    path : Path
    rules : Rules
    log : RejectLog
        Gets every row that is not taken over, numbered as a line of the CSV, or
        as a row of the Parquet file, from 1.

    Returns
    -------
    pa.Table
        Of `RATINGS_SCHEMA`, in the order of time, user and movie.

    Raises
    ------
    InvalidDataError
        It is no such file, or lacks a column.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        try:
            if path.suffix.lower() == ".parquet":
                _read_parquet(connection, path)
            else:
                _read_csv(connection, path)
        except (duckdb.Error, pa.ArrowException) as error:
            raise InvalidDataError(
                f"{path}: cannot be read: {str(error).splitlines()[0]}",
                hint=f"expected a file with the columns {', '.join(COLUMNS)}",
            ) from error
        connection.register("movies", rules.movies)
        scale = rules.scale
        connection.execute(
            _CHECK,
            {
                **_REASONS,
                "minimum": scale.minimum,
                "maximum": scale.maximum,
                "step": scale.step,
                "earliest": EARLIEST.replace(tzinfo=None),
                "latest": datetime.now(UTC).replace(tzinfo=None),
            },
        )
        ((n_rows,),) = connection.sql("select count(*) from checked").fetchall()
        log.rows_read += n_rows
        rejects = connection.sql(
            "select reason, list(line_number order by line_number), list(line order by line_number)"
            " from checked where reason is not null group by reason order by reason"
        ).fetchall()
        for reason, numbers, lines in rejects:
            log.add(path.name, reason, numbers, lines)
        good = connection.sql(
            f"select {', '.join(COLUMNS)} from checked"  # noqa: S608 - our own names
            " where reason is null order by rated_at, user_id, movie_id"
        )
        return good.to_arrow_table().cast(RATINGS_SCHEMA)


def _read_csv(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    stream = BytesIO(decode(path.read_bytes()).encode())
    texts, numbers = [], []
    for first_line, block in line_blocks(stream):
        lines = lines_of(block)
        texts.append(lines.cast(pa.large_string()))
        numbers.append(pa.array(np.arange(first_line, first_line + len(lines))))
    if not texts:
        raise InvalidDataError(f"{path}: is empty, expected the heading {','.join(COLUMNS)}")
    table = pa.table([pa.chunked_array(numbers), pa.chunked_array(texts)], ["line_number", "line"])
    heading = [name.strip(_BLANK).lower() for name in table["line"][0].as_py().split(",")]
    _require_columns(heading, path)
    connection.register("lines", table.slice(1))
    places = {name: heading.index(name) + 1 for name in COLUMNS}
    connection.execute(_TEXTS_OF_CSV, {**places, "n_fields": len(heading), "blank": _BLANK})


def _read_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    # DuckDB and datasets of Arrow's would take the name for a pattern, or for values of columns.
    with pq.ParquetFile(path) as file:
        _require_columns(file.schema_arrow.names, path)
        rows = file.read(columns=list(COLUMNS))
    connection.register("rows", rows.append_column("line_number", [np.arange(1, len(rows) + 1)]))
    connection.execute(_TEXTS_OF_PARQUET)


def _require_columns(heading: Sequence[str], path: Path) -> None:
    if any(heading.count(name) != 1 for name in COLUMNS):
        raise InvalidDataError(
            f"{path}: its columns are {', '.join(heading)!r}, expected {', '.join(COLUMNS)}, "
            "each once"
        )
