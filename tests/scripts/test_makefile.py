import os
import subprocess

import pytest

from warehouse.settings import PROJECT_ROOT


def make(target: str) -> "subprocess.CompletedProcess[str]":
    """Run make as from a shell, also where the tests themselves were started by make."""
    given = {"Q", "RECIPE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    clean = {name: value for name, value in os.environ.items() if name not in given}
    return subprocess.run(
        ["make", target], cwd=PROJECT_ROOT, env=clean, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("target", "usage"), [("tune", "usage: make tune RECIPE=als"), ("sql", "usage: make sql Q=")]
)
def test_a_target_without_its_argument_tells_the_usage(target: str, usage: str) -> None:
    done = make(target)

    assert done.returncode == 2
    assert done.stderr.startswith(usage)
    assert done.stdout == ""


def test_a_query_arrives_with_its_quotes_and_dollars(tmp_path) -> None:
    query = """select 'it''s $HOME, 5$' || "a" from (select '$(x)' as a)"""
    makefile = tmp_path / "Makefile"
    lines = (PROJECT_ROOT / "Makefile").read_text().splitlines()
    start = lines.index("ifdef Q")
    makefile.write_text("\n".join([*lines[start : start + 4], "show:", '\t@printf %s "$$Q"', ""]))

    done = subprocess.run(
        ["make", "-f", str(makefile), "show", f"Q={query}"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == query


def test_every_recipe_is_offered() -> None:
    recipes = {path.stem for path in (PROJECT_ROOT / "models_py" / "configs").glob("*.toml")}

    done = make("tune")

    offered = done.stderr.splitlines()[0].partition("recipes: ")[2]
    assert set(offered.split()) == recipes - {"promotion"}
