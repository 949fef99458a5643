"""Runs by the clock, in processes: one at a time, and none is missed without a word."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warehouse.settings import PROJECT_ROOT

# A schedule whose runs are due every second, and are as short or long as a test wants.
CODE = """
import sys
from apscheduler.triggers.interval import IntervalTrigger
from rich.console import Console
from models_py import schedule
from warehouse.settings import Settings
schedule.cron_trigger = lambda _: IntervalTrigger(seconds=1)
command = (sys.executable, "-c", sys.argv[1])
schedule.Schedule(Settings.from_environment(), Console(width=300), command).run()
"""


class Running:
    """A schedule in a process, and what it has said."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.process, self.log = process, log

    def wait_for(self, words: str, times: int = 1) -> str:
        deadline = time.monotonic() + 60
        while (said := self.log.read_text()).count(words) < times:
            assert time.monotonic() < deadline, said
            assert self.process.poll() is None, said
            time.sleep(0.02)
        return said


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Running]]:
    started = []

    def run(work: str) -> Running:
        log = tmp_path / "log"
        with log.open("wb") as printed:
            process = subprocess.Popen(
                [sys.executable, "-c", CODE, work],
                cwd=PROJECT_ROOT,
                env={**os.environ, "MARQUEE_HOME": str(tmp_path / "home")},
                stdout=printed,
                stderr=printed,
            )
        started.append(process)
        return Running(process, log)

    yield run
    for process in started:
        process.kill()
        process.wait()


def test_runs_follow_each_other_and_their_outcome_is_told(start) -> None:
    said = start("").wait_for("retraining is done", times=2)

    assert "the next run is due" in said


@pytest.mark.parametrize(
    ("code", "told"), [(75, "missed: another pipeline was at work"), (3, "failed (exit code 3)")]
)
def test_a_run_that_fails_is_told_and_the_next_one_comes(start, code: int, told: str) -> None:
    start(f"raise SystemExit({code})").wait_for(told, times=2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_run_at_a_time_and_a_signal_ends_it(start, tmp_path: Path, number: int) -> None:
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    work = (
        f"import pathlib, time; pathlib.Path({str(begun)!r}).touch(exist_ok=False)\n"
        f"try: time.sleep(300)\nfinally: pathlib.Path({str(ended)!r}).touch()"
    )
    running = start(work)
    running.wait_for("a run was due while the one before it still works")
    assert begun.exists()

    running.process.send_signal(number)
    running.process.wait(60)
    assert ended.exists()


def test_runs_that_were_due_while_no_schedule_ran_are_told(start, tmp_path: Path) -> None:
    due = datetime.now(UTC) - timedelta(seconds=5)
    (tmp_path / "home").mkdir()
    record = {"cron": "0 4 * * *", "next_run_at": due.isoformat()}
    (tmp_path / "home" / "schedule.json").write_text(json.dumps(record))

    said = start("").wait_for("while no schedule ran")
    assert f"due since {due:%Y-%m-%d %H:%M} UTC" in said
