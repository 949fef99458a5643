"""Runs by the clock, in processes: one at a time, and none is missed without a word."""

import json
import os
import re
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
PREPARED = """
import sys
from apscheduler.triggers.interval import IntervalTrigger
from rich.console import Console
from models_py import schedule
from warehouse.settings import Settings
schedule.cron_trigger = lambda _: IntervalTrigger(seconds=1)
"""
RUN = """
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


def wait_until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def recorded(tmp_path: Path) -> datetime:
    """Tell when the next run is due, as the home has it on record."""
    record = json.loads((tmp_path / "home" / "schedule.json").read_text())
    return datetime.fromisoformat(record["next_run_at"])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a schedule whose runs do `work`, in a session of its own."""
    started = []

    def run(work: str, before: str = "") -> Running:
        log = tmp_path / "log"
        with log.open("wb") as printed:
            process = subprocess.Popen(
                [sys.executable, "-c", f"{PREPARED}{before}{RUN}", work],
                cwd=PROJECT_ROOT,
                env={**os.environ, "MARQUEE_HOME": str(tmp_path / "home")},
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )
        started.append(process)
        return Running(process, log)

    yield run
    for process in started:
        process.send_signal(signal.SIGCONT)
        # It ends its run too.
        process.terminate()
        try:
            process.wait(60)
        finally:
            process.kill()


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


def test_runs_that_were_slept_through_are_told_each(start, tmp_path: Path) -> None:
    running = start("")
    running.wait_for("retraining is done")
    running.process.send_signal(signal.SIGSTOP)
    # Read while it is stopped: what it has on record is what it has told of.
    due = recorded(tmp_path)
    wait_until(lambda: datetime.now(UTC) > due + timedelta(seconds=3))
    running.process.send_signal(signal.SIGCONT)

    said = running.wait_for("and could not begin")
    (count,) = re.findall(r"missed: (\d+) runs were due since .* and could not begin", said)
    assert int(count) >= 2


def test_a_run_told_as_missed_is_not_told_again_by_the_next_schedule(start, tmp_path: Path) -> None:
    running = start("import time; time.sleep(300)")
    told = running.wait_for("a run was due while the one before it still works", times=2)
    assert told.count("retraining begins") == 1
    first = recorded(tmp_path)

    wait_until(lambda: recorded(tmp_path) > first)


def test_ctrl_c_in_a_terminal_reaches_a_run_by_its_schedule_alone(start, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    work = (
        f"import os, pathlib, time; pathlib.Path({str(begun)!r}).write_text(str(os.getpgid(0)))\n"
        "time.sleep(300)"
    )
    running = start(work)
    wait_until(lambda: begun.exists() and begun.read_text() != "")

    # Ctrl-C goes to every process of the foreground's group.
    assert int(begun.read_text()) != running.process.pid


def test_a_signal_while_a_run_begins_ends_it_too(start, tmp_path: Path) -> None:
    begun, told = tmp_path / "begun", tmp_path / "told"
    slow = f"""
import pathlib, subprocess, time
class Slow(subprocess.Popen):
    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        pathlib.Path({str(begun)!r}).touch()
        while not pathlib.Path({str(told)!r}).exists():
            time.sleep(0.02)
schedule.subprocess.Popen = Slow
"""
    running = start("import time; time.sleep(300)", slow)
    wait_until(begun.exists)
    running.process.send_signal(signal.SIGTERM)
    told.touch()

    running.process.wait(60)
