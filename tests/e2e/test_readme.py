"""The requests of the README work as they are written, on the pipeline's own home."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from scripts.api_benchmark.servers import free_port
from warehouse.home import Home
from warehouse.settings import PROJECT_ROOT

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"


def _shell_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", README, re.M | re.S)


@pytest.fixture(scope="module")
def port(pipeline_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve the home as `make api` does."""
    port, folder = free_port(), tmp_path_factory.mktemp("api")
    log = folder / "log"
    environment = {
        **os.environ,
        "MARQUEE_HOME": str(pipeline_home.root),
        "MARQUEE_API_PORT": str(port),
        "MARQUEE_STORE_URL": f"sqlite:///{folder}/app.db",
    }
    with (
        log.open("w") as output,
        subprocess.Popen(
            [sys.executable, "-m", "webapp", "serve"],
            cwd=PROJECT_ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        ) as process,
    ):
        deadline = time.monotonic() + 60
        while not _is_ready(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield port
        process.terminate()


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _curl(command: str, port: int, tmp_path: Path) -> list[dict]:
    assert ADDRESS in command
    done = subprocess.run(
        ["bash", "-c", command.replace(ADDRESS, f"http://127.0.0.1:{port}")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    # Several commands of one block print one answer after the other.
    return [orjson.loads(text) for text in re.split(r"(?<=\})(?=\{\")", done.stdout)]


def test_every_curl_example_answers(port: int, tmp_path: Path) -> None:
    blocks = [block for block in _shell_blocks() if "curl" in block]
    assert len(blocks) == 4

    answers = [answer for block in blocks for answer in _curl(block, port, tmp_path)]

    assert len(answers) == 6
    for answer in answers:
        assert "errors" not in answer
        assert "code" not in answer
    personal, seeded, found, similar, popular, health = answers
    assert len(personal["recommendations"]) == 5
    assert all("Comedy" in movie["genres"] for movie in personal["recommendations"])
    assert seeded["strategy"] == "seeds"
    assert found["movies"][0]["movie_id"] == similar["movie_id"]
    assert found["movies"][0]["title"] == "Godfather, The"
    assert popular["source"].startswith("trending")
    assert health["status"] == "ok"
