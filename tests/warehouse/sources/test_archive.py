import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.errors import InvalidDataError, SourceError
from warehouse.sources.archive import Archive
from warehouse.sources.formats import CSV, TAB, recognise

from .conftest import CSV_FILES, TAB_FILES


def test_zip_folder_and_tar_read_alike(tmp_path: Path, make_zip: Callable[..., Path]) -> None:
    folder = tmp_path / "folder"
    (folder / "ml").mkdir(parents=True)
    tar = tmp_path / "tiny.tar.gz"
    with tarfile.open(tar, "w:gz") as archive:
        for name, content in TAB_FILES.items():
            (folder / name).write_bytes(content)
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    for path in (folder, tar, make_zip(TAB_FILES)):
        opened = Archive(path)
        assert opened.find("u.data") == "ml/u.data"
        assert opened.read("ml/u.item") == TAB_FILES["ml/u.item"]
        assert opened.size("ml/u.data") == len(TAB_FILES["ml/u.data"])


def test_the_shallowest_file_counts(make_zip: Callable[..., Path]) -> None:
    archive = Archive(make_zip({"ml/old/u.data": b"", "ml/u.data": b"x", "__MACOSX/u.data": b""}))
    assert archive.find("u.data") == "ml/u.data"
    assert archive.find("none") is None


def test_a_hostile_name_writes_nothing(tmp_path: Path, make_zip: Callable[..., Path]) -> None:
    archive = Archive(make_zip({"../../outside/u.data": b"1\t2\t3\t4\n"}))
    before = sorted(tmp_path.parent.rglob("*"))
    name = archive.find("u.data")
    assert name is not None
    assert archive.read(name) == b"1\t2\t3\t4\n"
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_damage_is_named(tmp_path: Path, make_zip: Callable[..., Path]) -> None:
    whole = make_zip(CSV_FILES)
    short = tmp_path / "short.zip"
    short.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(InvalidDataError, match=r"short\.zip: not a readable zip"):
        Archive(short)
    bent = tmp_path / "bent.zip"
    content = bytearray(whole.read_bytes())
    content[60:80] = bytes(20)
    bent.write_bytes(content)
    with pytest.raises(InvalidDataError, match=r"bent\.zip"):
        Archive(bent).read("ml/ratings.csv")


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.zip"):
        Archive(tmp_path / "none.zip")


def test_families_are_recognised(make_zip: Callable[..., Path]) -> None:
    assert recognise(Archive(make_zip(TAB_FILES))).family is TAB
    layout = recognise(Archive(make_zip(CSV_FILES)))
    assert layout.family is CSV
    assert layout.users is None
    assert layout.scale.step == 0.5


def test_what_is_no_edition_says_so(make_zip: Callable[..., Path]) -> None:
    with pytest.raises(InvalidDataError, match="no MovieLens edition"):
        recognise(Archive(make_zip({"notes.txt": b"x"})))
    with pytest.raises(InvalidDataError, match=r"no movies\.csv"):
        recognise(Archive(make_zip({"ratings.csv": b"x"})))
