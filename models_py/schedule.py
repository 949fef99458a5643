"""``make schedule``: retraining by the clock, one run at a time, no missed run unsaid."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any, NoReturn

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from rich.console import Console

from models_py.cron import cron_trigger
from warehouse.errors import LockedError
from warehouse.files import write_json
from warehouse.settings import PROJECT_ROOT, Settings

COMMAND = (sys.executable, "-m", "models_py", "retrain")
# A run that could not begin for so long, because the machine slept, is missed.
_GRACE_SECONDS = 60
_MOST_COUNTED = 1_000


class Schedule:
    """Retrains whenever a cron expression says so, until it is stopped.

    Each run is a process of its own. One that is due while the one before it
    still works is missed. So is every one that was due while no schedule ran:
    when the next one is due is on record in the home. All are reported.

    Parameters
    ----------
    settings : Settings
    console : Console
    command : sequence of str
        What a run is.

    Raises
    ------
    SettingError
        `MARQUEE_RETRAIN_CRON` cannot be read.
    """

    def __init__(
        self, settings: Settings, console: Console, command: tuple[str, ...] = COMMAND
    ) -> None:
        self._settings, self._console, self._command = settings, console, command
        self._trigger = cron_trigger(settings.retrain_cron)
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Retrain by the clock until SIGINT or SIGTERM, which ends a run at work too."""
        scheduler = BlockingScheduler(timezone=UTC)
        scheduler.add_job(
            self._retrain,
            self._trigger,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=_GRACE_SECONDS,
        )
        scheduler.add_listener(
            self._report, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES | EVENT_JOB_ERROR
        )
        self._report_missed_before()
        with _ended_by_sigterm():
            try:
                self._plan()
                scheduler.start()
            finally:
                self._end()

    def _retrain(self) -> None:
        self._plan()
        self._say("retraining begins")
        self._process = subprocess.Popen(self._command, cwd=PROJECT_ROOT)
        code = self._process.wait()
        outcomes = {
            0: "retraining is done",
            LockedError.exit_code: "[yellow]missed:[/] another pipeline was at work",
        }
        self._say(outcomes.get(code, f"[red]retraining failed[/] (exit code {code})"))

    def _plan(self) -> None:
        """Put on record when the next run is due, so that a later schedule knows what it missed."""
        due = self._trigger.get_next_fire_time(None, datetime.now(UTC) + timedelta(seconds=1))
        record = {"cron": self._settings.retrain_cron, "next_run_at": due.isoformat()}
        write_json(self._settings.home.schedule, record)
        self._say(f"the next run is due {due:%Y-%m-%d %H:%M} UTC")

    def _report_missed_before(self) -> None:
        try:
            record = json.loads(self._settings.home.schedule.read_text(encoding="utf-8"))
            due = datetime.fromisoformat(record["next_run_at"])
            trigger = cron_trigger(record["cron"])
        except (OSError, ValueError, KeyError, TypeError):
            return
        missed = len(list(_due(trigger, due, datetime.now(UTC))))
        if missed:
            count = f"{missed}" if missed < _MOST_COUNTED else f"at least {missed}"
            self._say(
                f"[yellow]missed:[/] {count} runs were due since {due:%Y-%m-%d %H:%M} UTC, while "
                "no schedule ran; `make retrain` makes up for them"
            )

    def _report(self, event: JobEvent) -> None:
        if event.code == EVENT_JOB_ERROR:
            self._say(f"[red]retraining failed[/]: {event.exception}")
        elif event.code == EVENT_JOB_MAX_INSTANCES:
            self._say("[yellow]missed:[/] a run was due while the one before it still works")
        else:
            due = event.scheduled_run_time
            self._say(f"[yellow]missed:[/] the run of {due:%Y-%m-%d %H:%M} UTC could not begin")

    def _end(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait()

    def _say(self, words: str) -> None:
        self._console.print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {words}", soft_wrap=True)


def _due(trigger: BaseTrigger, first: datetime, now: datetime) -> Iterator[datetime]:
    """Yield when runs were due, from `first` on, a thousand at most."""
    due: Any = first
    for _ in range(_MOST_COUNTED):
        if due is None or due > now:
            return
        yield due
        due = trigger.get_next_fire_time(due, due + timedelta(seconds=1))


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Take SIGTERM for an interrupt."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
