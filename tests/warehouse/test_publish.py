import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from warehouse.__main__ import main
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


def overwrite_the_middle(file: Path) -> None:
    with file.open("rb+") as handle:
        handle.seek(file.stat().st_size // 2)
        handle.write(b"\0" * 300_000)


def truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize("damage", [truncate, overwrite_the_middle])
def test_a_damaged_published_file_is_told_with_the_way_out(
    damage: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARQUEE_HOME", str(tmp_path))
    home = Home(tmp_path)
    build(home, 1)
    with duckdb.connect(str(home.build_file)) as connection:
        connection.execute(
            "create table marts.texts as select md5(i::varchar) as t from range(300_000) r(i)"
        )
    publish(home, keep=1)
    query = ["sql", "select max(t) as t from marts.texts"]
    assert CliRunner().invoke(main, query).exit_code == 0

    damage(home.pointer.resolve())
    answer = CliRunner().invoke(main, query)

    assert answer.exit_code == 1
    assert isinstance(answer.exception, SystemExit)
    assert "is damaged" in answer.stderr
    assert f"remove {home.pointer} and run `make pipeline`" in answer.stderr


@pytest.mark.parametrize(
    "query",
    [
        "from marts.none_such",
        "from 'none-such.parquet'",
        "select cast('x' as int) + range from range(3)",
    ],
)
def test_a_wrong_query_is_no_damage(
    query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARQUEE_HOME", str(tmp_path))
    build(Home(tmp_path), 1)
    publish(Home(tmp_path), keep=1)

    answer = CliRunner().invoke(main, ["sql", query])

    assert answer.exit_code == 1
    assert isinstance(answer.exception, SystemExit)
    assert "`show all tables` lists" in answer.stderr
    assert "damaged" not in answer.stderr


def test_a_home_may_be_moved_with_its_pointer(tmp_path: Path) -> None:
    home = Home(tmp_path / "before")
    build(home, 4)
    publish(home, keep=1)
    home.root.rename(tmp_path / "after")

    assert count(Home(tmp_path / "after")) == 4
