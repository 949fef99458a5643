"""``/readyz`` in each of its states; no model is in `test_live_bundle`."""

import socket
import sqlite3
import threading

import pytest

from tests.webapp.conftest import FIRST
from tests.webapp.server_process import until
from warehouse.store.engine import open_engine
from webapp import store_probe
from webapp.service import Surroundings
from webapp.store_probe import StoreProbe


def test_good(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json) == (
        200,
        {"status": "ready", "model_version": FIRST},
    )


def test_draining(make_app):
    is_draining = False
    client = make_app(Surroundings(is_draining=lambda: is_draining)).test_client()
    assert client.get("/readyz").status_code == 200
    is_draining = True
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "draining" in response.json["message"]
    assert client.get("/health").json["status"] == "draining"
    assert client.post("/recommend", json={"user_id": 10}).status_code == 200
    assert client.get("/livez").status_code == 200


def test_store_without_its_tables(app, home):
    with sqlite3.connect(home.store_file) as store:
        store.execute("drop table request_logs")
    client = app.test_client()
    until(lambda: client.get("/readyz").status_code == 503)
    assert "request_logs" in client.get("/readyz").json["message"]


def test_store_that_somebody_else_locks(app, home):
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    other = sqlite3.connect(home.store_file, isolation_level=None)
    other.execute("begin immediate")
    until(lambda: client.get("/readyz").status_code == 503)
    assert "locked" in client.get("/readyz").json["message"]
    other.execute("rollback")
    until(lambda: client.get("/readyz").status_code == 200)
    other.close()


def test_a_request_never_asks_the_store(app, monkeypatch):
    askers = set()
    monkeypatch.setattr(store_probe, "probe", lambda _: askers.add(threading.current_thread()))
    client = app.test_client()
    for _ in range(3):
        assert client.get("/readyz").status_code == 200
    until(lambda: askers)
    assert threading.current_thread() not in askers


@pytest.fixture
def silent_store():
    """Address of a PostgreSQL that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"postgresql+psycopg://someone@127.0.0.1:{listening.getsockname()[1]}/marquee"


def test_a_store_that_hangs_is_a_problem_that_is_seen_without_waiting(silent_store):
    now = 100.0
    probing = StoreProbe(open_engine(silent_store), clock=lambda: now)
    asking = threading.Thread(target=probing.ask, daemon=True)
    asking.start()
    assert probing.problem == "the store has not answered for 0 seconds"
    now = 103.0
    assert probing.problem == "the store has not answered for 3 seconds"


def test_what_the_store_said_is_true_for_a_while(service):
    now = 100.0
    probing = StoreProbe(service.store, clock=lambda: now)
    probing.ask()
    now += 9
    assert probing.problem is None
    now += 9
    assert probing.problem == "the store has not answered for 18 seconds"


def test_answers_go_on_while_the_store_cannot_be_written(app, home, logged):
    client = app.test_client()
    other = sqlite3.connect(home.store_file, isolation_level=None)
    other.execute("begin immediate")
    for _ in range(5):
        assert client.get("/popular").status_code == 200
    assert client.get("/health").json["log_queue_depth"] == 5
    other.execute("rollback")
    other.close()
    assert len(logged(5)) == 5
