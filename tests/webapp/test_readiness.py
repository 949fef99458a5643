"""``/readyz`` in each of its states; no model is in `test_live_bundle`."""

import sqlite3

from tests.webapp.conftest import FIRST
from webapp.service import Surroundings


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
    response = app.test_client().get("/readyz")
    assert response.status_code == 503
    assert "request_logs" in response.json["message"]


def test_store_that_somebody_else_locks(app, home):
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    other = sqlite3.connect(home.store_file, isolation_level=None)
    other.execute("begin immediate")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "locked" in response.json["message"]
    other.execute("rollback")
    assert client.get("/readyz").status_code == 200
    other.close()


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
