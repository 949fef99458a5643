import pytest
from click.testing import CliRunner, Result

from warehouse.__main__ import main
from warehouse.store.engine import open_engine
from warehouse.store.insertion import insert_records
from warehouse.store.migrate import head, revision


@pytest.fixture
def invoke(empty_url: str):
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["store", *arguments], env={"MARQUEE_STORE_URL": empty_url})

    return run


def test_upgrade_makes_the_tables_and_may_be_repeated(invoke, empty_url: str) -> None:
    for _ in range(2):
        assert invoke("upgrade").exit_code == 0

    assert revision(empty_url) == head()


def test_status_changes_nothing_and_counts(invoke, empty_url: str, make_record) -> None:
    before = invoke("status")
    assert before.exit_code == 0
    assert revision(empty_url) is None

    invoke("upgrade")
    insert_records(open_engine(empty_url), [make_record(1), make_record(2)])
    after = invoke("status")

    assert after.exit_code == 0
    assert f"revision {head()}" in after.stderr
    assert "2 requests logged" in after.stderr


def test_archive_moves_what_is_old(empty_url: str, make_record, tmp_path) -> None:
    values = {"MARQUEE_STORE_URL": empty_url, "MARQUEE_HOME": str(tmp_path / "home")}
    runner = CliRunner()
    runner.invoke(main, ["store", "upgrade"], env=values)
    insert_records(open_engine(empty_url), [make_record(1)])
    result = runner.invoke(main, ["store", "archive"], env=values)

    assert result.exit_code == 0
    assert "1 requests of 1 days archived, older than 30 days" in result.stderr
    assert (tmp_path / "home" / "archive" / "request_logs" / "2023-11-14.parquet").is_file()


def test_a_store_that_cannot_be_reached_is_an_error_without_a_traceback() -> None:
    address = {"MARQUEE_STORE_URL": "postgresql://me:s3cret@127.0.0.1:1/app"}
    result = CliRunner().invoke(main, ["store", "status"], env=address)

    assert result.exit_code == 1
    assert "127.0.0.1:1/app" in result.stderr
    assert "s3cret" not in result.output
