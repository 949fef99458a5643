from pathlib import Path

import duckdb
import pytest

from warehouse.errors import BuildError
from warehouse.store.attachment import Attachment, ensure_extensions
from warehouse.store.insertion import insert_records


def test_duckdb_reads_what_was_logged(engine, url: str, make_record, tmp_path: Path) -> None:
    insert_records(engine, [make_record(1), make_record(2)])
    attachment = Attachment.of(url)
    ensure_extensions(tmp_path, attachment)
    with duckdb.connect(config={"extension_directory": str(tmp_path)}) as connection:
        connection.execute(f"load {attachment.type}_scanner")
        path = attachment.path.replace("'", "''")
        connection.execute(f"attach '{path}' as operational (type {attachment.type}, read_only)")
        table = f"operational.{attachment.schema}.request_logs"
        query = f"select request_id, user_id, recommendations from {table} order by request_id"
        rows = connection.sql(query).fetchall()

    assert rows == [(make_record(n).request_id, 7, "[50,181,1]") for n in (1, 2)]


def test_the_password_is_in_the_environment_only() -> None:
    attachment = Attachment.of(
        "postgresql+psycopg://me:it%27s%20mine@db:5433/our%20log?sslmode=require"
    )

    assert attachment.path == ("host='db' port='5433' dbname='our log' user='me' sslmode='require'")
    assert attachment.environment["PGPASSWORD"] == "it's mine"
    assert "mine" not in repr(attachment)


def test_quotes_reach_libpq() -> None:
    assert Attachment.of("postgresql://u@h/it%27s%5C").path == r"host='h' dbname='it\'s\\' user='u'"


@pytest.mark.parametrize("url", ["sqlite:///{}", "sqlite:///file:{}?mode=ro&uri=true"])
def test_a_file_is_named_in_full(url: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)

    for name in ("app.db", tmp_path / "app.db"):
        attachment = Attachment.of(url.format(name))
        assert (attachment.type, attachment.path) == ("sqlite", str(tmp_path / "app.db"))
        assert "PGPASSWORD" not in attachment.environment


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "dbt").touch()

    with pytest.raises(BuildError, match="sqlite_scanner") as failure:
        ensure_extensions(tmp_path / "dbt" / "extensions", Attachment.of("sqlite:////tmp/app.db"))
    assert "home be writable" in (failure.value.hint or "")
