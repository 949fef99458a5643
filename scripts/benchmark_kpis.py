"""Time and memory of the KPIs over a million logged requests, and over one day more."""

import tempfile
from pathlib import Path

import click
import duckdb
from rich.table import Table

from scripts.measuring import Run, machine, run_fresh
from warehouse.command_line import MarqueeGroup, console
from warehouse.settings import Settings
from warehouse.store.attachment import Attachment, ensure_extensions
from warehouse.store.migrate import upgrade

# The last days of the edition, so that much of what was shown is followed by a rating.
_DAYS = 30
_SLOTS = 10

# Users of the edition and a few strangers; popular movies first, as a recommender shows them.
_INSERT = """
insert into store.request_logs (
    request_id, timestamp, user_id, endpoint, model_version, recommendations, scores, latency_ms,
    status, is_fallback, fallback_reason, k, strategy, worker, request, is_simulated
)
with

ends as (
    select
        max(rated_at) as ends_at,
        max(user_id) as n_users
    from warehouse.marts.fct_ratings
),

movies as (
    select
        list(movie_id order by n_positives desc) as ids,
        count(*) as n_movies
    from warehouse.marts.dim_movies
),

numbers as (
    select
        numbers.n,
        random() as chance,
        random() as luck,
        random() as speed,
        cast(floor(power(random(), 3) * (movies.n_movies - $slots * 7)) as integer) as best
    from range($first, $last) as numbers (n), movies
)

select
    cast(md5(cast(n as varchar)) as uuid),
    strftime(
        ends.ends_at - to_days(cast($before_end as integer))
        + to_seconds(86400.0 * $days * random()),
        '%Y-%m-%d %H:%M:%S.%f'
    ),
    case when chance < 0.7 then cast(ceil(luck * ends.n_users * 1.1) as integer) end,
    case when chance < 0.7 then '/recommend' when chance < 0.9 then '/similar' else '/popular' end,
    'benchmark-' || if(n % 2 = 0, 'one', 'two'),
    to_json([movies.ids[best + 7 * slot + 1] for slot in range($slots)]),
    to_json([1.0 / (slot + luck + 1) for slot in range($slots)]),
    0.3 - ln(1 - speed) * 2,
    200,
    case when chance < 0.7 then luck > 0.909 end,
    case when chance < 0.7 and luck > 0.909 then 'unknown_user' end,
    $slots,
    'personal',
    1,
    '{"exclude_seen": true}',
    1
from numbers, ends, movies
"""


@click.group(
    cls=MarqueeGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--requests", default=1_000_000, show_default=True, help="Requests logged at first.")
@click.option("--edition", default="ml-100k", show_default=True, help="Edition that is served.")
def main(requests: int, edition: str) -> None:
    """Measure `make kpis` over REQUESTS of ten slots each, then over one day more."""
    with tempfile.TemporaryDirectory(prefix="marquee-bench-") as folder:
        first, again, further = measure(Path(folder), requests, edition)
    table = Table("what", "requests", "seconds", "peak MB")
    for what, n, run in (
        ("first load", requests, first),
        ("nothing new", 0, again),
        ("a further day", requests // _DAYS, further),
    ):
        table.add_row(what, f"{n:,}", f"{run.seconds:.1f}", f"{run.peak_megabytes:.0f}")
    console.print(table)
    console.print(f"{edition}, {_SLOTS} slots a request, {_DAYS} days; {machine()}")


def measure(root: Path, requests: int, edition: str) -> tuple[Run, Run, Run]:
    """Make a warehouse, log `requests`, and load them; then nothing; then a further day.

    Parameters
    ----------
    root : Path
        Empty folder that becomes the home.
    requests : int
        At least as many as there are days.
    edition : str
        The one that is served.
    """
    environment = {"MARQUEE_HOME": str(root), "MARQUEE_DATASET": edition}
    with console.status(f"making the models of {edition}"):
        run_fresh("models_py", ["pipeline"], environment)
    with console.status("logging requests"):
        log_requests(root, 0, requests, day=0, days=_DAYS)
    first = run_fresh("warehouse", ["refresh"], environment)
    again = run_fresh("warehouse", ["refresh"], environment)
    log_requests(root, requests, requests + requests // _DAYS, day=_DAYS, days=1)
    return first, again, run_fresh("warehouse", ["refresh"], environment)


def log_requests(root: Path, first: int, last: int, day: int, days: int) -> None:
    """Log requests number `first` to `last` in the store of a home, spread over some days.

    Parameters
    ----------
    root : Path
        A home whose warehouse is published; its store is SQLite.
    first, last : int
        The last one excluded.
    day, days : int
        First day, counted from 30 days before the edition's end, and how many.
    """
    settings = Settings.from_environment({"MARQUEE_HOME": str(root)})
    home = settings.home
    upgrade(settings.store.url)
    extensions = root / "dbt" / "extensions"
    ensure_extensions(extensions, Attachment.of(settings.store.url))
    with duckdb.connect(config={"extension_directory": str(extensions)}) as connection:
        # One thread, so that the same numbers are drawn.
        connection.execute("set threads = 1")
        connection.execute("load sqlite_scanner")
        connection.execute(f"attach '{home.pointer.resolve()}' as warehouse (read_only)")
        connection.execute(f"attach '{home.store_file}' as store (type sqlite)")
        connection.execute("select setseed(0.5)")
        numbers = {"first": first, "last": last, "before_end": _DAYS - day, "days": days}
        connection.execute(_INSERT, numbers | {"slots": _SLOTS})


if __name__ == "__main__":
    main(prog_name="python -m scripts.benchmark_kpis")
