"""What went wrong in a run of dbt, in words that a person can act on."""

import json
from collections.abc import Sequence
from pathlib import Path

import duckdb

from warehouse.connection import open_build
from warehouse.errors import BuildError
from warehouse.settings import Settings

_FAILED = {"error", "fail", "runtime error"}
_SHOWN = 5
_MESSAGE = "message="

# what dbt or DuckDB says -> what a person can do
_HINTS = (
    ("no space left", "free some disk space, or move MARQUEE_HOME to a larger disk"),
    ("disk quota", "free some of your quota, or move MARQUEE_HOME to another disk"),
    ("temporary directory is", "free some disk space; sorting and joining spill to the home"),
    ("out of memory", "raise MARQUEE_MEMORY_LIMIT, or lower MARQUEE_THREADS"),
    ("could not set lock", "close the program that has the warehouse under construction open"),
    ("no files found", "run `make data` first; the dataset's Parquet files are missing"),
    ("permission denied", "mend the permissions, or choose another MARQUEE_HOME"),
    (
        "assert_filter_leaves_enough",
        "choose a larger edition, or lower the minimums in dbt_project.yml",
    ),
)


def describe_failure(
    settings: Settings, arguments: Sequence[str], results: Path, complaints: list[str]
) -> BuildError:
    """Make the error that names what failed.

    Parameters
    ----------
    settings : Settings
    arguments : sequence of str
        What dbt was asked.
    results : Path
        ``run_results.json``; absent where dbt failed before the first model.
    complaints : list of str
        What dbt wrote at the level of an error.

    Returns
    -------
    BuildError
        With the failed models and tests, of tests the first offending rows,
        the log's path, and a hint where the cause is a known one.
    """
    log = settings.home.root / "dbt" / "logs" / "dbt.log"
    failed = _failed_nodes(results)
    said = "\n".join([*(f"{name}: {message}" for name, message, _ in failed), *complaints])
    hint = next((hint for sign, hint in _HINTS if sign in said.lower()), f"read {log}")
    if not failed:
        return BuildError(
            f"dbt {' '.join(arguments)} failed: {_reason(complaints)} (log: {log})", hint
        )
    rows = [_offending_rows(settings, query) for _, _, query in failed[:_SHOWN]]
    if len(failed) == 1 and (told := _told_by_the_test(rows[0])):
        return BuildError(told, hint)
    lines = [f"dbt {arguments[0]}: {len(failed)} failed (log: {log})"]
    for (name, message, _), offending in zip(failed, rows, strict=False):
        lines.append(f"  {name}: {message}")
        lines += [f"    {row}" for row in offending]
    if len(failed) > _SHOWN:
        lines.append(f"  and {len(failed) - _SHOWN} more")
    return BuildError("\n".join(lines), hint)


def _reason(complaints: Sequence[str]) -> str:
    """Return the line that says most: one with a known sign, else the end of the last complaint."""
    # Where dbt's logger fails, it prints the message as Python writes it, with escaped line ends.
    split = (line for text in complaints for line in text.replace("\\n", "\n").splitlines())
    lines = [line.strip() for line in split if line.strip()]
    known = [line for line in lines if any(sign in line.lower() for sign, _ in _HINTS)]
    return (known or lines or ["no message"])[-1]


def _told_by_the_test(rows: Sequence[str]) -> str | None:
    """Text of a test that selects one `message`: it says in words what is wrong."""
    if len(rows) == 1 and rows[0].startswith(_MESSAGE):
        return rows[0].removeprefix(_MESSAGE)
    return None


def _failed_nodes(results: Path) -> list[tuple[str, str, str | None]]:
    """Name, message and, of a data test, the query of what failed, in the order of the run."""
    try:
        nodes = json.loads(results.read_text(encoding="utf-8"))["results"]
    except (OSError, ValueError, KeyError):
        return []
    return [
        (
            node["unique_id"].split(".")[2],
            " ".join((node["message"] or "no message").split()),
            node["compiled_code"] if node["status"] == "fail" else None,
        )
        for node in nodes
        if node["status"] in _FAILED
    ]


def _offending_rows(settings: Settings, query: str | None) -> list[str]:
    """Show the first rows that a failed test has found, where it can be asked again."""
    if query is None:
        return []
    try:
        with open_build(settings.home) as connection:
            found = connection.sql(query)
            names = found.columns
            return [
                ", ".join(f"{name}={value}" for name, value in zip(names, row, strict=True))
                for row in found.fetchmany(_SHOWN)
            ]
    except (duckdb.Error, BuildError):
        return []
