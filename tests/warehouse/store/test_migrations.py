import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from warehouse.errors import StoreError
from warehouse.store import migrate
from warehouse.store.engine import open_engine, reading, writing
from warehouse.store.insertion import insert_records
from warehouse.store.migrate import head, revision, upgrade
from warehouse.store.reading import find_request
from warehouse.store.record import COLUMNS, row_of
from warehouse.store.tables import METADATA, VERSION_TABLE


def move(engine: Engine, way: Callable[[Config, str], None], revision: str) -> None:
    """Bring a store to a revision, forwards or back."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        way(config, revision)


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


def test_rows_from_before_are_real_and_deterministic(empty_url: str) -> None:
    engine = open_engine(empty_url)
    move(engine, command.upgrade, "0001")
    with writing(engine) as connection:
        connection.execute(
            text(
                "insert into request_logs (request_id, timestamp, endpoint, latency_ms, status,"
                " worker) values ('old', '2020-01-01 00:00:00', '/popular', 1.0, 200, 7)"
            )
        )

    upgrade(empty_url)

    found = find_request(engine, "old")
    assert found is not None
    assert (found.is_simulated, found.greedy, found.propensities) == (False, None, None)


def test_each_migration_can_be_taken_back(url: str) -> None:
    engine = open_engine(url)

    move(engine, command.downgrade, "base")
    assert inspect(engine).get_table_names() == [VERSION_TABLE]

    assert upgrade(url) == head()


def test_a_server_that_is_a_version_behind_goes_on_logging(url: str, make_record) -> None:
    engine = open_engine(url)
    with writing(engine) as connection:
        row = dict(zip(COLUMNS, row_of(make_record(1)), strict=True))
        former = [name for name in COLUMNS if name not in {"is_simulated", "greedy"}]
        marks = ", ".join(f":{name}" for name in former)
        connection.execute(
            text(f"insert into request_logs ({', '.join(former)}) values ({marks})"),
            {name: row[name] for name in former},
        )

    assert find_request(engine, make_record(1).request_id) == make_record(1)


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
