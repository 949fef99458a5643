import errno
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse import files
from warehouse.sources.raw_folder import clear_leftovers


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


def killed_between_the_renames(target: Path) -> None:
    """Leave what a process leaves that replaces `target` and dies before the new one is there."""
    target.mkdir(parents=True)
    (target / "kept").write_text("yes")
    script = (
        "import os, pathlib, sys\n"
        "from warehouse import files\n"
        "target, rename = pathlib.Path(sys.argv[1]), pathlib.Path.rename\n"
        "def dying(self, to):\n"
        "    os._exit(9) if to == target else rename(self, to)\n"
        "pathlib.Path.rename = pathlib.Path.replace = dying\n"
        "with files.replacing_folder(target) as beside:\n"
        "    (beside / 'new').write_text('new')\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(target)], check=False)
    assert done.returncode == 9
    assert not target.exists()


def test_a_folder_survives_a_kill_between_the_renames(tmp_path: Path) -> None:
    target = tmp_path / "raw" / "ml-1.2m"
    killed_between_the_renames(target)

    files.remove_leftovers(tmp_path)

    assert [path.name for path in target.iterdir()] == ["kept"]
    assert [path.name for path in target.parent.iterdir()] == ["ml-1.2m"]


def test_a_dataset_survives_a_kill_between_the_renames(tmp_path: Path) -> None:
    target = tmp_path / "ml-tiny"
    killed_between_the_renames(target)

    clear_leftovers(tmp_path)

    assert [path.name for path in target.iterdir()] == ["kept"]
    assert [path.name for path in tmp_path.iterdir()] == ["ml-tiny"]


def test_a_failed_rename_brings_the_old_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "raw"
    target.mkdir()
    (target / "kept").write_text("yes")
    rename = Path.rename

    def failing(self: Path, to: Path) -> Path:
        if to == target and not self.name.endswith(".old.tmp"):
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="Input/output"), files.replacing_folder(target) as beside:
        (beside / "new").write_text("new")

    assert [path.name for path in target.iterdir()] == ["kept"]
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]
