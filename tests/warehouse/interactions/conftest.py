"""A home with the raw Parquet of a small synthetic edition, to hand interactions in to."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from warehouse.home import Home
from warehouse.interactions.batches import Batch
from warehouse.interactions.ingest import ingest
from warehouse.settings import Settings
from warehouse.sources.datasets import ensure_dataset
from warehouse.sources.manifest import Manifest

HEADING = "user_id,movie_id,rating,rated_at"


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    root = tmp_path_factory.mktemp("edition")
    settings = Settings.from_environment(
        {"MARQUEE_HOME": str(root), "MARQUEE_DATASET": "synthetic-1k"}
    )
    return root, ensure_dataset(settings, Console(quiet=True))


@pytest.fixture
def manifest(edition: tuple[Path, Manifest]) -> Manifest:
    return edition[1]


@pytest.fixture
def home(edition: tuple[Path, Manifest], tmp_path: Path) -> Home:
    shutil.copytree(edition[0] / "raw", tmp_path / "raw")
    return Home(tmp_path)


@pytest.fixture
def incoming(home: Home, manifest: Manifest) -> Path:
    folder = home.incoming(manifest.dataset)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def take_in(home: Home, manifest: Manifest) -> Callable[..., list[Batch]]:
    """Ingest what lies in `incoming`."""

    def taken(**values: str) -> list[Batch]:
        environment = {f"MARQUEE_{name}": value for name, value in values.items()}
        settings = Settings.from_environment({"MARQUEE_HOME": str(home.root), **environment})
        return ingest(settings, manifest, Console(quiet=True))

    return taken
