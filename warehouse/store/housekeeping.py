"""Retention as the settings want it, told to people."""

from rich.console import Console

from warehouse.settings import Settings
from warehouse.store.engine import open_engine
from warehouse.store.migrate import upgrade
from warehouse.store.retention import archive_requests


def keep_log_short(settings: Settings, console: Console) -> None:
    """Archive what is older than `MARQUEE_LOG_DAYS`; see `archive_requests`.

    Only for the process that holds the home's lock.

    Raises
    ------
    StoreError
        The store cannot be reached, read or written.
    """
    store, folder = settings.store, settings.home.request_log_archive
    upgrade(store.url)
    engine = open_engine(store.url)
    try:
        moved = archive_requests(engine, folder, store.log_days)
    finally:
        engine.dispose()
    console.print(
        f"request log: {moved.requests:,} requests of {moved.days:,} days archived, older than "
        f"{store.log_days} days",
        soft_wrap=True,
    )
    if moved.kept:
        console.print(
            f"[yellow]request log:[/] {moved.kept:,} damaged requests stay in the store",
            soft_wrap=True,
        )
