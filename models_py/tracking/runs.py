"""Experiment tracking in MLflow: one run a training, in SQLite below the home.

The client is used explicitly, never MLflow's global active run, so that
nothing depends on the environment or on what another module has started.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from matplotlib.figure import Figure
from numpy.typing import NDArray

from models_py.tracking.environment import environment
from models_py.tracking.store import (
    EXPERIMENT_PREFIX,
    Metric,
    MlflowClient,
    Param,
    RunTag,
    artifact_location,
    open_client,
)
from warehouse.errors import TrainingError
from warehouse.home import Home

_BATCH = 100
_WITH_INTERVAL = {("ndcg", 10), ("recall", 20)}


class Tracker:
    """Runs of one edition, in the experiment ``marquee-<dataset>``.

    Opening it marks every run that was left open as killed: whoever holds the
    home's lock is the only writer, so an open run belongs to a process that died.

    Parameters
    ----------
    home : Home
    dataset : str

    Raises
    ------
    TrainingError
        Somebody has deleted the experiment in MLflow.
    """

    def __init__(self, home: Home, dataset: str) -> None:
        self.dataset = dataset
        self._client = open_client(home)
        self._experiment_id = self._ensure_experiment(home, f"{EXPERIMENT_PREFIX}{dataset}")
        for run in self._runs("attributes.status = 'RUNNING'"):
            self._client.set_terminated(run.info.run_id, status="KILLED")

    @contextmanager
    def run(
        self,
        name: str,
        tags: Mapping[str, Any] | None = None,
        parent: "TrackedRun | None" = None,
    ) -> Iterator["TrackedRun"]:
        """Open a run, nested below `parent` where given, and close it with what happened.

        An exception closes it as failed, an interruption as killed; both go on.
        """
        all_tags = {"dataset": self.dataset, **(tags or {})}
        if parent is not None:
            all_tags["mlflow.parentRunId"] = parent.run_id
        info = self._client.create_run(
            self._experiment_id,
            run_name=name,
            tags={key: str(value) for key, value in all_tags.items()},
        ).info
        status = "KILLED"
        try:
            yield TrackedRun(self._client, info.run_id)
            status = "FINISHED"
        except Exception:
            status = "FAILED"
            raise
        finally:
            self._client.set_terminated(info.run_id, status=status)

    def finished_run(self, model_version: str) -> str | None:
        """Id of the latest finished run tagged with `model_version`, if there is one."""
        runs = self._runs(
            f"tags.model_version = '{model_version}' and attributes.status = 'FINISHED'"
        )
        return str(runs[0].info.run_id) if runs else None

    def _runs(self, condition: str) -> list[Any]:
        found = self._client.search_runs(
            [self._experiment_id], condition, order_by=["attributes.start_time DESC"]
        )
        return list(found)

    def _ensure_experiment(self, home: Home, name: str) -> str:
        experiment = self._client.get_experiment_by_name(name)
        if experiment is None:
            location = artifact_location(home, name)
            return str(self._client.create_experiment(name, artifact_location=location))
        if experiment.lifecycle_stage != "active":
            raise TrainingError(
                f"MLflow experiment {name!r} is deleted, expected it to be active",
                hint="restore it in `mlflow ui`, or remove it for good with `mlflow gc`",
            )
        return str(experiment.experiment_id)


class TrackedRun:
    """One open run; made by `Tracker.run`.

    Parameters
    ----------
    client : MlflowClient
    run_id : str
    """

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        self._client = client
        self.run_id = run_id

    def log_parameters(self, parameters: Mapping[str, Any]) -> None:
        """Log hyper-parameters and the like."""
        entries = [Param(name, str(value)) for name, value in parameters.items()]
        for start in range(0, len(entries), _BATCH):
            self._client.log_batch(self.run_id, params=entries[start : start + _BATCH])

    def log_metrics(self, metrics: Mapping[str, float]) -> None:
        """Log figures, in batches; one that is not finite is left out."""
        now = int(time.time() * 1000)
        entries = [
            Metric(name, float(value), now, 0)
            for name, value in metrics.items()
            if np.isfinite(value)
        ]
        for start in range(0, len(entries), 10 * _BATCH):
            self._client.log_batch(self.run_id, metrics=entries[start : start + 10 * _BATCH])

    def log_tags(self, tags: Mapping[str, Any]) -> None:
        """Set tags."""
        entries = [RunTag(name, str(value)) for name, value in tags.items()]
        self._client.log_batch(self.run_id, tags=entries)

    def log_json(self, name: str, content: Any) -> None:
        """Store a JSON artifact, ``configuration`` as ``configuration.json``."""
        self._client.log_dict(self.run_id, content, f"{name}.json")

    def log_environment(self) -> None:
        """Store ``environment.json``, and the code's revision as a tag."""
        content = environment()
        self.log_json("environment", content)
        if content["code_revision"]:
            self.log_tags({"code_revision": content["code_revision"]})

    def log_figure(self, name: str, figure: Figure) -> None:
        """Store a plot as ``plots/<name>.png``."""
        self._client.log_figure(self.run_id, figure, f"plots/{name}.png", save_kwargs={"dpi": 110})

    def log_arrays(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Store arrays (embeddings, ids) as ``model/<name>.npz``."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{name}.npz"
            np.savez(file, **arrays)  # type: ignore[arg-type]
            self._client.log_artifact(self.run_id, str(file), "model")


def metric_names(table: pa.Table) -> dict[str, float]:
    """Name rows of the ML table ``model_metrics`` as MLflow metrics.

    ``validation.warm.ndcg_at_10``, and ``.ci_low`` and ``.ci_high`` after it
    for the metrics that people compare; the warehouse holds every interval.
    """
    named: dict[str, float] = {}
    for row in table.to_pylist():
        suffix = "" if row["k"] is None else f"_at_{row['k']}"
        name = f"{row['split']}.{row['population']}.{row['metric']}{suffix}"
        named[name] = row["value"]
        if (row["metric"], row["k"]) not in _WITH_INTERVAL:
            continue
        for bound in ("ci_low", "ci_high"):
            if row[bound] is not None:
                named[f"{name}.{bound}"] = row[bound]
    return named
