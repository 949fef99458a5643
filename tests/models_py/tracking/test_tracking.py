"""Tracking on a real MLflow store."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from models_py.tracking.runs import Tracker, metric_names
from models_py.tracking.store import open_client
from warehouse.errors import TrainingError
from warehouse.home import Home
from warehouse.ml_tables import make_table


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return Home(tmp_path_factory.mktemp("a home"))


def _metrics(k, low, high):
    return make_table(
        "model_metrics",
        {
            "model_version": ["m-1", "m-1"],
            "model_name": ["m", "m"],
            "dataset": ["toy", "toy"],
            "split": ["validation", "test"],
            "population": ["warm", "known"],
            "metric": ["ndcg", "coverage"],
            "k": [k, 100],
            "value": [0.25, 0.6],
            "ci_low": [low, None],
            "ci_high": [high, None],
            "n_users": [104, 700],
        },
    )


def test_rows_are_named_so_that_mlflow_sorts_them():
    assert metric_names(_metrics(10, 0.2, 0.3)) == {
        "validation.warm.ndcg_at_10": 0.25,
        "validation.warm.ndcg_at_10.ci_low": 0.2,
        "validation.warm.ndcg_at_10.ci_high": 0.3,
        "test.known.coverage_at_100": 0.6,
    }
    assert metric_names(_metrics(None, None, None))["validation.warm.ndcg"] == 0.25


def test_a_training_leaves_everything_in_the_store(home):
    tracker = Tracker(home, "toy")
    with tracker.run("als", {"model_version": "m-1"}) as run:
        run.log_parameters({f"parameter_{n}": n for n in range(150)})
        run.log_metrics({f"metric_{n}": n / 7 for n in range(1200)} | {"bad": float("nan")})
        run.log_json("configuration", {"seed": 3})
        run.log_environment()
        run.log_figure("empty", Figure())
        run.log_arrays("factors", {"items": np.eye(3, dtype=np.float32)})
    client = open_client(home)
    stored = client.get_run(run.run_id)
    assert stored.info.status == "FINISHED"
    assert stored.data.tags["dataset"] == "toy"
    assert len(stored.data.params) == 150
    assert len(stored.data.metrics) == 1200
    assert stored.data.metrics["metric_3"] == 3 / 7
    folder = home.mlflow_artifacts / "marquee-toy" / run.run_id / "artifacts"
    assert json.loads((folder / "configuration.json").read_text()) == {"seed": 3}
    assert json.loads((folder / "environment.json").read_text())["packages"]["numpy"]
    assert (folder / "plots" / "empty.png").read_bytes().startswith(b"\x89PNG")
    np.testing.assert_array_equal(np.load(folder / "model" / "factors.npz")["items"], np.eye(3))
    assert tracker.finished_run("m-1") == run.run_id
    assert tracker.finished_run("m-2") is None


def test_a_run_says_how_it_ended_and_the_error_goes_on(home):
    tracker = Tracker(home, "toy")
    with pytest.raises(RuntimeError), tracker.run("fails", {"model_version": "f-1"}) as failed:
        raise RuntimeError
    with pytest.raises(KeyboardInterrupt), tracker.run("interrupted") as interrupted:
        raise KeyboardInterrupt
    client = open_client(home)
    assert client.get_run(failed.run_id).info.status == "FAILED"
    assert client.get_run(interrupted.run_id).info.status == "KILLED"
    assert tracker.finished_run("f-1") is None


def test_a_run_left_open_by_a_dead_process_is_killed_at_the_next_start(home):
    Tracker(home, "toy")
    client = open_client(home)
    experiment = client.get_experiment_by_name("marquee-toy").experiment_id
    orphan = client.create_run(experiment, run_name="orphan").info.run_id
    Tracker(home, "another")
    assert client.get_run(orphan).info.status == "RUNNING"
    Tracker(home, "toy")
    assert client.get_run(orphan).info.status == "KILLED"


def test_trials_hang_below_their_search(home):
    tracker = Tracker(home, "toy")
    with tracker.run("search") as search, tracker.run("trial 1", parent=search) as trial:
        trial.log_metrics({"objective": 0.3})
    stored = open_client(home).get_run(trial.run_id)
    assert stored.data.tags["mlflow.parentRunId"] == search.run_id


def test_a_copied_home_keeps_its_artifacts_to_itself(home, tmp_path):
    with Tracker(home, "toy").run("before") as before:
        before.log_json("note", {"at": "home"})
    foreign = (tmp_path / "mlartifacts" / "somebody-elses").as_uri()
    open_client(home).create_experiment("somebody-elses", artifact_location=foreign)
    copy = Home(tmp_path / "copy's 100%_home")
    shutil.copytree(home.root, copy.root)
    files = sorted(home.mlflow_artifacts.rglob("*.json"))

    with Tracker(copy, "toy").run("after") as after:
        after.log_json("note", {"at": "copy"})

    assert sorted(home.mlflow_artifacts.rglob("*.json")) == files
    assert len(list(copy.mlflow_artifacts.rglob("note.json"))) == 2
    client = open_client(copy)
    assert client.get_experiment_by_name("somebody-elses").artifact_location == foreign
    for run_id, place in ((before.run_id, "home"), (after.run_id, "copy")):
        note = Path(client.download_artifacts(run_id, "note.json"))
        assert json.loads(note.read_text()) == {"at": place}
        address = client.get_run(run_id).info.artifact_uri
        assert address.startswith(copy.mlflow_artifacts.as_uri())


def _overwrite(database):
    database.write_bytes(b"no database at all " * 99)


def _truncate(database):
    os.truncate(database, database.stat().st_size // 2)


def _age(database):
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("update alembic_version set version_num = 'fffffffffff0'")
        connection.commit()


def _drop_a_table(database):
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("drop table experiments")
        connection.commit()


@pytest.mark.parametrize("damage", [_overwrite, _truncate, _age, _drop_a_table])
def test_a_database_that_cannot_be_used_is_named(home, tmp_path, damage):
    open_client(home)
    spoilt = Home(tmp_path)
    shutil.copyfile(home.mlflow_database, spoilt.mlflow_database)
    damage(spoilt.mlflow_database)
    with pytest.raises(TrainingError, match="restore it, or move it away") as caught:
        open_client(spoilt)
    assert str(spoilt.mlflow_database) in str(caught.value)
