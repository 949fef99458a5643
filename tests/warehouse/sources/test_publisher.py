"""Downloads against a real server on the loopback interface."""

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import tenacity
from rich.console import Console

from warehouse.errors import DownloadError
from warehouse.sources.catalogue import Checksum
from warehouse.sources.publisher import download

from .web_server import WebServer, serving

CONTENT = bytes(range(256)) * 4000
CHECKSUM = Checksum("md5", hashlib.md5(CONTENT).hexdigest())


@pytest.fixture
def server() -> Iterator[WebServer]:
    with serving(CONTENT) as running:
        yield running


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr(tenacity.nap.time, "sleep", pauses.append)
    return pauses


def fetch(server: WebServer, target: Path, console: Console, timeout: float = 2) -> None:
    download(f"{server.url}/ml.zip", target, CHECKSUM, timeout, console)


def test_a_plain_download(server: WebServer, tmp_path: Path, console: Console) -> None:
    target = tmp_path / "downloads" / "ml.zip"
    fetch(server, target, console)
    assert target.read_bytes() == CONTENT
    assert [file.name for file in target.parent.iterdir()] == ["ml.zip"]


def test_a_cut_connection_is_resumed_where_it_broke(
    server: WebServer, tmp_path: Path, console: Console, no_pauses: list[float]
) -> None:
    server.faults = ["cut:300000", "cut:500000"]
    fetch(server, tmp_path / "ml.zip", console)
    assert (tmp_path / "ml.zip").read_bytes() == CONTENT
    assert server.ranges[0] is None
    starts = [int(str(wanted)[6:-1]) for wanted in server.ranges[1:]]
    assert len(starts) == 2
    assert 0 < starts[0] < starts[1] < len(CONTENT)
    assert no_pauses == sorted(no_pauses)


def test_a_later_process_resumes(server: WebServer, tmp_path: Path, console: Console) -> None:
    (tmp_path / "ml.zip.part").write_bytes(CONTENT[:1000])
    (tmp_path / "ml.zip.part.validator").write_text('"v1"')
    fetch(server, tmp_path / "ml.zip", console)
    assert server.ranges == ["bytes=1000-"]
    assert (tmp_path / "ml.zip").read_bytes() == CONTENT


def test_a_file_replaced_on_the_server_starts_anew(
    server: WebServer, tmp_path: Path, console: Console
) -> None:
    (tmp_path / "ml.zip.part").write_bytes(b"of the old file")
    (tmp_path / "ml.zip.part.validator").write_text('"v0"')
    fetch(server, tmp_path / "ml.zip", console)
    assert (tmp_path / "ml.zip").read_bytes() == CONTENT


@pytest.mark.parametrize("fault", ["503", "429", "silent", "416"])
def test_passing_faults_are_tried_again(
    fault: str, server: WebServer, tmp_path: Path, console: Console
) -> None:
    server.faults = [fault]
    fetch(server, tmp_path / "ml.zip", console, timeout=0.5)
    assert len(server.ranges) == 2
    assert (tmp_path / "ml.zip").read_bytes() == CONTENT


def test_a_refusal_is_final(server: WebServer, tmp_path: Path, console: Console) -> None:
    server.faults = ["404"]
    with pytest.raises(DownloadError, match="HTTP status 404"):
        fetch(server, tmp_path / "ml.zip", console)
    assert len(server.ranges) == 1


def test_patience_ends(server: WebServer, tmp_path: Path, console: Console) -> None:
    server.faults = ["503"] * 9
    with pytest.raises(DownloadError, match=r"HTTP status 503 \(4 attempts\)"):
        fetch(server, tmp_path / "ml.zip", console)
    assert len(server.ranges) == 4


def test_a_wrong_checksum_leaves_nothing(
    server: WebServer, tmp_path: Path, console: Console
) -> None:
    server.content = b"something else"
    with pytest.raises(DownloadError, match="expected " + CHECKSUM.digest):
        fetch(server, tmp_path / "ml.zip", console)
    assert list(tmp_path.iterdir()) == []


def test_a_refused_connection_fails_at_once(tmp_path: Path, console: Console) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}/ml.zip"
        before = time.monotonic()
        with pytest.raises(DownloadError, match="cannot connect"):
            download(url, tmp_path / "ml.zip", None, 20, console)
    assert time.monotonic() - before < 2


def test_a_resolver_that_hangs_is_not_waited_for(
    tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def hanging(*_: object, **__: object) -> None:
        released.wait(5)
        raise OSError

    monkeypatch.setattr("warehouse.sources.publisher.create_connection", hanging)
    before = time.monotonic()
    with pytest.raises(DownloadError, match=r"no connection within 0\.3 s"):
        download("http://far.invalid/ml.zip", tmp_path / "ml.zip", None, 0.3, console)
    assert time.monotonic() - before < 2
    released.set()
