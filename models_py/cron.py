"""A cron expression as cron means it, as a trigger of APScheduler, which means it otherwise.

There a week begins with Monday as 0, and a day has to satisfy the day of the
month *and* that of the week. In cron 0 and 7 are Sunday, and where both fields
are restricted either of them will do.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from warehouse.errors import SettingError

MOST_COUNTED = 1_000
SETTING = "MARQUEE_RETRAIN_CRON"
_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERS = re.compile(r"(?P<first>[0-7])(?:-(?P<last>[0-7]))?(?:/(?P<step>[1-7]))?")


def cron_trigger(expression: str) -> BaseTrigger:
    """Make the trigger of a cron expression of five fields, in UTC.

    Raises
    ------
    SettingError
        The expression cannot be read, or never comes true.
    """
    try:
        minute, hour, day, month, weekday = expression.lower().split()
        every = {"minute": minute, "hour": hour, "month": month, "timezone": UTC}
        if "*" in (day[0], weekday[0]):
            trigger = CronTrigger(day=day, day_of_week=_weekdays(weekday), **every)
        else:
            by_week = CronTrigger(day_of_week=_weekdays(weekday), **every)
            trigger = OrTrigger([CronTrigger(day=day, **every), by_week])
    except ValueError as error:
        raise _unreadable(expression, str(error)) from error
    if trigger.get_next_fire_time(None, datetime.now(UTC)) is None:
        raise _unreadable(expression, "no day is such a day")
    return trigger


def due_times(trigger: BaseTrigger, first: datetime, until: datetime) -> list[datetime]:
    """List when runs are due from `first`, which is one of them, to `until`.

    The first `MOST_COUNTED` at most.
    """
    due: Any = first
    found: list[datetime] = []
    while due is not None and due <= until and len(found) < MOST_COUNTED:
        found.append(due)
        due = next_after(trigger, due)
    return found


def next_after(trigger: BaseTrigger, due: datetime) -> Any:
    """Tell when the run after the one of `due` is due."""
    # The second instant is what the trigger takes for now.
    return trigger.get_next_fire_time(due, due + timedelta(seconds=1))


def _weekdays(field: str) -> str:
    """Write the numbers of weekdays as names."""
    return ",".join(_named(part) for part in field.split(","))


def _named(part: str) -> str:
    found = _NUMBERS.fullmatch(part)
    if not found:
        return part
    first = int(found["first"])
    last = int(found["last"] or (6 if found["step"] else first))
    if last < first:
        raise ValueError(f"{part}: ends before it begins")
    return ",".join(_NAMES[day] for day in range(first, last + 1, int(found["step"] or 1)))


def _unreadable(expression: str, why: str) -> SettingError:
    return SettingError(
        f"{SETTING}={expression!r}: expected a cron expression: {why}",
        "minute, hour, day, month and weekday, such as '0 4 * * *' or '30 2 * * mon-fri'",
    )
