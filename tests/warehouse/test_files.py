import errno
from pathlib import Path

import pytest

from warehouse import files


def test_a_failed_write_leaves_the_old_content_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    files.write_text(target, "old")

    with pytest.raises(OSError, match="No space"), files.replacing(target) as beside:
        beside.write_text("half of the n")
        raise OSError(errno.ENOSPC, "No space left on device")

    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_failed_folder_leaves_the_old_folder(tmp_path: Path) -> None:
    target = tmp_path / "raw"
    target.mkdir()
    (target / "kept").write_text("yes")

    with pytest.raises(RuntimeError), files.replacing_folder(target) as beside:
        (beside / "new").write_text("half")
        raise RuntimeError

    assert [path.name for path in target.iterdir()] == ["kept"]
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "raw"
    target.mkdir()
    (target / "old").write_text("old")

    with files.replacing_folder(target) as beside:
        (beside / "new").write_text("new")

    assert [path.name for path in target.iterdir()] == ["new"]


def test_a_fingerprint_ignores_key_order_and_sees_values() -> None:
    assert files.fingerprint({"a": 1, "b": 2}) == files.fingerprint({"b": 2, "a": 1})
    assert files.fingerprint({"a": 1}) != files.fingerprint({"a": 2})


def test_leftovers_go_and_nothing_else_does(tmp_path: Path) -> None:
    (tmp_path / "ml" / ".half.12.tmp").mkdir(parents=True)
    (tmp_path / ".mlflow.db.12.tmp").write_text("half")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / ".theirs.tmp").write_text("in use")
    (tmp_path / "kept.tmp").write_text("whole")

    files.remove_leftovers(tmp_path, spare=("raw",))

    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    assert left == ["kept.tmp", "ml", "raw", "raw/.theirs.tmp"]
