"""A real server of the API in processes of its own."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests


@dataclass
class ServerProcess:
    """A running server.

    Attributes
    ----------
    url : str
    process : subprocess.Popen
        The one that watches over the workers.
    log : Path
        All that it prints.
    """

    url: str
    process: subprocess.Popen
    log: Path

    def get(self, path, **options):
        return requests.get(self.url + path, timeout=20, **options)

    def post(self, path, asked, **options):
        return requests.post(self.url + path, json=asked, timeout=20, **options)

    def workers(self):
        """Process ids of the workers."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(worker) for worker in listed.split()]

    def group(self, number):
        """Send a signal to all processes at once, as a terminal does."""
        os.killpg(self.process.pid, number)

    def is_listening(self):
        with socket.socket() as probe:
            return probe.connect_ex(self.address) == 0

    @property
    def address(self):
        """Host and port."""
        parts = urlsplit(self.url)
        return parts.hostname, parts.port

    def stop(self, number=signal.SIGTERM):
        """Send a signal and wait for the end; give the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@contextmanager
def server(home, folder, command=("-m", "webapp", "serve"), wait=True, **values):
    """Start a server on a home, with settings given without their prefix.

    Where a test fails meanwhile, what the server printed is shown.
    """
    port = free_port()
    environment = {
        **os.environ,
        "MARQUEE_HOME": str(home.root),
        "MARQUEE_API_PORT": str(port),
        "MARQUEE_RELOAD_SECONDS": "0.05",
        **{
            name if name.startswith("PYTHON") else f"MARQUEE_{name}": value
            for name, value in values.items()
        },
    }
    log = folder / f"server-{port}.log"
    with log.open("wb") as printed:
        process = subprocess.Popen(
            [sys.executable, *command],
            env=environment,
            stdout=printed,
            stderr=printed,
            start_new_session=True,
        )
    running = ServerProcess(f"http://127.0.0.1:{port}", process, log)
    try:
        if wait:
            until(lambda: len(re.findall("Started worker", log.read_text())) == _workers(values))
        yield running
    except BaseException:
        print(log.read_text())  # pytest shows it
        raise
    finally:
        if process.poll() is None:
            running.stop()


def _workers(values):
    return int(values.get("API_WORKERS", os.cpu_count() or 1))


def rows_of(home):
    """Request ids in the request log of a home."""
    with sqlite3.connect(home.store_file) as store:
        return {row[0] for row in store.execute("select request_id from request_logs")}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(is_so, seconds=60):
    """Wait for something to become so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


class Load:
    """Threads that ask for recommendations and note every answer that came whole.

    Attributes
    ----------
    answers : list of dict
    failures : list
        What was answered otherwise, or why nothing was; the thread asks on.
    """

    def __init__(self, url, users=(10, 11, 12, 14)):
        self.url = url
        self.answers = []
        self.failures = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(user,)) for user in users]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, user):
        with requests.Session() as session:
            while not self._stop.is_set():
                try:
                    response = session.post(
                        f"{self.url}/recommend", json={"user_id": user, "k": 3}, timeout=20
                    )
                except requests.RequestException as error:
                    self.failures.append(error)
                    continue
                if response.status_code == 200:
                    self.answers.append(response.json())
                else:
                    self.failures.append(response.text)
