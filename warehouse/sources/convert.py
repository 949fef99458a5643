"""From an archive's text files to a folder of typed, sorted Parquet."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow.parquet as pq
from rich.console import Console

from warehouse.settings import Settings
from warehouse.sources.archive import Archive
from warehouse.sources.formats import Layout, RatingScale, recognise
from warehouse.sources.lines import decode, line_blocks
from warehouse.sources.manifest import MOVIES, RATINGS, USERS
from warehouse.sources.movies import read_movies
from warehouse.sources.progress import byte_progress
from warehouse.sources.ratings import STAGED_SCHEMA, RatingRules, read_ratings
from warehouse.sources.rejects import DUPLICATE_PAIR, RejectLog
from warehouse.sources.users import read_users

# A person's last word on a movie counts: of a repeated pair the latest rating
# stays, of equally late ones the last line.
_FIND_REPEATED = """
    create temp table superseded as
    with repeated as (
        select user_id, movie_id from staged group by all having count(*) > 1
    ),
    ranked as (
        select
            line_number,
            row_number() over (
                partition by user_id, movie_id order by rated_at desc, line_number desc
            ) as recency,
        from staged semi join repeated using (user_id, movie_id)
    )
    select line_number from ranked where recency > 1
"""
_WRITE_SORTED = """
    copy (
        select user_id, movie_id, rating, rated_at
        from staged anti join superseded using (line_number)
        order by rated_at, user_id, movie_id
    ) to '{target}' (format parquet, compression zstd)
"""


def convert(
    archive: Archive, folder: Path, settings: Settings, log: RejectLog, console: Console
) -> RatingScale:
    """Write ``ratings``, ``movies`` and ``users`` Parquet into `folder`.

    Parameters
    ----------
    archive : Archive
    folder : Path
        An empty folder.
    settings : Settings
        Its memory limit and threads bound the sort.
    log : RejectLog
        Gets every row that is not taken over.
    console : Console
        Shows the progress.

    Returns
    -------
    RatingScale
        That of the family which the archive belongs to.

    Raises
    ------
    InvalidDataError
        When the archive is damaged or of no known family.
    """
    layout = recognise(archive)
    movies = read_movies(
        decode(archive.read(layout.movies)), layout.family, _base_name(layout.movies), log
    )
    pq.write_table(movies, folder / MOVIES, compression="zstd")
    users_text = decode(archive.read(layout.users)) if layout.users else ""
    users = read_users(users_text, layout.family, _base_name(layout.users or ""), log)
    pq.write_table(users, folder / USERS, compression="zstd")
    rules = RatingRules(
        layout.family, layout.scale, movies["movie_id"].combine_chunks(), datetime.now(UTC)
    )
    with TemporaryDirectory(dir=folder.parent, prefix=".convert-") as scratch:
        staged = Path(scratch) / "staged.parquet"
        _stage(archive, layout, rules, log, staged, console)
        with console.status("sorting ratings"):
            superseded = _write_sorted(staged, folder / RATINGS, settings)
    if superseded:
        _reject_repeated(archive, layout, superseded, log)
    return layout.scale


def _stage(
    archive: Archive,
    layout: Layout,
    rules: RatingRules,
    log: RejectLog,
    target: Path,
    console: Console,
) -> None:
    size = archive.size(layout.ratings)
    with (
        archive.open(layout.ratings) as stream,
        pq.ParquetWriter(target, STAGED_SCHEMA) as writer,
        byte_progress(console, f"reading {_base_name(layout.ratings)}", size) as advance,
    ):
        file = _base_name(layout.ratings)
        for table in read_ratings(stream, file, rules, log, advance):
            writer.write_table(table)


def _write_sorted(staged: Path, target: Path, settings: Settings) -> list[int]:
    """Write the ratings in their final order; give the lines that a later one supersedes."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(staged.parent / "spill"),
    }
    with duckdb.connect(config=config) as connection:
        connection.execute("set enable_progress_bar = false")  # it would go to standard output
        connection.read_parquet(str(staged)).create_view("staged")
        connection.execute(_FIND_REPEATED)
        connection.execute(_WRITE_SORTED.format(target=str(target).replace("'", "''")))
        rows = connection.execute("select line_number from superseded order by all").fetchall()
    return [line_number for (line_number,) in rows]


def _reject_repeated(
    archive: Archive, layout: Layout, superseded: list[int], log: RejectLog
) -> None:
    wanted, lines = set(superseded), []
    with archive.open(layout.ratings) as stream:
        for first_line, block in line_blocks(stream):
            if wanted.isdisjoint(range(first_line, first_line + block.count(b"\n"))):
                continue
            for number, line in enumerate(block.split(b"\n"), start=first_line):
                if number in wanted:
                    lines.append(line.decode("iso-8859-1"))
    log.add(_base_name(layout.ratings), DUPLICATE_PAIR, superseded, lines)


def _base_name(member: str) -> str:
    return member.rsplit("/", 1)[-1]
