"""Servers of a benchmark: started on loopback, waited for, ended whatever happens."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import MarqueeError
from warehouse.settings import PROJECT_ROOT

_START_SECONDS = 60.0


@contextmanager
def running(
    arguments: Sequence[str], port: int, environment: Mapping[str, str], log: Path
) -> Iterator[int]:
    """Run ``python -m ARGUMENTS`` while the context lasts, from when `port` answers.

    Parameters
    ----------
    arguments : sequence of str
        Module first.
    port : int
    environment : mapping
        Added to this process's own.
    log : Path
        Gets what the server prints.

    Yields
    ------
    int
        Process id of the server.

    Raises
    ------
    MarqueeError
        It ended before it answered, or did not answer in time; with what it printed.
    """
    # One thread for each worker: more would only fight over the cores.
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=PROJECT_ROOT,
            env={**os.environ, **threads, **environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            _wait(process, port, log)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=1):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    said = log.read_text(encoding="utf-8")[-2000:]
    raise MarqueeError(f"the server on port {port} does not answer:\n{said}")
