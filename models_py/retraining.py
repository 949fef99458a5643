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

from models_py.pipeline import bring_up_to_date, take_edition
from warehouse.files import remove_leftovers
from warehouse.home import Home
from warehouse.interactions.ingest import ingest
from warehouse.lock import exclusive
from warehouse.settings import Settings
from warehouse.sources.manifest import Manifest
from warehouse.store.housekeeping import keep_log_short


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
            store = settings.store
            if not settings.home.store_file.exists() and store.url.endswith(
                str(settings.home.store_file)
            ):
                # dbt would make it.
                store = replace(store, url=f"sqlite:///{copy.store_file}")
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
    """Copy what a retraining writes; what it only reads is linked."""
    with TemporaryDirectory(dir=home.root, prefix=".dry-run-", suffix=".tmp") as name:
        copy = Home(Path(name))
        (copy.root / "raw").symlink_to(home.root / "raw", target_is_directory=True)
        for folder in (
            home.interactions(dataset),
            home.incoming(dataset),
            home.stamps,
            home.build_file.parent,
            home.root / "ml",
        ):
            _copy(folder, copy.root / folder.relative_to(home.root), shutil.copy2)
        # Immutable, but for CURRENT and SERVED, which are replaced and never written into.
        _copy(home.bundles, copy.bundles, os.link)
        for file in (home.simulation, home.rollback):
            if file.is_file():
                shutil.copy2(file, copy.root / file.name)
        if home.mlflow_database.is_file():
            with (
                closing(sqlite3.connect(home.mlflow_database)) as source,
                closing(sqlite3.connect(copy.mlflow_database)) as target,
            ):
                source.backup(target)
        yield copy


def _copy(source: Path, target: Path, how: Callable[[str, str], object]) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("accepted", "refused", ".*")
        shutil.copytree(source, target, ignore=ignored, copy_function=how)
