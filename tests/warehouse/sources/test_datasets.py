"""From a path to typed Parquet: names, records, refusals and interruptions."""

import io
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from filelock import FileLock
from rich.console import Console

from warehouse.errors import InvalidDataError, LockedError, SettingError, SourceError
from warehouse.home import Home
from warehouse.settings import Settings
from warehouse.sources import catalogue, raw_folder
from warehouse.sources.datasets import ensure_dataset, slug
from warehouse.sources.formats import WHOLE_STARS
from warehouse.sources.manifest import Manifest

from .conftest import CSV_FILES, DOUBLE_COLON_FILES, HALF_STAR_FILES, TAB_FILES

Make = Callable[..., Path]
MakeSettings = Callable[..., Settings]


def test_a_custom_zip_becomes_typed_parquet(
    make_zip: Make, make_settings: MakeSettings, console: Console, home: Home
) -> None:
    manifest = ensure_dataset(make_settings(make_zip(TAB_FILES, "My Data.zip")), console)
    assert (manifest.dataset, manifest.edition) == ("my-data", "custom")
    assert manifest.counts == {"ratings": 3, "users": 2, "movies": 3}
    assert manifest.rejected == {}
    assert manifest.rating_scale == WHOLE_STARS
    assert manifest.rated_from == datetime(1997, 11, 20, 4, 26, 41)
    ratings = pq.read_table(home.raw("my-data") / "ratings.parquet")
    assert [str(field.type) for field in ratings.schema] == [
        "int32",
        "int32",
        "double",
        "timestamp[us]",
    ]
    assert ratings["user_id"].to_pylist() == [8, 7, 7]
    users = pq.read_table(home.raw("my-data") / "users.parquet")
    assert users["age"].to_pylist() == [24, 53]
    assert pq.read_table(home.raw("my-data") / "rejects.parquet").num_rows == 0
    assert Manifest.read(home.raw("my-data")) == manifest


@pytest.mark.parametrize("files", [DOUBLE_COLON_FILES, HALF_STAR_FILES, CSV_FILES])
def test_every_family_converts(
    files: dict[str, bytes], make_zip: Make, make_settings: MakeSettings, console: Console
) -> None:
    manifest = ensure_dataset(make_settings(make_zip(files)), console)
    assert manifest.counts["ratings"] == 2
    assert manifest.rejected == {}


def test_of_a_repeated_pair_the_latest_rating_stays(
    make_zip: Make, make_settings: MakeSettings, console: Console, home: Home, output: io.StringIO
) -> None:
    repeated = b"7\t1\t1\t880000002\n7\t1\t2\t880000009\n7\t1\t3\t880000009\n"
    files = TAB_FILES | {"ml/u.data": TAB_FILES["ml/u.data"] + repeated}
    manifest = ensure_dataset(make_settings(make_zip(files), 1.0), console)
    assert manifest.rejected == {"duplicate_pair": 3}
    kept = pq.read_table(home.raw("tiny") / "ratings.parquet").to_pylist()
    assert [row["rating"] for row in kept if (row["user_id"], row["movie_id"]) == (7, 1)] == [3.0]
    rejects = pq.read_table(home.raw("tiny") / "rejects.parquet").to_pydict()
    assert rejects["line_number"] == [1, 4, 5]
    assert rejects["line"][1] == "7\t1\t1\t880000002"
    assert "3 rows rejected: duplicate_pair" in output.getvalue()


def test_the_fingerprint_is_of_the_contents(
    make_zip: Make, make_settings: MakeSettings, console: Console
) -> None:
    def of(files: dict[str, bytes], name: str) -> str:
        return ensure_dataset(make_settings(make_zip(files, name)), console).fingerprint

    first = of(TAB_FILES, "a.zip")
    lines = TAB_FILES["ml/u.data"].splitlines(keepends=True)
    utf8 = TAB_FILES["ml/u.item"].decode("iso-8859-1").encode()
    shuffled = TAB_FILES | {"ml/u.data": b"".join(reversed(lines)), "ml/u.item": utf8}
    assert of(shuffled, "b.zip") == first
    other = TAB_FILES | {"ml/u.data": b"".join(lines).replace(b"\t5\t", b"\t4\t")}
    assert of(other, "c.zip") != first


def test_a_known_edition_keeps_its_name(
    make_zip: Make, make_settings: MakeSettings, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = catalogue.Release(3, 2, 3, (880000001, 880000003))
    tiny = catalogue.Edition("ml-tiny", 1, catalogue.TAB, WHOLE_STARS, (release,))
    monkeypatch.setattr(catalogue, "_ALL", (tiny,))
    manifest = ensure_dataset(make_settings(make_zip(TAB_FILES, "copy.zip")), console)
    assert (manifest.dataset, manifest.edition) == ("ml-tiny", "ml-tiny")


def test_a_finished_dataset_is_not_touched_until_its_source_changes(
    make_zip: Make, make_settings: MakeSettings, console: Console, home: Home
) -> None:
    path = make_zip(TAB_FILES)
    first = ensure_dataset(make_settings(path), console)
    inode = (home.raw("tiny") / "ratings.parquet").stat().st_ino
    assert ensure_dataset(make_settings(path), console) == first
    assert (home.raw("tiny") / "ratings.parquet").stat().st_ino == inode
    make_zip(TAB_FILES | {"ml/u.data": b"7\t1\t5\t880000003\n"})
    assert ensure_dataset(make_settings(path), console).counts["ratings"] == 1
    (home.raw("tiny") / "users.parquet").unlink()
    assert Manifest.read(home.raw("tiny")) is None
    assert ensure_dataset(make_settings(path), console).counts["ratings"] == 1
    assert (home.raw("tiny") / "users.parquet").exists()


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [truncate, flip_a_byte])
@pytest.mark.parametrize("name", ["ratings", "movies", "users", "rejects"])
@pytest.mark.parametrize("synthetic", [True, False])
def test_a_damaged_file_is_noticed_and_the_dataset_made_again(
    damage: Callable[[Path], None],
    name: str,
    synthetic: bool,
    make_zip: Make,
    make_settings: MakeSettings,
    console: Console,
    home: Home,
    output: io.StringIO,
) -> None:
    settings = make_settings("synthetic-1k" if synthetic else make_zip(TAB_FILES))
    manifest = ensure_dataset(settings, console)
    file = home.raw(manifest.dataset) / f"{name}.parquet"
    whole = pq.read_table(file)
    damage(file)
    assert ensure_dataset(settings, console).fingerprint == manifest.fingerprint
    assert pq.read_table(file) == whole
    assert f"{name}.parquet has " in output.getvalue()
    assert "made again" in output.getvalue()


def test_of_a_large_file_the_size_is_checked(
    make_zip: Make,
    make_settings: MakeSettings,
    console: Console,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = ensure_dataset(make_settings(make_zip(TAB_FILES)), console)
    monkeypatch.setattr("warehouse.sources.manifest._MOST_BYTES_HASHED", 0)
    file = home.raw("tiny") / "ratings.parquet"
    flip_a_byte(file)
    assert found.fault(home.raw("tiny")) is None
    truncate(file)
    assert "ratings.parquet has" in (found.fault(home.raw("tiny")) or "")


def test_a_folder_that_changes_is_noticed(
    tmp_path: Path, make_settings: MakeSettings, console: Console
) -> None:
    folder = tmp_path / "Edition 9"
    (folder / "ml").mkdir(parents=True)
    for name, content in TAB_FILES.items():
        (folder / name).write_bytes(content)
    assert ensure_dataset(make_settings(folder), console).dataset == "edition-9"
    (folder / "ml/u.data").write_bytes(b"7\t1\t5\t880000003\n")
    assert ensure_dataset(make_settings(folder), console).counts["ratings"] == 1


def test_too_many_bad_rows_leave_the_last_good_state(
    make_zip: Make, make_settings: MakeSettings, console: Console, home: Home
) -> None:
    good = ensure_dataset(make_settings(make_zip(TAB_FILES)), console)
    path = make_zip(TAB_FILES | {"ml/u.data": TAB_FILES["ml/u.data"] + b"7\t1\t9\t880000004\n"})
    with pytest.raises(InvalidDataError, match="rating_out_of_range 1") as refused:
        ensure_dataset(make_settings(path), console)
    assert Manifest.read(home.raw("tiny")) == good
    kept = home.root / "raw" / "tiny.refused.parquet"
    assert str(kept) in str(refused.value)
    assert pq.read_table(kept)["line_number"].to_pylist() == [4]
    assert ensure_dataset(make_settings(path, 0.2), console).rejected == {"rating_out_of_range": 1}
    assert not kept.exists()


def test_an_interruption_leaves_the_last_good_state(
    make_zip: Make,
    make_settings: MakeSettings,
    console: Console,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = ensure_dataset(make_settings(make_zip(TAB_FILES)), console)
    path = make_zip(TAB_FILES | {"ml/u.data": b"7\t1\t5\t880000003\n"})

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(raw_folder, "examine", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ensure_dataset(make_settings(path), console)
    assert Manifest.read(home.raw("tiny")) == good
    killed = home.root / "raw" / ".convert-killed"
    killed.mkdir()
    assert ensure_dataset(make_settings(path), console).counts["ratings"] == 1
    assert sorted(p.name for p in (home.root / "raw").iterdir()) == [".lock", "tiny"]


def test_one_process_at_a_time(
    make_zip: Make, make_settings: MakeSettings, console: Console, home: Home
) -> None:
    (home.root / "raw").mkdir(parents=True)
    with FileLock(home.root / "raw" / ".lock"), pytest.raises(LockedError):
        ensure_dataset(make_settings(make_zip(TAB_FILES)), console)


def test_an_unusable_home_is_an_error_without_traceback(
    make_settings: MakeSettings, make_zip: Make, console: Console, home: Home
) -> None:
    home.root.write_text("a file stands here")
    with pytest.raises(SourceError, match="hint: check the free space"):
        ensure_dataset(make_settings(make_zip(TAB_FILES)), console)


@pytest.mark.parametrize("dataset", ["ml-99", "/no/such/file.zip", "synthetic-", "synthetic-10"])
def test_a_wrong_name_is_a_setting_error(
    dataset: str, make_settings: MakeSettings, console: Console
) -> None:
    with pytest.raises(SettingError, match=dataset):
        ensure_dataset(make_settings(dataset), console)


def test_no_valid_rating_at_all(
    make_zip: Make, make_settings: MakeSettings, console: Console
) -> None:
    path = make_zip(TAB_FILES | {"ml/u.data": b""})
    with pytest.raises(InvalidDataError, match="no valid rating"):
        ensure_dataset(make_settings(path), console)


def test_slugs_are_safe(tmp_path: Path) -> None:
    assert slug(Path("../../Ünsafe name!.zip")) == "nsafe-name"
    assert slug(Path("ml-100k.zip")) == "custom-ml-100k"
    assert slug(Path("synthetic-5k.zip")) == "custom-synthetic-5k"
    assert slug(Path("...zip")) == "custom"
    assert slug(tmp_path) == tmp_path.name.lower().replace("_", "-")[:60].strip("-")


def test_a_damaged_manifest_counts_as_none(
    tmp_path: Path, make_zip: Make, make_settings: MakeSettings, console: Console, home: Home
) -> None:
    ensure_dataset(make_settings(make_zip(TAB_FILES)), console)
    whole = json.loads((home.raw("tiny") / "manifest.json").read_text())
    for files in ([], {}, {"ratings.parquet": 3}, None):
        (home.raw("tiny") / "manifest.json").write_text(json.dumps(whole | {"files": files}))
        assert Manifest.read(home.raw("tiny")) is None
    for content in ("", "[]", "{}", json.dumps({"dataset": "x", "source": {}})):
        (tmp_path / "manifest.json").write_text(content)
        assert Manifest.read(tmp_path) is None
    assert Manifest.read(tmp_path / "nothing") is None


def test_times_do_not_depend_on_the_zone_of_the_machine(
    make_zip: Make, make_settings: MakeSettings, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "TZ", "Asia/Tokyo")
    manifest = ensure_dataset(make_settings(make_zip(TAB_FILES)), console)
    assert manifest.rated_until == datetime(1997, 11, 20, 4, 26, 43)
