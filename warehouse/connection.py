"""Read-only connections to a warehouse; only dbt ever opens one for writing."""

from pathlib import Path

import duckdb

from warehouse.errors import BuildError
from warehouse.home import Home


def open_published(home: Home) -> duckdb.DuckDBPyConnection:
    """Open the published warehouse that the pointer names at this moment.

    The real path is opened, never the link: DuckDB caches handles by path,
    and a link that moved would hand out the old file.

    Raises
    ------
    BuildError
        When nothing has been published yet, or the file is damaged.
    """
    if not home.pointer.exists():
        raise _missing(home.pointer, "nothing is published yet", "run `make pipeline` first")
    try:
        return _open(home.pointer)
    except duckdb.Error as error:
        raise _damaged(home, error) from error


def damage_behind(home: Home, error: duckdb.Error) -> BuildError | None:
    """Tell a damaged published file, met only when its blocks are read, from a wrong query.

    Parameters
    ----------
    home : Home
    error : duckdb.Error
        What a query on the published warehouse has raised.

    Returns
    -------
    BuildError or None
        None where the file is not to blame.
    """
    text = str(error)
    damaged = "Corrupt database file" in text or str(home.pointer.resolve()) in text
    return _damaged(home, error) if damaged else None


def open_build(home: Home) -> duckdb.DuckDBPyConnection:
    """Open the warehouse under construction, between two runs of dbt.

    Raises
    ------
    BuildError
        When it was never built, or another process writes it just now.
    """
    if not home.build_file.is_file():
        raise _missing(
            home.build_file, "the warehouse has not been built", "run `make build` first"
        )
    try:
        return _open(home.build_file)
    except duckdb.Error as error:
        message = f"{home.build_file} cannot be read: {_reason(error)}"
        raise BuildError(message, "wait, or build it again") from error


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(path.resolve()), read_only=True)


def _missing(path: Path, what: str, hint: str) -> BuildError:
    return BuildError(f"{what}: {path} does not exist", hint)


def _damaged(home: Home, error: duckdb.Error) -> BuildError:
    return BuildError(
        f"the published warehouse {home.pointer.resolve()} is damaged: {_reason(error)}",
        f"publish it again: remove {home.pointer} and run `make pipeline`",
    )


def _reason(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]
