"""The API against its own OpenAPI document: every check of schemathesis, every phase."""

import subprocess
import sys

from tests.webapp.server_process import server


def test_the_api_keeps_its_contract(home, tmp_path):
    with server(home, tmp_path, API_WORKERS="2") as running:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run"),
                f"{running.url}/openapi.json",
                *("--checks", "all", "--max-examples", "60", "--seed", "1", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        log = running.log.read_text()
    assert done.returncode == 0, done.stdout[-5_000:]
    for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"):
        assert f"✅ {phase}" in done.stdout
    assert "request failed" not in log
