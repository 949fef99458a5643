"""Hold a running API against its service targets: some minutes of load, as its clients see it."""

import http.client
import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import click
import numpy as np
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from scripts.api_benchmark.servers import free_port, running
from scripts.measuring import machine
from warehouse.bundle import Bundle, current_version, load_bundle
from warehouse.command_line import MarqueeGroup, console
from warehouse.errors import MarqueeError
from warehouse.settings import Settings

_TARGETS = {"/recommend": 100.0, "/similar": 50.0}
_FALLBACK_SHARE = 0.10
_Request = tuple[str, str, bytes | None]


@dataclass
class Seen:
    """What one client has seen.

    Attributes
    ----------
    latencies : mapping of endpoint to list of float
        Milliseconds, from sending to having read the answer.
    statuses : Counter of int
        Answers by status; 0 counts connections that broke.
    personal, fallbacks : int
        Answers of ``/recommend``, and how many of them were fallbacks.
    """

    latencies: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    personal: int = 0
    fallbacks: int = 0


@click.group(cls=MarqueeGroup, invoke_without_command=True)
@click.option(
    "--minutes",
    default=5.0,
    type=click.FloatRange(min=0.01),
    show_default=True,
    help="How long the load lasts.",
)
@click.option(
    "--connections",
    default=8,
    type=click.IntRange(min=1),
    show_default=True,
    help="Clients at a time.",
)
def main(minutes: float, connections: int) -> None:
    """Start the API on the settings' home and let clients ask it without pause."""
    settings = Settings.from_environment()
    version = current_version(settings.home)
    if version is None:
        raise MarqueeError(f"{settings.home.bundles}: no bundle", "run `make pipeline` first")
    bundle = load_bundle(settings.home.bundles / version)
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="marquee-targets-") as folder:
        store = f"sqlite:///{folder}/app.db"
        environment = {"MARQUEE_API_PORT": str(port), "MARQUEE_STORE_URL": store}
        with running(["webapp", "serve"], port, environment, Path(folder) / "log"):
            clients = _load(bundle, port, minutes * 60, connections)
    kept = report(clients, minutes, connections)
    users = len(bundle.user_ids) + len(bundle.metadata["users_without_history"])
    console.print(
        f"{bundle.manifest['dataset']}, all of its {users:,} users, {version}, "
        f"{settings.serving.workers} workers that keep {settings.serving.answer_cache:,} answers "
        f"each; client and server on {machine()}"
    )
    if not kept:
        raise SystemExit(1)


def _load(bundle: Bundle, port: int, seconds: float, connections: int) -> list[Seen]:
    """Let `connections` clients ask one question after the other."""
    questions = _questions(bundle)
    clients = [Seen() for _ in range(connections)]
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_ask, args=(client, port, questions[number::connections], until))
        for number, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(f"{connections} connections", total=seconds)
        while (left := until - time.monotonic()) > 0:
            bar.update(task, completed=seconds - left)
            time.sleep(min(left, 0.5))
    for thread in threads:
        thread.join()
    return clients


def _questions(bundle: Bundle) -> list[_Request]:
    """Every user of the edition, every movie of the catalogue, and what is popular, shuffled."""
    users = [*bundle.user_ids.tolist(), *bundle.metadata["users_without_history"]]
    genres = sorted({genre for movie in bundle.item_features.values() for genre in movie["genres"]})
    asked: list[_Request] = [
        ("POST", "/recommend", json.dumps({"user_id": user}).encode()) for user in users
    ]
    asked += [
        (
            "POST",
            "/recommend",
            json.dumps({"user_id": user, "filters": {"genres": [genre]}}).encode(),
        )
        for user, genre in zip(users, genres * (len(users) // len(genres) + 1), strict=False)
    ]
    asked += [
        ("POST", "/similar", json.dumps({"movie_id": movie}).encode())
        for movie in bundle.movie_ids.tolist()
    ]
    asked += [("GET", f"/popular?genre={quote(genre)}", None) for genre in genres]
    order = np.random.default_rng(0).permutation(len(asked))
    return [asked[place] for place in order]


def _ask(seen: Seen, port: int, questions: Sequence[_Request], until: float) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    number = 0
    while time.monotonic() < until:
        method, path, body = questions[number % len(questions)]
        number += 1
        headers = {"Content-Type": "application/json"} if body else {}
        started = time.perf_counter()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            seen.statuses[0] += 1
            connection.close()
            time.sleep(0.1)
            continue
        elapsed = 1e3 * (time.perf_counter() - started)
        seen.statuses[answer.status] += 1
        if answer.status != HTTPStatus.OK:
            continue
        endpoint = path.partition("?")[0]
        seen.latencies.setdefault(endpoint, []).append(elapsed)
        if endpoint == "/recommend":
            seen.personal += 1
            seen.fallbacks += json.loads(content)["is_fallback"]
    connection.close()


def report(clients: Sequence[Seen], minutes: float, connections: int) -> bool:
    """Print what was measured beside the targets; whether all of them are kept."""
    table = Table("", "requests", "p50 ms", "p95 ms", "p99 ms", "target", "")
    verdicts = []

    def row(name: str, count: int, figures: Sequence[str], target: str, kept: bool | None) -> None:
        verdicts.append(kept is not False)
        mark = "" if kept is None else "[green]kept[/]" if kept else "[red]missed[/]"
        table.add_row(name, f"{count:,}", *figures, target, mark)

    for endpoint in ("/recommend", "/similar", "/popular"):
        values = np.concatenate([client.latencies.get(endpoint, []) for client in clients])
        # Nothing answered keeps no target.
        p50, p95, p99 = np.percentile(values, [50, 95, 99]) if len(values) else [np.inf] * 3
        target = _TARGETS.get(endpoint)
        said = f"p95 < {target:g} ms" if target else ""
        figures = [f"{each:.2f}" for each in (p50, p95, p99)]
        row(endpoint, len(values), figures, said, bool(p95 < target) if target else None)
    statuses = sum((client.statuses for client in clients), Counter[int]())
    failed = sum(count for status, count in statuses.items() if status != HTTPStatus.OK)
    row("not answered with 200", failed, ["", "", ""], "none", failed == 0)
    fallbacks, personal = (
        sum(getattr(client, name) for client in clients) for name in ("fallbacks", "personal")
    )
    share = fallbacks / personal if personal else 1.0
    said = f"< {_FALLBACK_SHARE:.0%} of /recommend"
    row(f"fallbacks ({share:.1%})", fallbacks, ["", "", ""], said, share < _FALLBACK_SHARE)
    console.print(table)
    total = sum(statuses.values())
    console.print(
        f"{total:,} requests in {minutes:g} minutes over {connections} connections, "
        f"statuses {dict(sorted(statuses.items()))}"
    )
    return all(verdicts)


if __name__ == "__main__":
    main(prog_name="python -m scripts.service_targets")
