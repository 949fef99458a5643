"""The server as a person starts it: addresses, logs, metrics, bodies, what it leaves."""

import json
import os
import socket
import subprocess
import sys

import pytest
import requests

from tests.webapp.conftest import FIRST
from tests.webapp.server_process import free_port, server, until
from warehouse.bundle.pointer import set_current


def test_a_taken_port_is_a_clear_error(home, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = subprocess.run(  # noqa: PLW1510 - it is to fail
            [sys.executable, "-m", "webapp", "serve"],
            env={**os.environ, "MARQUEE_HOME": str(home.root), "MARQUEE_API_PORT": port},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "MARQUEE_API_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_starts_without_a_bundle_and_takes_the_first_one(home, tmp_path):
    (home.bundles / "CURRENT").unlink()
    with server(home, tmp_path, API_WORKERS="2") as running:
        assert running.get("/readyz").status_code == 503
        assert "make up" in running.log.read_text()
        set_current(home, FIRST)
        until(lambda: all(running.get("/readyz").status_code == 200 for _ in range(8)))


def test_the_addresses_are_printed(home, tmp_path):
    with server(home, tmp_path, API_WORKERS="1") as running:
        printed = running.log.read_text()
        assert running.url in printed
        assert f"{running.url}/docs" in printed


def test_every_line_is_json_and_requests_can_be_found_by_their_id(home, tmp_path):
    values = {"API_WORKERS": "1", "LOG_FORMAT": "json", "LOG_LEVEL": "debug"}
    with server(home, tmp_path, **values) as running:
        named = running.post("/recommend", {"user_id": 10}).headers["X-Request-ID"]
        running.stop()
        lines = [json.loads(line) for line in running.log.read_text().splitlines()]
    assert {"event", "level", "logger", "timestamp"} <= set.intersection(*map(set, lines))
    [line] = [line for line in lines if line.get("request_id") == named]
    assert (line["method"], line["path"], line["status"]) == ("POST", "/recommend", 200)
    events = {line["event"] for line in lines}
    assert {"serving", "bundle serves", "Started worker-1", "Stopping worker-1"} <= events


SERVE = "from warehouse.settings import Settings; serve(Settings.from_environment())"


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "webapp", "serve"),
        # The workers inherit what the process that forks them has imported.
        ("-c", f"import webapp.app; from webapp.server import serve; {SERVE}"),
    ],
)
def test_counts_are_summed_over_the_workers(home, tmp_path, command):
    series = 'marquee_request_seconds_count{endpoint="/recommend",method="POST",status="200"} '
    with server(home, tmp_path, command, API_WORKERS="2") as running:
        for number in range(60):
            assert running.post("/recommend", {"user_id": number + 1}).status_code == 200
        for _ in range(6):
            assert f"{series}60.0" in running.get("/metrics").text
        with_rows = 'marquee_request_log_rows_total{outcome="written"} 60.0'
        until(lambda: with_rows in running.get("/metrics").text)


def test_the_workers_load_no_training_library(home, tmp_path):
    values = {"API_WORKERS": "1", "PYTHONPROFILEIMPORTTIME": "1"}
    with server(home, tmp_path, **values) as running:
        assert running.post("/recommend", {"user_id": 10}).status_code == 200
        assert running.post("/similar", {"movie_id": 1}).status_code == 200
        assert running.get("/movies/search?q=matrix").status_code == 200
        loaded = {
            line.split("|")[-1].strip().split(".")[0]
            for line in running.log.read_text().splitlines()
            if line.startswith("import time:")
        }
    assert {"flask", "numpy", "webapp", "prometheus_client"} <= loaded
    absent = {"mlflow", "dbt", "implicit", "duckdb", "scipy", "pandas", "optuna", "models_py"}
    assert not loaded & absent


def test_a_body_in_chunks_is_read_and_bounded(home, tmp_path):
    def chunks(count):
        yield b'{"user_id": 10'
        for _ in range(count):
            yield b" " * 1_000
        yield b"}"

    kind = {"Content-Type": "application/json"}
    with server(home, tmp_path, API_WORKERS="1") as running:
        url = f"{running.url}/recommend"
        fits = requests.post(url, data=chunks(60), headers=kind, timeout=20)
        assert (fits.status_code, fits.json()["user_id"]) == (200, 10)
        too_large = requests.post(url, data=chunks(70), headers=kind, timeout=20)
        assert (too_large.status_code, too_large.json()["code"]) == (413, 413)
        for size in (65_536, 65_537, 5_000_000):
            body = b'{"user_id": 10' + b" " * (size - 15) + b"}"
            response = requests.post(url, data=body, headers=kind, timeout=20)
            assert response.status_code == (200 if size == 65_536 else 413)


def test_a_body_that_comes_in_pieces_or_ends_early(home, tmp_path):
    head = (
        b"POST /recommend HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
        b"Content-Length: 15\r\nConnection: close\r\n\r\n"
    )
    with server(home, tmp_path, API_WORKERS="1") as running:
        address = running.address
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(head + b'{"user_')
            connection.sendall(b'id": 10}')
            assert connection.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(head + b'{"user_')
            connection.shutdown(socket.SHUT_WR)
            connection.makefile("rb").read()
        assert running.post("/recommend", {"user_id": 10}).status_code == 200
        assert "Traceback" not in running.log.read_text()


def test_nothing_is_left_behind(home, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with server(home, tmp_path, API_WORKERS="2") as running:
        workers = running.workers()
        assert len(list((tmp_path / "temporary").iterdir())) == 1
        assert running.stop() == 0
    assert list((tmp_path / "temporary").iterdir()) == []
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)
    assert free_port()
