"""Numbers of several processes, whatever has become of these."""

import os
import subprocess
import sys

import pytest
from prometheus_client import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from webapp.metrics_files import MetricsFiles

WORKER = """\
import sys
from datetime import datetime, UTC
from pathlib import Path
from webapp.metrics import Metrics
metrics = Metrics(Path(sys.argv[1]))
metrics.request_answered("GET", "/popular", 200, 0.001)
metrics.bundle_serves("first", None, datetime.now(UTC))
metrics.bundle_serves("second", "first", datetime.now(UTC))
print(metrics.exposition().decode())
"""
COUNT = 'marquee_request_seconds_count{endpoint="/popular",method="GET",status="200"} '


@pytest.fixture
def work(tmp_path):
    """Run a process that writes its metrics, and give what it shows of them."""

    def run():
        command = [sys.executable, "-c", WORKER, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    return run


def shown(folder):
    return generate_latest(MetricsFiles(folder)).decode()


def test_a_model_that_nobody_serves_any_more_is_not_shown(work):
    text = work()
    assert 'marquee_model_info{model_version="second"} 1.0' in text
    assert "first" not in text


def test_what_the_dead_counted_stays_and_their_gauges_go(tmp_path, work):
    work()
    work()
    text = shown(tmp_path)
    assert f"{COUNT}2.0" in text
    assert "marquee_model_info" not in text
    assert list(tmp_path.glob("gauge_*")) == []


def test_a_process_number_that_another_program_has_got_is_a_dead_worker(
    tmp_path, work, monkeypatch
):
    work()

    def kill(_process, _signal):
        raise PermissionError

    monkeypatch.setattr(os, "kill", kill)
    assert "marquee_model_info" not in shown(tmp_path)


def test_files_that_nobody_has_written_into_are_passed_by(tmp_path, work):
    work()
    for name in ("counter_1.db", "gauge_livesum_1.db", "histogram_999999999.db"):
        (tmp_path / name).touch()
    assert f"{COUNT}1.0" in shown(tmp_path)


@pytest.mark.parametrize("error", [FileNotFoundError, RuntimeError, ValueError])
def test_a_file_that_changes_meanwhile_is_read_again(tmp_path, work, monkeypatch, error):
    work()
    merge, failures = MultiProcessCollector.merge, [error("gone")]

    def failing_once(files):
        if failures:
            raise failures.pop()
        return merge(files)

    monkeypatch.setattr(MultiProcessCollector, "merge", staticmethod(failing_once))
    assert f"{COUNT}1.0" in shown(tmp_path)
