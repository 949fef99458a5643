"""From the request log to published KPIs and replay figures, without touching the models."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from rich.console import Console

from warehouse import stamps
from warehouse.connection import open_build
from warehouse.dbt import Dbt
from warehouse.errors import BuildError
from warehouse.files import fingerprint
from warehouse.home import Home
from warehouse.known import Known, resolve_known
from warehouse.lock import exclusive
from warehouse.ml_tables import ensure_schemas
from warehouse.publish import publish
from warehouse.settings import PROJECT_ROOT, Settings
from warehouse.sources.datasets import ensure_dataset

BUILD_LOGS = ("build", "--select", "tag:logs", "--exclude-resource-type", "unit_test")
_EXCEPT_WHAT_NO_REQUEST_CHANGES = ("--exclude", "tag:unlogged")
LOGS_STAGE = "logs"


def refresh(settings: Settings, console: Console) -> str:
    """Load what was logged since the last time, make the reports again and publish.

    Parameters
    ----------
    settings : Settings
    console : Console

    Returns
    -------
    str
        Name of the published version.

    Raises
    ------
    LockedError
        A pipeline is at work in this home.
    BuildError
        The warehouse under construction is missing, unfinished or of another
        edition, or dbt failed; what was published stays.
    StoreError
        The operational store cannot be reached.
    """
    home = settings.home
    with exclusive(home):
        settings, known = resolve_known(settings, ensure_dataset(settings, console))
        with Dbt(settings, known.dataset) as dbt:
            # Its imports take seconds that pass here unnoticed.
            dbt.get_ready()
            _require_finished_build(home, known.dataset)
            ensure_schemas(home, known.dataset)
            with loading_logs(home, known) as further:
                dbt.run([*BUILD_LOGS, *(further or _EXCEPT_WHAT_NO_REQUEST_CHANGES)], console)
        return publish(home, settings.keep_versions)


def _require_finished_build(home: Home, dataset: str) -> None:
    """Refuse to publish what the pipeline would not."""
    query = "select distinct dataset from reports.rpt_offline_metrics"
    try:
        with open_build(home) as build:
            found = [str(name) for (name,) in build.sql(query).fetchall()]
    except duckdb.CatalogException:
        found = []
    if not (home.stamps / "publish").is_file() or not found:
        raise BuildError(
            f"{home.build_file} is not finished", "run `make pipeline`, which finishes it"
        )
    if found != [dataset]:
        raise BuildError(
            f"{home.build_file} is made of {', '.join(found)}, expected {dataset}",
            "run `make pipeline`, or set MARQUEE_DATASET to the edition that it is made of",
        )


@contextmanager
def loading_logs(home: Home, known: Known) -> Iterator[list[str]]:
    """Yield what ``dbt build`` needs to be told beside the models that it is to make.

    The models of the log keep what they have loaded. Where the SQL or the
    edition is another than they were made with, they begin anew.

    Yields
    ------
    list of str
        Arguments for dbt.
    """
    inputs = fingerprint(
        [
            known.manifest.fingerprint,
            stamps.fingerprint_of_files(PROJECT_ROOT / "dbt_project", "*.sql", "*.yml", "*.csv"),
        ]
    )
    if stamps.is_current(home, LOGS_STAGE, inputs):
        yield []
        return
    stamps.begin(home, LOGS_STAGE)
    yield ["--full-refresh"]
    stamps.finish(home, LOGS_STAGE, inputs)
