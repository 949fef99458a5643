"""Let the people of the edition's last part visit a running API, on a clock of their own."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from scripts.api_benchmark.servers import free_port, running
from scripts.simulation.api import Api
from scripts.simulation.beginning import begin, instant_of, run_module
from scripts.simulation.standing import Standing, alone
from scripts.simulation.state import State
from scripts.simulation.visits import HeldOut
from scripts.simulation.walk import hand_in, questions_of_slice, walk
from warehouse.command_line import MarqueeGroup, console
from warehouse.errors import MarqueeError
from warehouse.settings import Settings
from warehouse.settings.readers import as_of as read_as_of
from warehouse.sources.datasets import ensure_dataset
from warehouse.sources.manifest import Manifest

AS_OF = 0.8
# A quarter of what ML-100K holds out by default is a slice then, and the windows of a week of
# most requests are over at its end.
DAYS = 21
# An API that runs already looks for a new bundle once a second, and loads it.
_RELOAD_SECONDS = 30.0
# A retraining that began during the walk ends first.
_PATIENCE_SECONDS = 3600.0


def _as_of(_context: click.Context, _option: click.Parameter, text: str | None) -> object:
    try:
        return read_as_of(text or "")
    except ValueError as error:
        raise click.BadParameter("expected an ISO time (UTC), or a quantile such as 0.8") from error


@click.group(
    cls=MarqueeGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--as-of",
    callback=_as_of,
    help="Begin anew at this time, or quantile of the edition's rating times.",
)
@click.option(
    "--days", default=DAYS, show_default=True, type=click.IntRange(1, 36_500), help="To walk."
)
@click.option("--seed", default=1, show_default=True, help="Of what people do, when beginning.")
@click.option("--url", help="Ask this API, which must allow simulated time; else one of our own.")
def main(as_of: datetime | float | None, days: int, seed: int, url: str | None) -> None:
    """Walk the next DAYS of the simulation over HTTP, and hand in what people rated then.

    The first walk puts a bundle of an earlier time into service, through the
    ordinary pipeline. After each, what was logged is loaded into the published
    warehouse. `make retrain` accepts what a walk has handed in, and `make
    pipeline` ends the simulation.
    """
    settings = Settings.from_environment()
    manifest = ensure_dataset(settings, console)
    with alone(settings.home):
        state, held_out = _state(settings, manifest, as_of, seed)
        standing = Standing(settings.home, state)
        ends_at = state.ends_at or state.begins_at + timedelta(days=days)
        if state.ends_at:
            console.print(f"a walk was cut short: it goes on to its end, {ends_at}")
        with _api(settings, url) as api:
            _walk_slice(standing, held_out, ends_at, api)
        with standing.held(_PATIENCE_SECONDS):
            path, count = hand_in(
                settings.home, state.dataset, held_out, state.slice + 1, (state.begins_at, ends_at)
            )
            standing.write(state.handed_in(ends_at))
        if settings.home.pointer.exists():
            run_module(settings, "warehouse", "refresh")
    console.print(
        f"handed in {count:,} ratings until {ends_at}: {path}\n`make retrain` learns from them",
        soft_wrap=True,
    )


def _state(
    settings: Settings, manifest: Manifest, as_of: datetime | float | None, seed: int
) -> tuple[State, HeldOut]:
    """State to go on from, that of the home or a beginning, and what is left to simulate."""
    found = State.read(settings.home, manifest.dataset)
    begins = found is None or as_of is not None
    if found is None or begins:
        instant = instant_of(settings, manifest, as_of or settings.as_of or AS_OF)
        found = State.begin(manifest.dataset, instant, seed)
    held_out = HeldOut(settings.home.raw(manifest.dataset), found.as_of)
    if found.begins_at > held_out.ends_at:
        raise MarqueeError(
            f"{manifest.dataset}: its ratings end at {held_out.ends_at}, nothing is left to "
            f"simulate from {found.begins_at}",
            "`make pipeline` ends a simulation, `make simulate AS_OF=0.8` begins another",
        )
    if begins:
        begin(settings, found, console)
    return found, held_out


@contextmanager
def _api(settings: Settings, url: str | None) -> Iterator[Api]:
    if url is not None:
        yield Api(url, _RELOAD_SECONDS)
        return
    port = free_port()
    environment = {
        "MARQUEE_HOME": str(settings.home.root),
        "MARQUEE_API_HOST": "127.0.0.1",
        "MARQUEE_API_PORT": str(port),
        "MARQUEE_SIMULATED_TIME": "true",
    }
    with (
        tempfile.TemporaryDirectory(prefix="marquee-simulation-") as folder,
        running(["webapp", "serve"], port, environment, Path(folder) / "server.log"),
    ):
        yield Api(f"http://127.0.0.1:{port}")


def _walk_slice(standing: Standing, held_out: HeldOut, ends_at: datetime, api: Api) -> None:
    state = standing.state
    stands_at = state.simulated_until.replace(tzinfo=UTC).timestamp()
    version = api.require_past(stands_at)
    asked = [
        question
        for question in questions_of_slice(
            held_out, state.begins_at, ends_at, api.genres(), state.seed
        )
        if question.at >= stands_at
    ]
    if not asked:
        console.print(f"nobody visits from {state.simulated_until} to {ends_at}")
        return
    people = len({question.user_id for question in asked})
    started = time.perf_counter()
    try:
        for instant in walk(asked, api.ask, console):
            if instant.date() > state.simulated_until.date():
                # A kill then costs the repetition of no more than a day.
                standing.write_if_free(state)
            state = state.asked_until(instant, ends_at)
    finally:
        standing.write_if_free(state)
    seconds = time.perf_counter() - started
    statuses = ", ".join(f"{count:,} of {status}" for status, count in sorted(api.statuses.items()))
    console.print(
        f"{len(asked):,} requests of {people:,} people from {state.begins_at} to {ends_at}, "
        f"answered by {version} in {seconds:.1f} s ({len(asked) / seconds:.0f}/s): {statuses}",
        soft_wrap=True,
    )


if __name__ == "__main__":
    main(prog_name="python -m scripts.simulate")
