"""The end of a real server, whoever asks for it, and the end of its workers."""

import os
import signal

import pytest

from tests.webapp.server_process import Load, rows_of, server, until


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_loses_no_acknowledged_row(home, tmp_path, number):
    with server(home, tmp_path, API_WORKERS="2", REQUEST_LOG_FLUSH="60") as running:
        with Load(running.url) as load:
            until(lambda: len(load.answers) > 300)
            assert running.stop(number) == 0
        _are_logged(load, home)


@pytest.mark.parametrize(
    "numbers",
    [
        # Ctrl-C, and the terminal that is closed.
        (signal.SIGINT,),
        (signal.SIGHUP,),
        # What a service manager does, an impatient one too.
        (signal.SIGTERM,),
        (signal.SIGINT, signal.SIGTERM, signal.SIGINT, signal.SIGTERM),
    ],
)
def test_signals_to_the_whole_group_end_it_as_one_to_the_server_does(home, tmp_path, numbers):
    with server(home, tmp_path, API_WORKERS="2", REQUEST_LOG_FLUSH="60") as running:
        with Load(running.url) as load:
            until(lambda: len(load.answers) > 100)
            for number in numbers:
                running.group(number)
            assert running.process.wait(60) == 0
        _are_logged(load, home)


def test_a_closed_terminal_does_not_end_what_was_started_to_outlive_it(home, tmp_path):
    outliving = (
        "-c",
        "import os, sys; os.execvp('nohup', ['nohup', sys.executable, *sys.argv[1:]])",
    )
    command = (*outliving, "-m", "webapp", "serve")
    with server(home, tmp_path, command, API_WORKERS="1") as running:
        running.group(signal.SIGHUP)
        running.group(signal.SIGHUP)
        assert running.post("/recommend", {"user_id": 10}).status_code == 200
        assert "Shutting down" not in running.log.read_text()
        assert running.stop() == 0


def _are_logged(load, home):
    acknowledged = {answer["request_id"] for answer in load.answers}
    assert len(acknowledged) > 100
    assert acknowledged <= rows_of(home)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_draining_says_so_and_answers_on(home, tmp_path, number):
    with server(home, tmp_path, API_WORKERS="2", DRAIN_SECONDS="300") as running:
        assert running.get("/readyz").status_code == 200
        running.group(number)
        until(lambda: running.get("/readyz").status_code == 503)
        for _ in range(8):
            assert "draining" in running.get("/readyz").json()["message"]
            assert running.post("/recommend", {"user_id": 10}).status_code == 200
        assert running.stop() == 0, "a second signal cuts the draining short"


def test_a_worker_that_dies_does_not_end_the_draining(home, tmp_path):
    with server(home, tmp_path, API_WORKERS="1", DRAIN_SECONDS="300") as running:
        running.process.send_signal(signal.SIGTERM)
        until(lambda: running.get("/readyz").status_code == 503)
        [victim] = running.workers()
        os.kill(victim, signal.SIGKILL)
        until(lambda: _starts(running) == 2)
        assert "draining" in running.get("/readyz").json()["message"]
        assert running.stop() == 0


def test_a_worker_that_dies_again_and_again_is_replaced_each_time(home, tmp_path):
    with server(home, tmp_path, API_WORKERS="1") as running:
        for deaths in (1, 2, 3):
            [victim] = running.workers()
            os.kill(victim, signal.SIGKILL)
            until(lambda deaths=deaths: _starts(running) == 1 + deaths)
        assert running.post("/recommend", {"user_id": 10}).status_code == 200
        assert running.stop() == 0


def _starts(running):
    return running.log.read_text().count("Started worker")


def test_workers_that_can_never_begin_end_the_server(home, tmp_path):
    command = (
        "-c",
        "from warehouse.settings import Settings; from webapp.server import serve; "
        "serve(Settings.from_environment(), 'webapp.app:absent')",
    )
    with server(home, tmp_path, command, wait=False, API_WORKERS="2") as running:
        assert running.process.wait(60) == 1
        assert "absent" in running.log.read_text()


def test_a_killed_worker_is_replaced_and_its_gauges_go(home, tmp_path):
    with server(home, tmp_path, API_WORKERS="2") as running:
        [victim, survivor] = running.workers()
        until(lambda: 'small-0000000001"} 2.0' in running.get("/metrics").text)
        os.kill(victim, signal.SIGKILL)
        until(lambda: len(set(running.workers()) - {victim, survivor}) == 1)
        until(lambda: _starts(running) == 3)
        until(lambda: 'small-0000000001"} 2.0' in running.get("/metrics").text)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_while_the_workers_still_load_is_a_stop(home, tmp_path, number):
    with server(home, tmp_path, wait=False, API_WORKERS="2") as running:
        until(lambda: "Spawning worker-2" in running.log.read_text())
        running.group(number)
        assert running.process.wait(60) in (0, 1)
