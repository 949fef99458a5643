import os
import subprocess

import pytest

from warehouse.settings import PROJECT_ROOT


def make(*arguments: str, **exported: str) -> "subprocess.CompletedProcess[str]":
    """Run make as from a shell, also where the tests themselves were started by make."""
    given = {"Q", "RECIPE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    clean = {name: value for name, value in os.environ.items() if name not in given}
    return subprocess.run(
        ["make", *arguments],
        cwd=PROJECT_ROOT,
        env=clean | exported,
        capture_output=True,
        text=True,
        check=False,
    )


def command(*arguments: str, **exported: str) -> str:
    """Return the last command that make would run."""
    done = make("-n", *arguments, **exported)
    assert done.returncode == 0, done.stderr
    joined = done.stdout.replace("\\\n", "")
    return " ".join(joined.splitlines()[-1].partition("-m ")[2].split())


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
    start = lines.index("ifeq ($(origin Q),command line)")
    makefile.write_text("\n".join([*lines[start : start + 6], "show:", '\t@printf %s "$$Q"', ""]))

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


OPTIONS = {
    "retrain": {"DRY_RUN": "1"},
    "rollback": {"VERSION": "als-1"},
    "simulate": {"AS_OF": "0.7", "DAYS": "3", "SEED": "5", "URL": "http://127.0.0.1:1"},
    "report": {"DAY": "2026-11-20", "FROM": "2026-11-20", "TO": "2026-11-21"},
}


@pytest.mark.parametrize("target", OPTIONS)
def test_what_a_shell_has_exported_directs_no_target(target: str) -> None:
    options = OPTIONS[target]
    told = command(target, *(f"{name}={value}" for name, value in options.items()))

    assert [word for word in told.split() if word.startswith("--")] == [
        f"--{name.lower().replace('_', '-')}" for name in options
    ]
    assert command(target, **options) == command(target)
    assert "--" not in command(target)


@pytest.mark.parametrize(("target", "name"), [("tune", "RECIPE"), ("sql", "Q")])
def test_an_exported_argument_is_none(target: str, name: str) -> None:
    done = make(target, **{name: "als"})

    assert done.returncode == 2
    assert done.stderr.startswith(f"usage: make {target}")


def test_one_alone_is_a_dry_run() -> None:
    assert command("retrain", "DRY_RUN=1") == "models_py retrain --dry-run"
    assert command("retrain", "DRY_RUN=0") == command("retrain", "DRY_RUN=") == "models_py retrain"


def test_a_dry_run_in_other_words_is_not_taken_for_a_real_one() -> None:
    done = make("retrain", "DRY_RUN=yes")

    assert done.returncode == 2
    assert done.stderr.startswith("usage: make retrain [DRY_RUN=1]")
    assert done.stdout == ""
