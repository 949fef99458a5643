"""Going back in time: a home as it would be had nothing after an instant been known."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime

from rich.console import Console

from scripts.simulation.state import State
from warehouse.errors import MarqueeError
from warehouse.home import Home
from warehouse.interactions.batches import prepare, remove
from warehouse.interactions.origin import SIMULATION, source_of
from warehouse.known import resolve_as_of
from warehouse.lock import exclusive
from warehouse.settings import PROJECT_ROOT, Settings
from warehouse.sources.manifest import Manifest


def instant_of(settings: Settings, manifest: Manifest, as_of: datetime | float) -> datetime:
    """Instant (UTC, without a zone) that a time or a quantile of the edition's times stands for.

    Raises
    ------
    SettingError
        No rating lies before it.
    """
    instant = resolve_as_of(replace(settings, as_of=as_of), manifest)
    assert instant is not None
    return instant


def begin(settings: Settings, state: State, console: Console) -> None:
    """Put a bundle of the time that a state begins at into service through the pipeline.

    What earlier simulations have handed in would tell of the time after it, so
    it is taken back first. What was logged stays.

    Raises
    ------
    MarqueeError
        Another pipeline is at work, or this one fails.
    """
    with exclusive(settings.home):
        settings.home.simulation.unlink(missing_ok=True)
        _take_back(settings.home, state.dataset)
    console.print(f"the pipeline, as of {state.as_of}")
    run_module(settings, "models_py", "pipeline", MARQUEE_AS_OF=state.as_of.isoformat())
    with exclusive(settings.home):
        state.write(settings.home)


def run_module(settings: Settings, module: str, *arguments: str, **environment: str) -> None:
    """Run a command of Marquee's on the same home.

    Raises
    ------
    MarqueeError
        It fails; it has said why.
    """
    same = {"MARQUEE_HOME": str(settings.home.root), "MARQUEE_DATASET": settings.dataset}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, **same, **environment},
        check=False,
    )
    if done.returncode:
        raise MarqueeError(
            f"`python -m {module} {' '.join(arguments)}` failed (exit code {done.returncode})",
            "it has said why, above",
        )


def _take_back(home: Home, dataset: str) -> None:
    for batch in prepare(home, dataset):
        if batch.source == SIMULATION:
            remove(home, dataset, batch.batch_id)
    for file in list(home.incoming(dataset).rglob("*.parquet")):
        if file.is_file() and source_of(file) == SIMULATION:
            file.unlink()
