import pytest
from click.testing import CliRunner

from scripts import benchmark_kpis


@pytest.fixture(scope="module")
def printed():
    # A small edition; the figures say nothing, only that each is taken.
    arguments = ["--requests", "600", "--edition", "synthetic-20k"]
    result = CliRunner().invoke(benchmark_kpis.main, arguments, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("what", ["first load", "nothing new", "a further day"])
def test_each_load_is_measured(printed, what):
    (line,) = [line for line in printed.splitlines() if what in line]
    assert any(cell.strip().replace(".", "").isdigit() for cell in line.split("│"))


def test_the_machine_and_the_log_are_named(printed):
    assert "synthetic-20k, 10 slots a request, 30 days" in printed
    assert "cores" in printed
