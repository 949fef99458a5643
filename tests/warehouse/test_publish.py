import os
from pathlib import Path

import duckdb
import pytest

from warehouse.connection import open_published
from warehouse.errors import BuildError, PublishError
from warehouse.home import Home
from warehouse.publish import current_version, publish


def build(home: Home, rows: int) -> None:
    home.build_file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.build_file)) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute(f"create or replace table marts.fct_interactions as from range({rows})")


def count(home: Home) -> int:
    with open_published(home) as connection:
        row = connection.sql("select count(*) from marts.fct_interactions").fetchone()
    assert row is not None
    return int(row[0])


def test_readers_see_the_newest_version_and_old_ones_are_pruned(tmp_path: Path) -> None:
    home = Home(tmp_path)
    versions = []
    for rows in (1, 2, 3):
        build(home, rows)
        versions.append(publish(home, keep=2))
        assert count(home) == rows

    assert sorted(path.name for path in home.published.iterdir()) == versions[1:]
    assert current_version(home) == versions[-1]


def test_a_reader_keeps_its_version_while_another_is_published(tmp_path: Path) -> None:
    home = Home(tmp_path)
    build(home, 1)
    publish(home, keep=1)
    with open_published(home) as reader:
        build(home, 2)
        publish(home, keep=1)
        assert reader.sql("select count(*) from marts.fct_interactions").fetchone() == (1,)
    assert count(home) == 2


def test_a_damaged_build_is_refused_and_readers_keep_theirs(tmp_path: Path) -> None:
    home = Home(tmp_path)
    build(home, 1)
    kept = publish(home, keep=3)
    os.truncate(home.build_file, home.build_file.stat().st_size // 3)

    with pytest.raises(PublishError, match="could not be published"):
        publish(home, keep=3)

    assert current_version(home) == kept
    assert count(home) == 1
    assert [path.name for path in home.published.iterdir()] == [kept]


def test_nothing_published_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="nothing is published yet"):
        open_published(Home(tmp_path))


def test_a_home_may_be_moved_with_its_pointer(tmp_path: Path) -> None:
    home = Home(tmp_path / "before")
    build(home, 4)
    publish(home, keep=1)
    home.root.rename(tmp_path / "after")

    assert count(Home(tmp_path / "after")) == 4
