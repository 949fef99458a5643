"""Running dbt as a subprocess: its environment, its progress, and its failures in words.

dbt never runs inside a Marquee process: it would hold the warehouse's file
lock until that process ends, and its imports are heavy. It is tethered: it
never outlives the process that started it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from warehouse.dbt_events import follow
from warehouse.dbt_failure import describe_failure
from warehouse.errors import BuildError
from warehouse.settings import PROJECT_ROOT, Settings

if TYPE_CHECKING:
    from warehouse.store.attachment import Attachment

DBT_PROJECT = PROJECT_ROOT / "dbt_project"

# DuckDB's own limit leaves out some of what it allocates, and dbt needs room
# too: measured on 25 M ratings, this share keeps the process below the setting
_DUCKDB_SHARE = 0.65
_GRACE_SECONDS = 2


class Dbt:
    """A dbt process, which can get ready before it is told its command.

    Getting ready, dbt's imports, takes seconds that other work can fill. Used
    as a context, the process is ended on the way out, however that happens.

    Parameters
    ----------
    settings : Settings
        Home, threads, the memory limit of the whole process, and an `as_of` that
        is settled (`warehouse.known`).
    dataset_name : str
        Folder name below ``raw/`` and ``ml/<table>/``.
    """

    def __init__(self, settings: Settings, dataset_name: str) -> None:
        self._settings, self._dataset_name = settings, dataset_name
        self._state = settings.home.root / "dbt"
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Dbt":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            # What it was building is made again by the next run.
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def get_ready(self) -> "subprocess.Popen[str]":
        """Start the process, if it is not there yet; it then waits for its command.

        Raises
        ------
        BuildError
            The home cannot be used.
        """
        if self._process is not None:
            return self._process
        home = self._settings.home
        try:
            for folder in (self._state, home.build_file.parent):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BuildError(
                f"MARQUEE_HOME={str(home.root)!r}: cannot be used ({error.strerror})",
                "choose a folder that you may write, or mend its permissions",
            ) from error
        self._process = subprocess.Popen(
            [sys.executable, "-m", "warehouse.tethered", "dbt.cli.main"],
            env=_environment(self._settings, self._dataset_name, self._state)
            | _attachment(self._settings).environment,
            cwd=DBT_PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self._process

    def run(self, arguments: Sequence[str], console: Console) -> None:
        """Run one dbt command and wait for it.

        Parameters
        ----------
        arguments : sequence of str
            As after ``dbt`` on a command line, such as ``["build", "--exclude", "tag:ml"]``.
        console : Console
            Shows a bar while it runs, and lines where it is no terminal.

        Raises
        ------
        BuildError
            Naming the models and tests that failed and the log, with a hint for
            causes that a person can mend: a full disk, a home that cannot be
            used, a locked file, missing data, too little memory.
        StoreError
            The operational store, which dbt attaches, cannot be reached.
        """
        process = self.get_ready()
        assert process.stdin is not None
        assert process.stdout is not None
        results = self._state / "target" / "run_results.json"
        results.unlink(missing_ok=True)
        complaints: list[str] = []
        self._prepare_store()
        # A process that ended while it was getting ready is told of by what it printed.
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(list(arguments)) + "\n")
            process.stdin.flush()
        follow(process.stdout, arguments[0], console, complaints)
        returned = process.wait()
        # The next command gets a process of its own.
        self._end()
        if returned:
            raise describe_failure(self._settings, arguments, results, complaints)

    def _prepare_store(self) -> None:
        """Make sure that the log that dbt reads is there, and what it reads it with."""
        # Imported here: the libraries take time that passes while dbt gets ready.
        from warehouse.store.archived import ensure_archive  # noqa: PLC0415
        from warehouse.store.attachment import ensure_extensions  # noqa: PLC0415
        from warehouse.store.migrate import upgrade  # noqa: PLC0415

        upgrade(self._settings.store.url)
        ensure_archive(self._settings.home)
        ensure_extensions(self._state / "extensions", _attachment(self._settings))


def run_dbt(
    settings: Settings, dataset_name: str, arguments: Sequence[str], console: Console
) -> None:
    """Run one dbt command on a home, and wait for it; see `Dbt`.

    Artifacts and logs go to ``dbt/`` below the home, so that a checkout that
    cannot be written works and two homes never meet.
    """
    with Dbt(settings, dataset_name) as dbt:
        dbt.run(arguments, console)


def _attachment(settings: Settings) -> "Attachment":
    from warehouse.store.attachment import Attachment  # noqa: PLC0415

    return Attachment.of(settings.store.url)


def _environment(settings: Settings, dataset_name: str, state: Path) -> dict[str, str]:
    assert not isinstance(settings.as_of, float), "a quantile is settled before dbt gets it"
    return os.environ | {
        "PYTHONPATH": str(PROJECT_ROOT),
        "MARQUEE_HOME": str(settings.home.root),
        "MARQUEE_DATASET_NAME": dataset_name,
        "MARQUEE_AS_OF": settings.as_of.isoformat() if settings.as_of else "",
        "MARQUEE_IN_SIMULATION": "true" if settings.in_simulation else "false",
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
