"""Downloading an edition from its publisher over HTTP."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from socket import create_connection
from urllib.parse import urlsplit

import requests
from requests.utils import select_proxy
from rich.console import Console
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
)

from warehouse.errors import DownloadError
from warehouse.sources.catalogue import Checksum
from warehouse.sources.progress import byte_progress

# A host that does not answer within this time is given up for the mirrors at once.
_CONNECT_SECONDS = 4.0
_ATTEMPTS = 4
_CHUNK = 1 << 18
_PASSING_STATUS = {408, 425, 429, 500, 502, 503, 504}
_PORTS = {"http": 80, "https": 443}


class _PassingError(Exception):
    """A failure that another attempt may well not meet."""


def download(
    url: str, target: Path, checksum: Checksum | None, timeout: float, console: Console
) -> None:
    """Fetch `url` to `target`, resuming what an earlier attempt has left.

    Bytes arrive in ``<target>.part`` and move to `target` only when complete
    and verified. Only passing faults (a cut connection, a silent server, a
    status such as 503) are tried again, with growing pauses.

    Parameters
    ----------
    url : str
    target : Path
    checksum : Checksum or None
    timeout : float
        Seconds without an answer after which an attempt is given up.
    console : Console

    Raises
    ------
    DownloadError
        Saying why.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    _require_reachable(url, min(timeout, _CONNECT_SECONDS))
    attempts = Retrying(
        retry=retry_if_exception_type(_PassingError),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_exponential(multiplier=0.25, max=8),
        reraise=True,
    )
    try:
        attempts(_attempt, url, part, timeout, console)
    except _PassingError as fault:
        raise DownloadError(f"{url}: {fault} ({_ATTEMPTS} attempts)") from fault
    found = _digest(part, checksum.algorithm) if checksum else None
    if checksum and found != checksum.digest:
        _forget(part)
        raise DownloadError(
            f"{url}: {checksum.algorithm} is {found}, expected {checksum.digest}; "
            "the file was thrown away"
        )
    part.replace(target)
    _forget(part)


def _attempt(url: str, part: Path, timeout: float, console: Console) -> None:
    have = part.stat().st_size if part.exists() else 0
    try:
        with requests.get(
            url,
            headers=_resume_headers(part, have),
            stream=True,
            timeout=(min(timeout, _CONNECT_SECONDS), timeout),
        ) as response:
            if response.status_code == requests.codes.requested_range_not_satisfiable:
                _forget(part)
                raise _PassingError("the partial file did not fit the server's")
            if response.status_code in _PASSING_STATUS:
                raise _PassingError(f"HTTP status {response.status_code}")
            if not response.ok:
                raise DownloadError(f"{url}: HTTP status {response.status_code}")
            resumed = response.status_code == requests.codes.partial_content
            _receive(response, part, have if resumed else 0, console)
    except (requests.ConnectionError, requests.Timeout) as error:
        raise _PassingError(_reason(error)) from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise _PassingError(f"the connection broke off ({_reason(error)})") from error
    except requests.RequestException as error:
        raise DownloadError(f"{url}: {_reason(error)}") from error


def _receive(response: requests.Response, part: Path, have: int, console: Console) -> None:
    length = response.headers.get("Content-Length")
    total = have + int(length) if length else None
    validator = response.headers.get("ETag") or response.headers.get("Last-Modified")
    if not have:
        _forget(part)
        if validator:
            _validator_file(part).write_text(validator, encoding="latin-1")
    chunks: Iterator[bytes] = response.iter_content(_CHUNK)
    what = f"downloading {urlsplit(response.url).path.rsplit('/', 1)[-1]}"
    with part.open("ab") as file, byte_progress(console, what, total, have) as advance:
        for chunk in chunks:
            file.write(chunk)
            advance(len(chunk))
    if total is not None and part.stat().st_size != total:
        raise _PassingError(f"{part.stat().st_size:,} of {total:,} bytes arrived")


def _resume_headers(part: Path, have: int) -> dict[str, str]:
    # If-Range: a file that the server has replaced meanwhile is sent whole again.
    # Encoding "identity": byte positions must be those of the file itself.
    headers = {"Accept-Encoding": "identity"}
    if have and _validator_file(part).exists():
        validator = _validator_file(part).read_text(encoding="latin-1")
        if not validator.startswith("W/"):
            headers |= {"Range": f"bytes={have}-", "If-Range": validator}
    return headers


def _require_reachable(url: str, seconds: float) -> None:
    """Fail within `seconds` where the host cannot be resolved or connected to.

    A resolver may take a minute to give up, and no HTTP timeout covers it; so
    the first contact is made in a thread that is not waited for any longer.
    """
    proxy = select_proxy(url, requests.utils.get_environ_proxies(url))
    address = urlsplit(proxy if proxy and "://" in proxy else f"http://{proxy}" if proxy else url)
    port = address.port or _PORTS.get(address.scheme, 443)
    outcome: list[OSError | None] = []

    def contact() -> None:
        try:
            create_connection((address.hostname, port), timeout=seconds).close()
            outcome.append(None)
        except OSError as error:
            outcome.append(error)

    thread = threading.Thread(target=contact, daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise DownloadError(f"{url}: no connection within {seconds:g} s")
    if outcome[0] is not None:
        raise DownloadError(f"{url}: cannot connect ({outcome[0].strerror or outcome[0]})")


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _validator_file(part: Path) -> Path:
    return part.with_name(part.name + ".validator")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _validator_file(part).unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    return str(error.args[0] if error.args else error)
