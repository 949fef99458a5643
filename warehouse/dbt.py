"""Running dbt as a subprocess: its environment, its progress, and its failures in words.

dbt never runs inside a Marquee process: it would hold the warehouse's file
lock until that process ends, and its imports are heavy. It is tethered: it
never outlives the process that started it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from warehouse.dbt_failure import describe_failure
from warehouse.errors import BuildError
from warehouse.settings import PROJECT_ROOT, Settings

DBT_PROJECT = PROJECT_ROOT / "dbt_project"

# DuckDB's own limit leaves out some of what it allocates, and dbt needs room
# too: measured on 25 M ratings, this share keeps the process below the setting
_DUCKDB_SHARE = 0.65


def run_dbt(
    settings: Settings, dataset_name: str, arguments: Sequence[str], console: Console
) -> None:
    """Run one dbt command on a home, and wait for it.

    Artifacts and logs go to ``dbt/`` below the home, so that a checkout that
    cannot be written works and two homes never meet.

    Parameters
    ----------
    settings : Settings
        Home, threads and the memory limit of the whole process.
    dataset_name : str
        Folder name below ``raw/`` and ``ml/<table>/``.
    arguments : sequence of str
        As after ``dbt`` on a command line, such as ``["build", "--exclude", "tag:ml"]``.
    console : Console
        Shows a bar while it runs.

    Raises
    ------
    BuildError
        Naming the models and tests that failed and the log, with a hint for
        causes that a person can mend: a full disk, a home that cannot be
        used, a locked file, missing data, too little memory.
    """
    state = settings.home.root / "dbt"
    results = state / "target" / "run_results.json"
    try:
        for folder in (state, settings.home.build_file.parent):
            folder.mkdir(parents=True, exist_ok=True)
        results.unlink(missing_ok=True)
    except OSError as error:
        raise BuildError(
            f"MARQUEE_HOME={str(settings.home.root)!r}: cannot be used ({error.strerror})",
            "choose a folder that you may write, or mend its permissions",
        ) from error
    command = [sys.executable, "-m", "warehouse.tethered", "dbt.cli.main", *arguments]
    environment = _environment(settings, dataset_name, state)
    complaints: list[str] = []
    with subprocess.Popen(
        command,
        env=environment,
        cwd=DBT_PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            _follow(process.stdout or (), arguments[0], console, complaints)
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise describe_failure(settings, arguments, results, complaints)


def _environment(settings: Settings, dataset_name: str, state: Path) -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": str(PROJECT_ROOT),
        "MARQUEE_HOME": str(settings.home.root),
        "MARQUEE_DATASET_NAME": dataset_name,
        "MARQUEE_THREADS": str(settings.threads),
        "MARQUEE_MEMORY_LIMIT": memory_of_duckdb(settings.memory_limit),
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_TARGET_PATH": str(state / "target"),
        "DBT_LOG_PATH": str(state / "logs"),
        "DBT_LOG_FORMAT": "json",
        "DBT_LOG_FORMAT_FILE": "text",
        "DBT_LOG_LEVEL_FILE": "info",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_VERSION_CHECK": "false",
    }


def memory_of_duckdb(limit: str) -> str:
    """DuckDB's own limit that keeps its whole process below `limit`, such as ``2GB``."""
    number, unit = limit[:-2], limit[-2:]
    return f"{float(number) * _DUCKDB_SHARE:g}{unit}"


def _follow(
    lines: Iterator[str] | Sequence[str], what: str, console: Console, complaints: list[str]
) -> None:
    """Show dbt's events as a bar, and keep what it complains about in `complaints`."""
    columns = (TextColumn("dbt {task.fields[what]}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=console,
        transient=True,
    ) as progress:
        task = progress.add_task("reading the project", total=None, what=what)
        for line in lines:
            event = _event(line)
            data, info = event.get("data", {}), event.get("info", {})
            if not event or info.get("level") == "error":
                complaints.append(info.get("msg") or line.strip())
            elif info.get("name") == "LogStartLine":
                node = data["node_info"]["node_name"]
                progress.update(task, description=node, total=data["total"])
            elif "execution_time" in data and "index" in data:
                progress.advance(task)


def _event(line: str) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}
