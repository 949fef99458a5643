"""``make retrain``: new interactions taken in, everything that follows from them made again."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from sqlalchemy import make_url

from models_py.pipeline import bring_up_to_date, take_edition
from warehouse.errors import MarqueeError, StoreError
from warehouse.files import remove_leftovers
from warehouse.home import Home
from warehouse.interactions.ingest import ingest
from warehouse.lock import exclusive
from warehouse.settings import Settings
from warehouse.sources.manifest import Manifest
from warehouse.store.engine import described
from warehouse.store.housekeeping import keep_log_short
from warehouse.store.migrate import head, revision


def retrain(settings: Settings, console: Console, dry_run: bool = False) -> None:
    """Take in what people dropped, rebuild, train, and promote or keep.

    The pipeline of every day, with the incoming interactions before it, and in
    the simulation that the home is in, if there is one. A running API takes a
    promoted bundle up by itself.

    Parameters
    ----------
    settings : Settings
    console : Console
        Gets the decision with its reasons.
    dry_run : bool
        Do all of it in a copy of the home that is thrown away.

    Raises
    ------
    MarqueeError
        Any failure that a person can act on; what serves goes on serving.
    """
    with exclusive(settings.home):
        remove_leftovers(settings.home.root, spare=("raw", "downloads"))
        manifest = take_edition(settings, console)
        if not dry_run:
            _retrain(settings, manifest, console)
            keep_log_short(settings, console)
            return
        with _copy_of(settings.home, manifest.dataset) as copy:
            store = replace(settings.store, url=_store_of_copy(settings.store.url, copy))
            _retrain(replace(settings, home=copy, store=store), manifest, console)
    console.print(
        f"[bold]dry run[/]: this would have happened; nothing in {settings.home.root} has changed",
        soft_wrap=True,
    )


def _retrain(settings: Settings, manifest: Manifest, console: Console) -> None:
    console.rule("[bold]new interactions", align="left")
    if not ingest(settings, manifest, console):
        console.print(f"none in {settings.home.incoming(manifest.dataset)}", soft_wrap=True)
    bring_up_to_date(settings, manifest, console)


@contextmanager
def _copy_of(home: Home, dataset: str) -> Iterator[Home]:
    with TemporaryDirectory(dir=home.root, prefix=".dry-run-", suffix=".tmp") as name:
        copy = Home(Path(name))
        with _copying(home.root):
            _fill(copy, home, dataset)
        yield copy


def _fill(copy: Home, home: Home, dataset: str) -> None:
    """Copy what a retraining writes; what it only reads is linked."""
    (copy.root / "raw").symlink_to(home.root / "raw", target_is_directory=True)
    for folder in (
        home.interactions(dataset),
        home.incoming(dataset),
        home.stamps,
        home.build_file.parent,
        home.root / "ml",
    ):
        _copy(folder, copy.root / folder.relative_to(home.root), shutil.copy2)
    # Immutable, but for CURRENT, which is replaced and never written into.
    _copy(home.bundles, copy.bundles, os.link)
    if home.simulation.is_file():
        shutil.copy2(home.simulation, copy.simulation)
    _back_up(home.mlflow_database, copy.mlflow_database)


def _store_of_copy(url: str, copy: Home) -> str:
    """Address of a store that dbt need not make or migrate: the store itself, or a copy of it."""
    if revision(url) == head():
        return url
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        raise StoreError(
            f"the store {described(address)} is not at revision {head()}, and a dry run leaves it "
            "as it is",
            "run `python -m warehouse store upgrade` first",
        )
    store = Path(address.database or "")
    with _copying(store):
        _back_up(store, copy.store_file)
    return f"sqlite:///{copy.store_file}"


def _copy(source: Path, target: Path, how: Callable[[str, str], object]) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("accepted", "refused", ".*")
        shutil.copytree(source, target, ignore=ignored, copy_function=how)


def _back_up(source: Path, target: Path) -> None:
    if source.is_file():
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
            read.backup(written)


@contextmanager
def _copying(what: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        # A copied tree tells of every file that it failed at.
        several = isinstance(error, shutil.Error) and error.args and error.args[0]
        cause = several[0][-1] if several else error
        raise MarqueeError(
            f"{what}: cannot be copied for the dry run: {cause}",
            "free some disk space or mend the permissions; nothing has changed",
        ) from error
