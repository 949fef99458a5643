"""What a running dbt says, event by event: its progress for people, its complaints for errors."""

import json
import time
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_SECONDS_BETWEEN_LINES = 5.0


def follow(lines: Iterable[str], what: str, console: Console, complaints: list[str]) -> None:
    """Show dbt's events until they end: as a bar, or where there is no terminal as lines.

    Parameters
    ----------
    lines : iterable of str
        Events in dbt's JSON log format, one a line.
    what : str
        The command, such as ``build``.
    console : Console
    complaints : list of str
        Gets the messages at the level of an error, and whatever is no event.
    """
    shown = _Lines(console, what) if not console.is_terminal else _Bar(console, what)
    with shown:
        for line in lines:
            event = _event(line)
            data, info = event.get("data", {}), event.get("info", {})
            if not event or info.get("level") == "error":
                complaints.append(info.get("msg") or line.strip())
            elif info.get("name") == "LogStartLine":
                shown.started(data["node_info"]["node_name"], data["total"])
            elif "execution_time" in data and "index" in data:
                shown.finished()


class _Bar:
    """A bar that leaves nothing behind."""

    def __init__(self, console: Console, what: str) -> None:
        self._progress = Progress(
            TextColumn("dbt {task.fields[what]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("reading the project", total=None, what=what)

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def started(self, node: str, total: int) -> None:
        self._progress.update(self._task, description=node, total=total)

    def finished(self) -> None:
        self._progress.advance(self._task)


class _Lines:
    """A line every few seconds, so that a log shows that work goes on."""

    def __init__(self, console: Console, what: str) -> None:
        self._console, self._what = console, what
        self._done = 0
        self._last = time.monotonic()

    def __enter__(self) -> "_Lines":
        self._console.print(f"dbt {self._what}: reading the project")
        return self

    def __exit__(self, *_: object) -> None:
        self._console.print(f"dbt {self._what}: {self._done} steps")

    def started(self, node: str, total: int) -> None:
        if time.monotonic() - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = time.monotonic()
            self._console.print(f"dbt {self._what}: {self._done} of {total}, now {node}")

    def finished(self) -> None:
        self._done += 1


def _event(line: str) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
