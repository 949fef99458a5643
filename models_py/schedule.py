"""``make schedule``: retraining by the clock, one run at a time, no missed run unsaid."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import NoReturn

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    EVENT_JOB_SUBMITTED,
    JobEvent,
)
from apscheduler.schedulers.background import BackgroundScheduler
from rich.console import Console

from models_py.cron import MOST_COUNTED, cron_trigger, due_times, next_after
from warehouse.errors import LockedError
from warehouse.files import write_json
from warehouse.settings import PROJECT_ROOT, Settings

COMMAND = (sys.executable, "-m", "models_py", "retrain")
# A run that could not begin for so long, because the machine slept, is missed.
_GRACE_SECONDS = 60


class Schedule:
    """Retrains whenever a cron expression says so, until it is stopped.

    Each run is a process of its own. One that is due while the one before it
    still works is missed. So is every one that was due while the machine slept,
    but for the last of them if it is not late, or while no schedule ran: when
    the next one is due is on record in the home. Each is reported once.

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
        self._next: datetime | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = False
        # Runs begin and are reported in threads of the scheduler.
        self._planning, self._beginning = threading.Lock(), threading.Lock()

    def run(self) -> None:
        """Retrain by the clock until SIGINT, SIGTERM or SIGHUP, which ends a run at work too."""
        # In a thread of its own: what interrupts a listener never leaves the scheduler.
        scheduler = BackgroundScheduler(timezone=UTC)
        scheduler.add_job(
            self._retrain,
            self._trigger,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=_GRACE_SECONDS,
        )
        due_at_last = EVENT_JOB_SUBMITTED | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES
        scheduler.add_listener(self._report, due_at_last | EVENT_JOB_ERROR)
        self._report_missed_before()
        with _ended_by_signals():
            try:
                self._plan(self._trigger.get_next_fire_time(None, datetime.now(UTC)))
                scheduler.start()
                threading.Event().wait()
            finally:
                self._end()
                if scheduler.running:
                    scheduler.shutdown(wait=False)

    def _retrain(self) -> None:
        with self._beginning:
            if self._ending:
                return
            self._say("retraining begins")
            # In its own session a terminal's Ctrl-C does not reach it before `_end` does.
            process = subprocess.Popen(self._command, cwd=PROJECT_ROOT, start_new_session=True)
            self._process = process
        code = process.wait()
        outcomes = {
            0: "retraining is done",
            LockedError.exit_code: "[yellow]missed:[/] another pipeline was at work",
        }
        self._say(outcomes.get(code, f"[red]retraining failed[/] (exit code {code})"))

    def _plan(self, due: datetime) -> None:
        """Put on record when the next run is due, so that a later schedule knows what it missed."""
        self._next = due
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
        missed = due_times(trigger, due, datetime.now(UTC))
        self._say_missed(missed, "while no schedule ran; `make retrain` makes up for them")

    def _report(self, event: JobEvent) -> None:
        if event.code == EVENT_JOB_ERROR:
            self._say(f"[red]retraining failed[/]: {event.exception}")
            return
        missed = event.code == EVENT_JOB_MISSED
        due = event.scheduled_run_time if missed else event.scheduled_run_times[-1]
        self._settle(due)
        if event.code == EVENT_JOB_MAX_INSTANCES:
            self._say("[yellow]missed:[/] a run was due while the one before it still works")
        elif missed:
            self._say(f"[yellow]missed:[/] the run of {due:%Y-%m-%d %H:%M} UTC could not begin")

    def _settle(self, due: datetime) -> None:
        """Report what was due before a run that is told of now: the scheduler passes it by."""
        with self._planning:
            if self._next is None or due < self._next:
                return
            passed_by = [each for each in due_times(self._trigger, self._next, due) if each < due]
            self._say_missed(passed_by, "and could not begin")
            try:
                self._plan(next_after(self._trigger, due))
            except OSError as error:
                self._say(f"[yellow]when the next run is due is not on record:[/] {error}")

    def _say_missed(self, missed: list[datetime], why: str) -> None:
        if missed:
            count = f"{len(missed)}" if len(missed) < MOST_COUNTED else f"at least {len(missed)}"
            runs = "run was" if len(missed) == 1 else "runs were"
            since = f"since {missed[0]:%Y-%m-%d %H:%M} UTC"
            self._say(f"[yellow]missed:[/] {count} {runs} due {since}, {why}")

    def _end(self) -> None:
        with self._beginning:
            self._ending = True
            process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait()

    def _say(self, words: str) -> None:
        self._console.print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {words}", soft_wrap=True)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Take SIGTERM for an interrupt, and the end of the terminal, which runs do not belong to."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    numbers = [signal.SIGTERM]
    # Under nohup it is ignored, and stays so.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
