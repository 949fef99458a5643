"""``python -m dashboards report``, as a person calls it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from dashboards.__main__ import main
from warehouse.home import Home


@pytest.fixture
def run(monkeypatch):
    def ran(home, *arguments):
        monkeypatch.setenv("MARQUEE_HOME", str(home.root))
        return CliRunner().invoke(main, ["report", *arguments])

    return ran


def _names(home):
    return sorted(path.name for path in home.reports.iterdir())


def test_yesterday_and_all_simulated_days(run, full_home):
    yesterday = datetime.now(UTC).date() - timedelta(days=1)

    done = run(full_home)

    assert done.exit_code == 0, done.output
    # Nobody can tell at midnight which day was meant.
    days = {yesterday, datetime.now(UTC).date() - timedelta(days=1)}
    simulated = "2026-11-19_to_2026-11-20"
    expected = [
        sorted(f"{n}.{e}" for n in (day, simulated) for e in ("html", "md")) for day in days
    ]
    assert _names(full_home) in expected


def test_one_day(run, publish):
    home = publish({})

    done = run(home, "--day", "2026-11-20")

    assert done.exit_code == 0, done.output
    assert _names(home) == ["2026-11-20.html", "2026-11-20.md"]
    assert "No request has been logged yet" in done.output
    assert str(home.reports / "2026-11-20.html") in done.output


def test_a_range(run, publish):
    home = publish({})

    done = run(home, "--from", "2026-11-19", "--to", "2026-11-20")

    assert done.exit_code == 0, done.output
    assert _names(home) == ["2026-11-19_to_2026-11-20.html", "2026-11-19_to_2026-11-20.md"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--day", "2026-11-20", "--from", "2026-11-19"], "--day is for one day"),
        (["--to", "2026-11-20"], "--to without --from"),
        (["--from", "2026-11-20", "--to", "2026-11-19"], "expected the earlier day first"),
        (["--from", "1000-01-01"], "expected a later first day"),
        (["--day", "0001-01-01"], "expected a later first day"),
        (["--day", "yesterday"], "does not match the format"),
    ],
)
def test_wrong_days_are_told(run, publish, arguments, message):
    done = run(publish({}), *arguments)

    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output


def test_an_absent_warehouse_is_told(run, tmp_path):
    done = run(Home(tmp_path))

    assert done.exit_code == 1
    assert "nothing is published yet" in done.output
    assert "make pipeline" in done.output
    assert not re.search("Traceback", done.output)


def test_a_damaged_warehouse_is_told(run, publish):
    home = publish({})
    home.pointer.resolve().write_bytes(b"not a database at all" * 1000)

    done = run(home)

    assert done.exit_code == 1
    assert "is damaged" in done.output
