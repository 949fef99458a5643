"""Cron expressions mean here what they mean to cron."""

from datetime import UTC, datetime, timedelta

import pytest

from models_py.cron import cron_trigger
from warehouse.errors import SettingError

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def days(expression: str, count: int) -> list[str]:
    """First days on which a trigger fires, from a Monday on."""
    trigger, found, moment = cron_trigger(expression), [], MONDAY
    for _ in range(count):
        moment = trigger.get_next_fire_time(None, moment)
        found.append(f"{moment:%a %d}")
        moment += timedelta(minutes=1)
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("0 4 * * *", ["Mon 16", "Tue 17", "Wed 18"]),
        ("0 4 * * 0", ["Sun 22", "Sun 29"]),
        ("0 4 * * 7", ["Sun 22", "Sun 29"]),
        ("0 4 * * 1-5", ["Mon 16", "Tue 17", "Wed 18", "Thu 19", "Fri 20", "Mon 23"]),
        ("0 4 * * 0-2", ["Mon 16", "Tue 17", "Sun 22", "Mon 23"]),
        ("0 4 * * 1/2", ["Mon 16", "Wed 18", "Fri 20", "Mon 23"]),
        ("0 4 * * sat,SUN", ["Sat 21", "Sun 22", "Sat 28"]),
        ("0 4 20 * 2", ["Tue 17", "Fri 20", "Tue 24"]),
        ("0 4 */10 * *", ["Sat 21", "Tue 01", "Fri 11"]),
    ],
)
def test_days_are_those_of_cron(expression: str, expected: list[str]) -> None:
    assert days(expression, len(expected)) == expected


def test_times_are_utc() -> None:
    fires = cron_trigger("30 2 * * *").get_next_fire_time(None, MONDAY)

    assert fires == MONDAY + timedelta(hours=2, minutes=30)


@pytest.mark.parametrize(
    "expression", ["61 4 * * *", "0 4 31 2 *", "0 4 * * 5-1", "a b c d e", "0 4 * * 8"]
)
def test_what_cannot_be_or_never_is_is_refused(expression: str) -> None:
    with pytest.raises(SettingError, match=r"MARQUEE_RETRAIN_CRON=.*expected a cron expression"):
        cron_trigger(expression)
