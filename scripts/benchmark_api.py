"""Requests a second and latency of the API, its floor and its peers, interleaved in one run."""

import json
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import click
from rich.progress import track
from rich.table import Table

from scripts.api_benchmark.large_bundle import write_large_bundle
from scripts.api_benchmark.questions import write_questions
from scripts.api_benchmark.servers import free_port, running
from scripts.measuring import machine, median
from warehouse.bundle import current_version, load_bundle
from warehouse.command_line import MarqueeGroup, console
from warehouse.errors import MarqueeError
from warehouse.home import Home
from warehouse.settings import Settings

_LOAD = Path(__file__).parent / "api_benchmark" / "load.lua"
_MARQUEE = ["scripts.api_benchmark.floor"]
_number = partial(click.option, type=click.IntRange(min=1), show_default=True)
_PLAIN = {"MARQUEE_ANSWER_CACHE": "0"}


@dataclass(frozen=True)
class Contestant:
    """One row of the table: a server and what it is asked."""

    title: str
    server: str
    questions: str


_CONTESTANTS = (
    Contestant("empty endpoint, the floor", "plain", "floor"),
    Contestant("/recommend", "plain", "recommend"),
    Contestant("/recommend, answers kept", "cached", "recommend"),
    Contestant("/similar", "plain", "similar"),
    Contestant("/similar, answers kept", "cached", "similar"),
    Contestant("/popular", "plain", "popular"),
    Contestant("/popular, answers kept", "cached", "popular"),
    Contestant("FastAPI /recommend, textbook", "textbook", "recommend"),
    Contestant("FastAPI /recommend, our scoring", "tuned", "recommend"),
)


@click.group(cls=MarqueeGroup, invoke_without_command=True)
@_number("--rounds", default=5, help="The median of these counts.")
@_number("--seconds", default=3, help="Length of one measurement.")
@_number("--workers", default=2, help="Processes of each server.")
@_number("--connections", "widths", multiple=True, default=[1, 8, 64])
@click.option("--large", is_flag=True, help="A made-up bundle: 60,000 movies, 160,000 users.")
def main(rounds: int, seconds: int, workers: int, widths: tuple[int, ...], large: bool) -> None:
    """Measure the bundle of the settings' home; every server takes its turn in every round."""
    home = Settings.from_environment().home
    if shutil.which("wrk") is None:
        raise MarqueeError("wrk: not installed", "apt-get install wrk")
    found: dict[tuple[str, int], list[dict[str, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="marquee-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        if large:
            home = Home(folder / "home")
            write_large_bundle(home, console)
        version = current_version(home)
        if version is None:
            raise MarqueeError(f"{home.bundles}: no bundle", "run `make pipeline` first")
        bundle = load_bundle(home.bundles / version)
        questions = write_questions(bundle, folder)
        ports = _start(stack, folder, home, workers)
        random = Random(0)  # noqa: S311 - an order, not a secret
        plan = [
            (width, each)
            for _ in range(rounds)
            for width in widths
            for each in random.sample(_CONTESTANTS, len(_CONTESTANTS))
        ]
        # Every worker has loaded what it needs before anything is measured.
        for each in _CONTESTANTS:
            _measure(ports[each.server], questions[each.questions], 8, 1, random.random())
        for width, each in track(plan, "measuring", console=console):
            asked = questions[each.questions]
            measured = _measure(ports[each.server], asked, width, seconds, random.random())
            if measured["failed"]:
                raise MarqueeError(f"{each.title}: {measured['failed']} requests failed")
            found[each.title, width].append(measured)
    for width in widths:
        console.print(_table(found, width))
    console.print(
        f"{version}: {len(bundle.user_ids):,} users, {len(bundle.movie_ids):,} movies, "
        f"{bundle.item_embeddings.shape[1]} dimensions; {workers} workers, every answer logged; "
        f"answers kept: as many as by default; "
        f"half the lists filtered; median of {rounds} rounds of {seconds} s in changing order, wrk "
        f"on the same cores: {machine()}"
    )


def _start(stack: ExitStack, folder: Path, home: Home, workers: int) -> Mapping[str, int]:
    """Start every server; return their ports."""
    ports = {}
    for name in ("plain", "cached", "textbook", "tuned"):
        ports[name] = port = free_port()
        environment = {
            "MARQUEE_HOME": str(home.root),
            "MARQUEE_STORE_URL": f"sqlite:///{folder}/{name}.db",
            "MARQUEE_API_PORT": str(port),
            "MARQUEE_API_WORKERS": str(workers),
            "MARQUEE_LOG_LEVEL": "warning",
        }
        if name in ("plain", "cached"):
            command, more = _MARQUEE, {} if name == "cached" else _PLAIN
        else:
            _make_store(environment)
            application = f"scripts.api_benchmark.fastapi_{name}:app"
            options = ["--port", str(port), "--workers", str(workers), "--no-access-log"]
            command, more = ["uvicorn", application, *options, "--log-level", "warning"], {}
        stack.enter_context(running(command, port, environment | more, folder / f"{name}.log"))
    return ports


def _make_store(environment: Mapping[str, str]) -> None:
    from warehouse.store.migrate import upgrade  # noqa: PLC0415 - only where a peer needs it

    upgrade(environment["MARQUEE_STORE_URL"])


def _measure(
    port: int, questions: Path, connections: int, seconds: int, start: float
) -> dict[str, float]:
    load = ["-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(_LOAD)]
    command = ["wrk", *load, f"http://127.0.0.1:{port}", "--", str(questions), str(start)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    last = done.stdout.strip().splitlines()[-1:] or [done.stderr.strip()]
    try:
        measured: dict[str, float] = json.loads(last[0])
    except ValueError as error:
        raise MarqueeError(f"wrk: {last[0]}") from error
    return measured


def _table(found: Mapping[tuple[str, int], Sequence[Mapping[str, float]]], width: int) -> Table:
    """Medians over the rounds; ratios are taken within a round, then their median."""
    title = f"{width} connection{'s' if width > 1 else ''}"
    table = Table("", "requests/s", "of the floor", "p50 ms", "p95 ms", "p99 ms", title=title)
    floor = [_rate(each) for each in found[_CONTESTANTS[0].title, width]]
    for contestant in _CONTESTANTS:
        rounds = found[contestant.title, width]
        ratios = [_rate(each) / base for each, base in zip(rounds, floor, strict=True)]
        table.add_row(
            contestant.title,
            f"{median([_rate(each) for each in rounds]):,.0f}",
            f"{median(ratios):.2f}",
            *(
                f"{median([each[point] for each in rounds]) / 1e3:.2f}"
                for point in ("p50", "p95", "p99")
            ),
        )
    return table


def _rate(measured: Mapping[str, float]) -> float:
    return measured["requests"] / measured["seconds"]


if __name__ == "__main__":
    main(prog_name="python -m scripts.benchmark_api")
