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
        When nothing has been published yet.
    """
    return _open(home.pointer, "nothing is published yet", "run `make pipeline` first")


def open_build(home: Home) -> duckdb.DuckDBPyConnection:
    """Open the warehouse under construction, between two runs of dbt.

    Raises
    ------
    BuildError
        When it was never built, or another process writes it just now.
    """
    return _open(home.build_file, "the warehouse has not been built", "run `make build` first")


def _open(path: Path, missing: str, hint: str) -> duckdb.DuckDBPyConnection:
    real = path.resolve()
    if not real.is_file():
        raise BuildError(f"{missing}: {path} does not exist", hint)
    try:
        return duckdb.connect(str(real), read_only=True)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise BuildError(f"{path} cannot be read: {reason}", "wait, or build it again") from error
