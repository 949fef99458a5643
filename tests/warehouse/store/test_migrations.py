import multiprocessing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from warehouse.errors import StoreError
from warehouse.store.engine import open_engine, reading, writing
from warehouse.store.insertion import insert_records
from warehouse.store.migrate import head, revision, upgrade
from warehouse.store.tables import METADATA, VERSION_TABLE


def test_an_empty_database_gets_the_tables(empty_url: str) -> None:
    assert revision(empty_url) is None

    assert upgrade(empty_url) == head()

    assert revision(empty_url) == head()
    tables = inspect(open_engine(empty_url)).get_table_names()
    assert set(tables) == {"request_logs", VERSION_TABLE}


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(url: str) -> None:
    with reading(open_engine(url)) as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, METADATA) == []


def test_a_second_upgrade_changes_nothing(url: str, n_stored, make_record) -> None:
    insert_records(open_engine(url), [make_record(1)])

    assert upgrade(url) == head()

    assert n_stored() == 1


def test_several_processes_may_upgrade_at_once(empty_url: str) -> None:
    processes = multiprocessing.get_context("fork")
    together = processes.Barrier(6)

    def upgrade_together() -> None:
        together.wait()
        upgrade(empty_url)

    children = [processes.Process(target=upgrade_together) for _ in range(6)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0] * 6
    assert revision(empty_url) == head()


def test_a_store_of_a_newer_version_is_refused_and_left_alone(url: str) -> None:
    with writing(open_engine(url)) as connection:
        connection.execute(text(f"update {VERSION_TABLE} set version_num = '9999'"))

    with pytest.raises(StoreError, match="revision 9999, which is newer"):
        upgrade(url)

    assert revision(url) == "9999"


def test_an_upgrade_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    engine = open_engine(empty_url)
    with writing(engine) as connection:
        connection.execute(text("create table request_logs (other integer)"))

    with pytest.raises(StoreError, match="request_logs"):
        upgrade(empty_url)

    assert revision(empty_url) is None
    assert inspect(engine).get_table_names() == ["request_logs"]


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a/new/home/app.db"

    upgrade(url)

    assert revision(url) == head()


def test_asking_for_the_revision_makes_no_file(tmp_path: Path) -> None:
    assert revision(f"sqlite:///{tmp_path}/app.db") is None
    assert list(tmp_path.iterdir()) == []


def test_it_works_from_any_folder(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert upgrade(empty_url) == head()
