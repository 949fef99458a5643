"""What the stages take for a change."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from models_py import pipeline
from models_py.pipeline import Inputs
from warehouse.settings import PROJECT_ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the code, which the fingerprints are taken from."""
    for folder in ("dbt_project", "models_py", "warehouse/bundle"):
        ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
        shutil.copytree(PROJECT_ROOT / folder, tmp_path / folder, ignore=ignored)
    monkeypatch.setattr(pipeline, "PROJECT_ROOT", tmp_path)
    return tmp_path


def inputs(data: str = "data") -> Inputs:
    return Inputs.of(SimpleNamespace(fingerprint=data))


def test_the_same_data_and_code_are_the_same_inputs(project: Path) -> None:
    assert inputs() == inputs()


def test_other_data_build_and_train_again(project: Path) -> None:
    assert inputs("data").build != inputs("other").build
    assert inputs("data").training != inputs("other").training


@pytest.mark.parametrize(
    ("file", "builds"),
    [
        ("dbt_project/models/marts/core/dim_genres.sql", True),
        ("dbt_project/dbt_project.yml", True),
        ("models_py/recommenders/als.py", False),
        ("models_py/configs/als.toml", False),
        ("warehouse/bundle/fold_in.py", False),
    ],
)
def test_changed_code_trains_again_and_changed_sql_builds_too(
    project: Path, file: str, builds: bool
) -> None:
    before = inputs()
    with (project / file).open("a") as handle:
        handle.write("\n")

    assert inputs().training != before.training
    assert (inputs().build != before.build) is builds


def test_other_libraries_train_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = inputs()
    monkeypatch.setattr(pipeline, "package_versions", lambda: {"implicit": "0.0"})

    assert inputs().training != before.training
    assert inputs().build == before.build
