"""The dbt process: one command after the other, and none that only seems to have run."""

import pytest
from rich.console import Console

from warehouse.dbt import Dbt
from warehouse.errors import BuildError
from warehouse.settings import Settings

QUIET = Console(quiet=True)


def test_a_second_command_is_run_too(tmp_path) -> None:
    settings = Settings.from_environment({"MARQUEE_HOME": str(tmp_path)})
    with Dbt(settings, "none") as dbt:
        dbt.get_ready()
        dbt.run(["--version"], QUIET)
        with pytest.raises(BuildError, match=r"No such command 'bulid'"):
            dbt.run(["bulid"], QUIET)
