import re
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from warehouse.errors import StoreError
from warehouse.store.engine import open_engine, reading, writing
from warehouse.store.insertion import insert_records, probe
from warehouse.store.migrate import upgrade
from warehouse.store.reading import recent


def test_a_healthy_store_passes_the_probe_and_holds_no_trace_of_it(engine, n_stored) -> None:
    probe(engine)

    assert n_stored() == 0


def test_the_probe_finds_a_store_without_tables(empty_url: str) -> None:
    with pytest.raises(StoreError, match="store upgrade"):
        probe(open_engine(empty_url))


def test_the_probe_finds_a_store_that_another_program_holds(engine, url, locked) -> None:
    with locked(), pytest.raises(StoreError, match="lock"):
        probe(open_engine(url, busy_seconds=0.05))


def test_the_probe_finds_a_store_that_may_only_be_read(engine, url: str) -> None:
    if engine.dialect.name == "postgresql":
        with writing(engine) as connection:
            connection.execute(
                text("alter role current_user set default_transaction_read_only = on")
            )
        address = url
    else:
        address = url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true"
    try:
        with pytest.raises(StoreError, match=r"read-?only"):
            probe(open_engine(address))
    finally:
        if engine.dialect.name == "postgresql":
            with writing(engine) as connection:
                connection.execute(text("set transaction read write"))
                connection.execute(
                    text("alter role current_user reset default_transaction_read_only")
                )


def test_reading_waits_for_no_writer(engine, url, make_record, locked) -> None:
    insert_records(engine, [make_record(1)])

    with locked():
        assert len(recent(open_engine(url, busy_seconds=0.05), 10)) == 1


def test_two_writers_take_turns(url: str, make_record, n_stored) -> None:
    def write_many(first: int) -> None:
        engine = open_engine(url)
        for number in range(first, first + 50):
            insert_records(engine, [make_record(number)])

    threads = [threading.Thread(target=write_many, args=(n * 50,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert n_stored() == 200


def test_a_sqlite_store_is_in_wal_mode(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'app.db'}")
    with reading(engine) as connection:
        pragmas = [
            connection.exec_driver_sql(f"pragma {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout")
        ]

    assert pragmas == ["wal", 1, 5000]


def test_an_error_names_the_store_without_its_password() -> None:
    url = "postgresql://me:s3cret@127.0.0.1:1/app?sslpassword=s3cret"
    with pytest.raises(StoreError) as caught:
        upgrade(url)

    assert "s3cret" not in str(caught.value)
    assert "127.0.0.1:1/app" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("mysql://me:s3cret@host/app", "SQLite or PostgreSQL"),
        ("postgresql+nothing://host/app", "postgresql"),
        ("postgresql+psycopg2://host/app", "psycopg2"),
        ("postgresql://me:s3cret@host:port/app", "address"),
        ("no address", "address"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_at_once(url: str, expected: str) -> None:
    with pytest.raises(StoreError, match=re.escape(expected)) as caught:
        open_engine(url)

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("damage", ["folder", "no database", "file in the way"])
def test_a_file_that_cannot_be_a_store_is_named(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "home" / "app.db"
    if damage == "folder":
        file.mkdir(parents=True)
    elif damage == "no database":
        file.parent.mkdir()
        file.write_bytes(b"no database" * 1000)
    else:
        file.parent.write_text("")

    with pytest.raises(StoreError, match=re.escape(str(file))):
        upgrade(f"sqlite:///{file}")
