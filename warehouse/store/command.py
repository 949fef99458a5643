"""``python -m warehouse store``: the tables of the operational store."""

import click

from warehouse.command_line import console
from warehouse.lock import exclusive
from warehouse.settings import Settings


@click.group()
def store() -> None:
    """Make and inspect the operational store."""


@store.command()
def upgrade() -> None:
    """Make the tables, or bring them up to this version; safe at any time."""
    # Imported here, like below: SQLAlchemy and Alembic take a second that other commands need not.
    from warehouse.store import migrate  # noqa: PLC0415
    from warehouse.store.engine import described, open_engine  # noqa: PLC0415

    url = Settings.from_environment().store.url
    revision = migrate.upgrade(url)
    console.print(f"{described(open_engine(url).url)}: revision {revision}", soft_wrap=True)


@store.command()
def archive() -> None:
    """Move requests that are older than MARQUEE_LOG_DAYS to Parquet; retraining does it too."""
    from warehouse.store.housekeeping import keep_log_short  # noqa: PLC0415

    settings = Settings.from_environment()
    with exclusive(settings.home):
        keep_log_short(settings, console)


@store.command()
def status() -> None:
    """Say where the store is, at which revision, and how many requests it holds."""
    from warehouse.store import migrate  # noqa: PLC0415
    from warehouse.store.engine import described, open_engine  # noqa: PLC0415
    from warehouse.store.reading import count_requests  # noqa: PLC0415

    url = Settings.from_environment().store.url
    engine = open_engine(url)
    revision = migrate.revision(url)
    console.print(
        f"{described(engine.url)}: revision {revision or 'none'}, this version is {migrate.head()}",
        soft_wrap=True,
    )
    if revision is None:
        console.print("`python -m warehouse store upgrade` makes its tables")
        return
    console.print(f"{count_requests(engine):,} requests logged")
