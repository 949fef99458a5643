"""A worker's end: nothing that it has begun is cut off, nothing that it has answered is lost."""

import os
import signal
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import requests

from tests.webapp.server_process import Load, rows_of, server, until

WORKERS = 2
# Longer than by default, so that a busy machine has time to write within it.
FLUSH_SECONDS = 1.0
HALF_SENT = (
    b"POST /recommend HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
    b'Content-Length: 15\r\n\r\n{"us'
)


def test_a_stopped_server_answers_what_it_has_begun_with(home, tmp_path):
    """A stop in the middle of a request does not cut it off."""
    with server(home, tmp_path, API_WORKERS="1") as running:
        batch = {"user_ids": [10, 11] * 500, "k": 20}
        answers = []
        asking = threading.Thread(
            target=lambda: answers.append(running.post("/recommend/batch", batch))
        )
        asking.start()
        until(lambda: _connections(running) == 1)
        assert running.stop() == 0
        asking.join()
        assert answers[0].status_code == 200
        assert len(answers[0].json()["answers"]) == 1_000


def _connections(running):
    """How many the server has accepted."""
    _, port = running.address
    with Path("/proc/net/tcp").open() as table:
        rows = [line.split() for line in table]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


def test_clients_that_never_send_the_rest_keep_nobody_from_stopping(home, tmp_path):
    values = {"API_WORKERS": str(WORKERS), "REQUEST_LOG_FLUSH": "60"}
    with server(home, tmp_path, **values) as running, ExitStack() as open_connections:
        with Load(running.url) as load:
            until(lambda: len(load.answers) > 100)
        for _ in range(2 * WORKERS):
            client = open_connections.enter_context(socket.create_connection(running.address))
            client.sendall(HALF_SENT)
        until(lambda: _connections(running) >= 2 * WORKERS)
        assert running.stop() == 0
        assert {answer["request_id"] for answer in load.answers} <= rows_of(home)


def test_clients_that_never_send_the_rest_do_not_keep_others_out_for_ever(home, tmp_path):
    values = {"API_WORKERS": str(WORKERS), "REQUEST_LOG_FLUSH": "60"}
    with server(home, tmp_path, **values) as running, ExitStack() as open_connections:
        with Load(running.url) as load:
            until(lambda: len(load.answers) > 100)
        for _ in range(2 * WORKERS):
            client = open_connections.enter_context(socket.create_connection(running.address))
            client.sendall(HALF_SENT)
        until(lambda: "body does not come" in running.log.read_text())
        until(lambda: running.log.read_text().count("Started worker") > WORKERS)
        until(lambda: _is_answering(running))
        assert running.post("/recommend", {"user_id": 10}).status_code == 200
        assert running.stop() == 0
        assert {answer["request_id"] for answer in load.answers} <= rows_of(home)


def _is_answering(running):
    try:
        return all(running.get("/livez").status_code == 200 for _ in range(8))
    except requests.RequestException:
        return False


def test_a_kill_loses_at_most_what_waited_to_be_written(home, tmp_path):
    """No worker has a chance to write anything once the rows are looked at."""
    values = {"API_WORKERS": "2", "REQUEST_LOG_FLUSH": str(FLUSH_SECONDS)}
    with server(home, tmp_path, **values) as running:
        with Load(running.url) as load:
            until(lambda: len(load.answers) > 500)
            safe = len(load.answers)
            time.sleep(FLUSH_SECONDS)
            for process in (running.process.pid, *running.workers()):
                os.kill(process, signal.SIGKILL)
            running.process.wait(60)
        acknowledged = {answer["request_id"] for answer in load.answers[:safe]}
        assert acknowledged <= rows_of(home)


def test_workers_do_not_outlive_who_watches_over_them(home, tmp_path):
    with server(home, tmp_path, API_WORKERS="2") as running:
        assert running.stop(signal.SIGKILL) == -signal.SIGKILL
        until(lambda: not running.is_listening())
