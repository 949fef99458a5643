"""``python -m warehouse store``: the tables of the operational store."""

import click
from sqlalchemy import func, select

from warehouse.command_line import console
from warehouse.settings import Settings
from warehouse.store import migrate
from warehouse.store.engine import described, open_engine, reading
from warehouse.store.tables import REQUEST_LOGS


@click.group()
def store() -> None:
    """Make and inspect the operational store."""


@store.command()
def upgrade() -> None:
    """Make the tables, or bring them up to this version; safe at any time."""
    url = Settings.from_environment().store.url
    revision = migrate.upgrade(url)
    console.print(f"{described(open_engine(url).url)}: revision {revision}", soft_wrap=True)


@store.command()
def status() -> None:
    """Say where the store is, at which revision, and how many requests it holds."""
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
    with reading(engine) as connection:
        count = connection.execute(select(func.count()).select_from(REQUEST_LOGS)).scalar_one()
    console.print(f"{count:,} requests logged")
