"""``python -m scripts.bare_sql``: the SQL that dbt compiled, run without dbt.

What dbt adds is measured against this: one process, one DuckDB connection,
one ``create table as`` for each model.
"""

import json
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import click
import duckdb

from warehouse.command_line import MarqueeGroup
from warehouse.dbt import memory_of_duckdb
from warehouse.errors import MarqueeError
from warehouse.settings import Settings

# What waits for training, and what reads the operational store.
SKIPPED_TAGS = ("ml", "logs")


@click.group(cls=MarqueeGroup, invoke_without_command=True)
@click.argument("target", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
def main(target: Path, folder: Path) -> None:
    """Run what dbt compiled to TARGET in a fresh warehouse below FOLDER."""
    run_compiled(target, folder, Settings.from_environment())


def run_compiled(target: Path, folder: Path, settings: Settings) -> None:
    """Create every table of the models that are made before any training.

    Parameters
    ----------
    target : Path
        dbt's target folder after a build: ``manifest.json`` and the compiled SQL.
    folder : Path
        Gets ``warehouse.duckdb``, the name that the compiled SQL refers to.
    settings : Settings
        Threads and the memory limit, of which DuckDB gets the share that it
        has under dbt.

    Raises
    ------
    MarqueeError
        When `target` holds no finished build.
    """
    try:
        nodes = json.loads((target / "manifest.json").read_text())["nodes"]
        compiled = [
            (nodes[name]["schema"], nodes[name]["relation_name"], _sql(nodes[name]))
            for name in _in_order(nodes)
        ]
    except FileNotFoundError as error:
        raise MarqueeError(f"{error.filename}: not found", "run dbt build first") from error
    folder.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {
        "threads": settings.threads,
        "memory_limit": memory_of_duckdb(settings.memory_limit),
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": False,
    }
    with duckdb.connect(str(folder / "warehouse.duckdb"), config=options) as connection:
        for schema, relation, query in compiled:
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create table {relation} as {query}")


def _in_order(nodes: dict[str, Any]) -> list[str]:
    """Names of the models to run, parents first."""
    parents = {
        name: node["depends_on"]["nodes"]
        for name, node in nodes.items()
        if node["resource_type"] == "model" and not set(SKIPPED_TAGS) & set(node["tags"])
    }
    return [name for name in TopologicalSorter(parents).static_order() if name in parents]


def _sql(node: dict[str, Any]) -> str:
    return Path(node["compiled_path"]).read_text()


if __name__ == "__main__":
    main(prog_name="python -m scripts.bare_sql")
