"""The loop on real ML-100K: traffic, two retrainings, a refusal, a rollback, an API throughout."""

import io
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from rich.console import Console

from models_py import contest
from models_py.promotion.registry import Registry
from models_py.recipes.configuration import Recipe, load_recipe
from models_py.retraining import retrain
from scripts.api_benchmark.servers import free_port, running
from tests.e2e.conftest import Run
from warehouse.bundle import current_version, load_bundle
from warehouse.connection import open_published
from warehouse.home import Home
from warehouse.settings import Settings

DATASET = "ml-100k"
CRIPPLED = {"factors": 1, "iterations": 1, "regularization": 10_000.0}


@dataclass
class Visitor:
    """Somebody who asks again and again, and what was answered.

    Attributes
    ----------
    url : str
    versions : list of str
        Of the models that answered, each once in a row.
    failures : list
        What was answered otherwise, or why nothing was.
    """

    url: str
    versions: list[str] = field(default_factory=list)
    failures: list[object] = field(default_factory=list)
    n_answers: int = 0

    def visit(self, until: threading.Event) -> None:
        with requests.Session() as session:
            while not until.wait(0.02):
                try:
                    asked = {"user_id": 1 + self.n_answers % 943, "k": 10}
                    answer = session.post(f"{self.url}/recommend", json=asked, timeout=20)
                    version = answer.json()["model_version"]
                except (requests.RequestException, KeyError) as error:
                    self.failures.append(error)
                    continue
                self.n_answers += 1
                if answer.status_code != 200 or len(answer.json()["recommendations"]) != 10:
                    self.failures.append(answer.text)
                if [version] != self.versions[-1:]:
                    self.versions.append(version)

    def wait_for(self, version: str | None) -> None:
        deadline = time.monotonic() + 60
        while self.versions[-1:] != [version]:
            assert time.monotonic() < deadline, (version, self.versions, self.failures)
            time.sleep(0.02)


@pytest.fixture
def home(simulated: Home, tmp_path: Path) -> Home:
    """A home of one's own that a simulation is in, its first week handed in."""
    shutil.copytree(simulated.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


@pytest.fixture
def visitor(home: Home, tmp_path: Path) -> Iterator[Visitor]:
    """Somebody who visits the API while the test lasts."""
    port, done = free_port(), threading.Event()
    environment = {
        "MARQUEE_HOME": str(home.root),
        "MARQUEE_API_PORT": str(port),
        "MARQUEE_API_WORKERS": "1",
        "MARQUEE_RELOAD_SECONDS": "0.1",
        "MARQUEE_SIMULATED_TIME": "true",
    }
    with running(["webapp", "serve"], port, environment, tmp_path / "server.log"):
        visitor = Visitor(f"http://127.0.0.1:{port}")
        thread = threading.Thread(target=visitor.visit, args=(done,))
        thread.start()
        try:
            visitor.wait_for(current_version(home))
            yield visitor
        finally:
            done.set()
            thread.join()


@pytest.fixture
def crippled_retraining(home: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Retrain where the only recipe that asks for promotion has been spoilt."""

    def recipe(name: str, dataset: str) -> Recipe:
        return load_recipe(name, dataset).with_parameters(CRIPPLED)

    def retrained() -> str:
        monkeypatch.setattr(contest, "recipe_names", lambda: ["als"])
        monkeypatch.setattr(contest, "load_recipe", recipe)
        said = io.StringIO()
        settings = Settings.from_environment({"MARQUEE_HOME": str(home.root)})
        retrain(settings, Console(file=said, width=300))
        return said.getvalue()

    return retrained


def test_the_loop_goes_round(
    home: Home, visitor: Visitor, run: Run, crippled_retraining: Callable[[], str]
) -> None:
    first = current_version(home)

    done = run(home, "models_py", "retrain")
    assert done.returncode == 0, done.stderr
    promoted = current_version(home)
    visitor.wait_for(promoted)
    assert promoted != first
    assert "interactions accepted" in done.stderr

    done = run(home, "scripts.simulate", "--days", "7", "--url", visitor.url)
    assert done.returncode == 0, done.stderr
    said = crippled_retraining()
    refreshed = current_version(home)
    visitor.wait_for(refreshed)
    assert "not promoted" in said
    assert str(refreshed).startswith("time_aware-")

    done = run(home, "models_py", "rollback")
    assert done.returncode == 0, done.stderr
    assert current_version(home) == promoted
    visitor.wait_for(promoted)

    assert visitor.failures == []
    assert visitor.versions == [first, promoted, refreshed, promoted]
    _agree(home, [first, promoted, refreshed])


def _agree(home: Home, served: list[str | None]) -> None:
    """Ledger, registry, bundles and warehouse tell the same story."""
    first, promoted, refreshed = served
    with open_published(home) as warehouse:
        ledger = warehouse.sql(
            "select challenger_version, champion_version, promoted, reason"
            " from marts.fct_promotion_decisions order by decided_at desc limit 3"
        ).fetchall()
        counts = dict(
            warehouse.sql("select source, count(*) from marts.fct_ratings group by 1").fetchall()
        )
        last = warehouse.sql("select max(rated_at) from marts.fct_ratings").fetchall()[0][0]
        embedded = warehouse.sql(
            "select distinct model_version from marts.dim_item_embeddings"
        ).fetchall()
    back, refusal, promotion = ledger
    assert promotion[:3] == (promoted, first, True)
    assert (refusal[1], refusal[2]) == (refreshed, False)
    assert refusal[0].startswith("als-")
    assert back[:3] == (promoted, refreshed, True)
    assert "rolled back by hand" in back[3]
    assert all(row[3].startswith("in a simulation") for row in ledger)

    production = Registry(home, DATASET).production()
    assert production is not None
    assert production.model_version == promoted
    bundles = [load_bundle(home.bundles / str(version)).manifest for version in served]
    cutoffs = [bundle["cutoff"] for bundle in bundles]
    assert cutoffs == sorted(set(cutoffs))
    assert str(last) < cutoffs[-1].replace("T", " ")
    assert len({bundle["data_fingerprint"] for bundle in bundles}) == 3
    assert set(served) <= {version for (version,) in embedded}
    assert sum(counts.values()) < 100_000
    handed_in = [path.name for path in (home.incoming(DATASET) / "accepted").iterdir()]
    assert len(handed_in) == 2
    assert counts["simulation"] > 0
