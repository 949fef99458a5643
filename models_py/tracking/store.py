"""MLflow's store below the home: opened, checked, and kept in step with where the home is."""

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path

# Before MLflow is imported: it reports usage to its makers unless told not to.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from alembic.util import CommandError
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient
from sqlalchemy.exc import SQLAlchemyError

from warehouse.errors import TrainingError
from warehouse.files import replacing
from warehouse.home import Home

__all__ = [
    "EXPERIMENT_PREFIX",
    "Metric",
    "MlflowClient",
    "Param",
    "RunTag",
    "artifact_location",
    "open_client",
]

EXPERIMENT_PREFIX = "marquee-"

for _noisy in ("mlflow", "alembic"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)


def open_client(home: Home) -> MlflowClient:
    """Open the tracking store and the registry, made on first use (about three seconds).

    Raises
    ------
    TrainingError
        The database is damaged, or of a schema that this MLflow does not know.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    database = home.mlflow_database
    if not database.exists():
        # MLflow makes its tables one by one, and would not get over half of them.
        with replacing(database) as beside:
            _client_of(beside).search_experiments(max_results=1)
    try:
        # Before MLflow, which tries to open a damaged file again for minutes.
        with closing(sqlite3.connect(database)) as connection, connection:
            (verdict,) = connection.execute("pragma quick_check(1)").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)
            _follow_home(connection, home)
        client = _client_of(database)
        client.search_experiments(max_results=1)
    except (sqlite3.Error, SQLAlchemyError, CommandError, MlflowException) as error:
        reason = str(error).strip().splitlines()[0]
        raise TrainingError(
            f"{database}: cannot be used as MLflow's database, it is damaged or of another "
            f"version of MLflow: {reason}",
            hint="restore it, or move it away: models are trained and registered again",
        ) from error
    return client


def artifact_location(home: Home, experiment: str) -> str:
    """Address of an experiment's artifacts."""
    return (home.mlflow_artifacts / experiment).as_uri()


def _client_of(database: Path) -> MlflowClient:
    store = f"sqlite:///{database}"
    return MlflowClient(tracking_uri=store, registry_uri=store)


def _follow_home(connection: sqlite3.Connection, home: Home) -> None:
    """Let the addresses of artifacts, which MLflow stores whole, point into this home.

    A home that was moved or copied would else write into the place it came
    from. Experiments that others keep in the same database stay where they are.
    """
    experiments = connection.execute(
        "select experiment_id, name, artifact_location from experiments"
    ).fetchall()
    for number, name, old in experiments:
        new = artifact_location(home, name)
        is_ours = name.startswith(EXPERIMENT_PREFIX) and (old or "").endswith(
            new.removeprefix(home.root.as_uri())
        )
        if not is_ours or old == new:
            continue
        connection.execute(
            "update experiments set artifact_location = ? where experiment_id = ?", (new, number)
        )
        connection.execute(
            "update runs set artifact_uri = ? || substr(artifact_uri, ?) "
            "where experiment_id = ? and substr(artifact_uri, 1, ?) = ?",
            (new, len(old) + 1, number, len(old), old),
        )
