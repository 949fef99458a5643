"""What people read while dbt runs, and when it fails."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from warehouse import dbt_events
from warehouse.dbt_failure import describe_failure
from warehouse.settings import Settings

FULL_DISK = """--- Logging error ---
Traceback (most recent call last):
OSError: [Errno 28] No space left on device
Call stack:
Arguments: ()"""


def _events() -> list[str]:
    names = ["stg_movielens__ratings", "fct_interactions"]
    events = []
    for number, name in enumerate(names, start=1):
        start = {"node_info": {"node_name": name}, "total": len(names)}
        events.append({"info": {"name": "LogStartLine"}, "data": start})
        events.append({"info": {"name": "Result"}, "data": {"execution_time": 1, "index": number}})
    events.append({"info": {"name": "Failed", "level": "error", "msg": "it broke"}, "data": {}})
    return [json.dumps(event) for event in events] + ["no event"]


def test_without_a_terminal_progress_is_told_in_lines(monkeypatch) -> None:
    monkeypatch.setattr(dbt_events, "_SECONDS_BETWEEN_LINES", 0)
    output, complaints = io.StringIO(), []

    dbt_events.follow(_events(), "build", Console(file=output), complaints)

    assert output.getvalue().splitlines() == [
        "dbt build: reading the project",
        "dbt build: 0 of 2, now stg_movielens__ratings",
        "dbt build: 1 of 2, now fct_interactions",
        "dbt build: 2 steps",
    ]
    assert complaints == ["it broke", "no event"]


ESCAPED = (
    'Message: \'18:34:09  Traceback (most recent call last):\\n  File "main.py", line 1\\n'
    "OSError: [Errno 28] No space left on device\\n'"
)


@pytest.mark.parametrize("complaints", [FULL_DISK.splitlines(), [ESCAPED, "Arguments: ()"]])
def test_a_full_disk_is_told_by_its_cause_and_no_traceback(
    tmp_path: Path, complaints: list[str]
) -> None:
    settings = Settings.from_environment({"MARQUEE_HOME": str(tmp_path)})

    error = describe_failure(settings, ["build"], tmp_path / "none.json", complaints)

    assert "Traceback" not in error.message
    assert "failed: OSError: [Errno 28] No space left on device (log:" in error.message
    assert "free some disk space" in (error.hint or "")
