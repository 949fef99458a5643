import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.errors import LockedError, SettingError
from warehouse.home import Home
from warehouse.lock import exclusive
from warehouse.settings import PROJECT_ROOT

HOLD = """
import sys
from pathlib import Path
from warehouse.home import Home
from warehouse.lock import exclusive
with exclusive(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT_ROOT,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "held"

        with (
            pytest.raises(LockedError, match=f"process {other.pid}, since"),
            exclusive(Home(tmp_path)),
        ):
            pass

        other.kill()
        other.wait()
        with exclusive(Home(tmp_path)):
            pass


def test_two_homes_do_not_lock_each_other(tmp_path: Path) -> None:
    with exclusive(Home(tmp_path / "one")), exclusive(Home(tmp_path / "two")):
        pass


def test_a_home_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with (
        pytest.raises(SettingError, match="MARQUEE_HOME="),
        exclusive(Home(tmp_path / "file" / "home")),
    ):
        pass
