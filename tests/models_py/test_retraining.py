"""Retraining on a small synthetic edition: new interactions in, a decision out, or only shown."""

import errno
import io
import shutil
from pathlib import Path

import duckdb
import pytest
from alembic import command
from rich.console import Console

from models_py import contest
from models_py.recipes.configuration import load_recipe
from models_py.retraining import retrain
from warehouse.bundle import current_version
from warehouse.errors import MarqueeError
from warehouse.files import sha256_of
from warehouse.settings import Settings
from warehouse.store import migrate
from warehouse.store.engine import open_engine, writing

DATASET = "synthetic-20k"


@pytest.fixture
def settings(home: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a built home, whose only recipe is a small ALS."""

    def recipe(name: str, dataset: str):
        return load_recipe(name, dataset).with_parameters({"factors": 8})

    monkeypatch.setattr(contest, "recipe_names", lambda: ["als"])
    monkeypatch.setattr(contest, "load_recipe", recipe)
    return Settings.from_environment(
        {"MARQUEE_HOME": str(home.home.root), "MARQUEE_DATASET": DATASET}
    )


def drop(settings: Settings, rows: int) -> Path:
    """Hand in ratings of a user whom nobody knows, made of another's."""
    raw = settings.home.raw(DATASET) / "ratings.parquet"
    target = settings.home.incoming(DATASET) / "newcomer.csv"
    target.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select 999999 as user_id, movie_id, max(rating) as rating, max(rated_at) as rated_at
                from read_parquet('{raw}') group by movie_id order by count(*) desc limit {rows}
            ) to '{target}' (header)
            """
        )
    return target


def state(settings: Settings) -> dict[Path, str]:
    return {
        path: sha256_of(path)
        for path in settings.home.root.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def age_store(settings: Settings) -> None:
    """Leave the store as it was before the last migration."""
    engine = open_engine(settings.store.url)
    config = migrate._config()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    engine.dispose()


def test_a_full_disk_is_told_before_a_dry_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", source)

    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(MarqueeError, match=r"cannot be copied for the dry run: .*No space left"):
        retrain(settings, Console(quiet=True), dry_run=True)
    assert not list(settings.home.root.glob(".dry-run*"))


def test_a_dry_run_shows_the_decision_and_the_real_one_takes_it(settings: Settings) -> None:
    file = drop(settings, 30)
    age_store(settings)
    before = state(settings)
    said = io.StringIO()
    retrain(settings, Console(file=said, width=300), dry_run=True)

    assert "newcomer.csv: 30 interactions accepted" in said.getvalue()
    assert "promoted as the first" in said.getvalue()
    assert "nothing in" in said.getvalue()
    assert state(settings) == before

    retrain(settings, Console(quiet=True))
    assert not file.exists()
    assert str(current_version(settings.home)) in said.getvalue()
    with duckdb.connect(str(settings.home.pointer.resolve()), read_only=True) as warehouse:
        counts = warehouse.sql(
            "select source, count(*) from marts.fct_ratings group by all order by all"
        ).fetchall()
        promoted = warehouse.sql(
            "select challenger_version, promoted from marts.fct_promotion_decisions"
        ).fetchall()
    assert dict(counts)["batch"] == 30
    assert promoted == [(current_version(settings.home), True)]

    said = io.StringIO()
    retrain(settings, Console(file=said, width=300))
    assert said.getvalue().count("up to date") == 3
