"""What is in the store when a process ends: real processes, real signals, counted rows."""

import gc
import http.client
import os
import signal
import socket
import subprocess
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from warehouse.store.engine import reading
from warehouse.store.request_log import RequestLog
from warehouse.store.tables import REQUEST_LOGS

PROGRAM = Path(__file__).with_name("logging_process.py")
FLUSH_SECONDS = 0.5


@contextmanager
def running(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def acknowledged_at_end(child: subprocess.Popen[str], signal_number: int) -> dict[int, float]:
    """Send the signal after 2,000 rows; number and instant of each acknowledged row."""
    lines = [child.stdout.readline() for _ in range(2_000)]
    child.send_signal(signal_number)
    # A worker may have been stopped in the middle of a line.
    whole = "".join(lines) + child.communicate(timeout=60)[0].rpartition("\n")[0]
    return {int(number): float(at) for number, at in map(str.split, whole.splitlines())}


@pytest.mark.parametrize("way", ["alone", "fork", "spawn"])
def test_sigterm_loses_no_acknowledged_row(url: str, stored_ids, way: str) -> None:
    with running(str(PROGRAM), way, url) as child:
        acknowledged = acknowledged_at_end(child, signal.SIGTERM)

    assert set(acknowledged) - set(stored_ids()) == set()
    assert child.returncode == 0


def test_sigkill_loses_at_most_one_flush_interval(url: str, stored_ids) -> None:
    with running(str(PROGRAM), "alone", url) as child:
        acknowledged = acknowledged_at_end(child, signal.SIGKILL)

    stored = set(stored_ids())
    last = max(acknowledged.values())
    lost = [last - at for number, at in acknowledged.items() if number not in stored]
    assert stored
    assert max(lost, default=0) <= FLUSH_SECONDS


def test_sigterm_to_the_server_loses_no_answered_request(url: str, engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    options = f"--interface wsgi --workers 2 --blocking-threads 1 --no-ws --port {port}".split()
    target = ("--working-dir", str(PROGRAM.parent), f"{PROGRAM.stem}:application")
    with running("-m", "granian", *options, *target, STORE=url) as server:
        # A worker that has not started yet would miss the signal, and granian wait for it.
        wait_for_lines(server, "Started worker", 2)
        answered = {answer(port) for _ in range(300)}
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)

    with reading(engine) as connection:
        logged = connection.execute(select(REQUEST_LOGS.c.request_id, REQUEST_LOGS.c.worker)).all()
    assert len(answered) == 300
    assert answered - {row.request_id for row in logged} == set()


def test_a_fork_logs_its_own_rows_and_leaves_its_parents_alone(
    url: str, open_log, make_record, stored_ids
) -> None:
    log = open_log(flush=3600)
    log.put(make_record(1))
    log.close()
    log.put(make_record(2))

    child = os.fork()
    if child == 0:
        log.put(make_record(3))
        mine = (log.depth, log.written)
        log.close()
        os._exit(0 if mine == (1, 0) and log.written == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0

    assert stored_ids() == [1, 3]
    log.put(make_record(4))
    log.close()
    assert stored_ids() == [1, 2, 3, 4]
    assert log.written == 3


def test_a_log_that_is_no_longer_used_is_not_kept_for_the_next_fork(url: str) -> None:
    unused = weakref.ref(RequestLog(url, 1, 1, 1))

    gc.collect()

    assert unused() is None


def wait_for_lines(process: subprocess.Popen[str], expected: str, count: int) -> None:
    while count:
        line = process.stdout.readline()
        assert line, "it ended"
        count -= expected in line


def answer(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/")
    return connection.getresponse().read().decode()
