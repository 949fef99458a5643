from pathlib import Path

from warehouse import stamps
from warehouse.home import Home


def test_a_stage_is_current_only_after_it_finished_on_the_same_inputs(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert not stamps.is_current(home, "build", "a")
    stamps.finish(home, "build", "a")
    assert stamps.is_current(home, "build", "a")
    assert not stamps.is_current(home, "build", "b")


def test_an_interrupted_stage_is_not_current(tmp_path: Path) -> None:
    home = Home(tmp_path)
    stamps.finish(home, "build", "a")
    stamps.begin(home, "build")
    assert not stamps.is_current(home, "build", "a")


def test_the_fingerprint_of_files_sees_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("select 1")
    (tmp_path / "notes.md").write_text("ignored")
    first = stamps.fingerprint_of_files(tmp_path, "*.sql")
    (tmp_path / "notes.md").write_text("changed")
    assert stamps.fingerprint_of_files(tmp_path, "*.sql") == first
    (tmp_path / "a.sql").write_text("select 2")
    assert stamps.fingerprint_of_files(tmp_path, "*.sql") != first


def test_what_dbt_has_compiled_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("select 1")
    before = stamps.fingerprint_of_files(tmp_path, "*.sql")
    (tmp_path / "target" / "compiled").mkdir(parents=True)
    (tmp_path / "target" / "compiled" / "a.sql").write_text("select 1")

    assert stamps.fingerprint_of_files(tmp_path, "*.sql") == before
