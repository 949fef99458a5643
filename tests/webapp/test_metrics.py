"""What one process counts; over several see `test_metrics_files` and `test_server`."""

import itertools
import re
import sys
import threading

from tests.webapp.conftest import FIRST, SECOND
from warehouse.bundle.pointer import set_current
from webapp.metrics import Metrics


def value(client, series):
    found = re.search(rf"^{re.escape(series)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(found[1]) if found else None


def count(client, method, endpoint, status):
    labels = f'endpoint="{endpoint}",method="{method}",status="{status}"'
    return value(client, f"marquee_request_seconds_count{{{labels}}}")


def test_requests_are_counted_by_endpoint_and_status(app):
    client = app.test_client()
    for _ in range(3):
        client.post("/recommend", json={"user_id": 10})
    client.post("/recommend", json={"k": 0})
    client.get("/movies/1")
    client.get("/movies/5")
    assert count(client, "POST", "/recommend", 200) == 3
    assert count(client, "POST", "/recommend", 422) == 1
    assert count(client, "GET", "/movies/<id:movie_id>", 200) == 2
    assert count(client, "GET", "/metrics", 200) > 0


def test_what_anybody_can_invent_makes_no_series(app):
    client = app.test_client()
    for number in range(5):
        client.get(f"/nothing/{number}")
        client.open("/recommend", method=f"BREW{number}")
    assert count(client, "GET", "unknown", 404) == 5
    assert count(client, "other", "unknown", 405) == 5
    assert "BREW" not in client.get("/metrics").text


def test_fallbacks_are_counted_by_reason(app):
    client = app.test_client()
    client.post("/recommend", json={"user_id": 999})
    client.post("/recommend/batch", json={"user_ids": [10, 998, 997]})
    client.post("/recommend", json={})
    assert value(client, 'marquee_fallbacks_total{reason="unknown_user"}') == 3
    assert value(client, 'marquee_fallbacks_total{reason="no_user"}') == 1


def test_the_model_and_its_age_are_shown(app, home, service):
    client = app.test_client()
    assert value(client, f'marquee_model_info{{model_version="{FIRST}"}}') == 1
    assert value(client, "marquee_bundle_age_seconds") > 0
    set_current(home, SECOND)
    service.live.refresh()
    assert FIRST not in client.get("/metrics").text
    assert value(client, f'marquee_model_info{{model_version="{SECOND}"}}') == 1


def test_the_request_log_is_shown(app, logged):
    client = app.test_client()
    client.get("/popular")
    logged(1)
    assert value(client, 'marquee_request_log_rows_total{outcome="written"}') == 1
    assert value(client, 'marquee_request_log_rows_total{outcome="dropped"}') == 0
    assert value(client, "marquee_request_log_queue_depth") == 0
    assert value(client, "marquee_request_log_failing") == 0


class GrowingLog:
    """A request log that has written another row whenever it is asked."""

    depth, dropped, failing = 0, 0, False

    def __init__(self):
        self._rows = itertools.count(1)

    @property
    def written(self):
        return next(self._rows)


def test_rows_are_counted_once_whoever_publishes():
    log, metrics, failures = GrowingLog(), Metrics(), []

    def publish():
        try:
            for _ in range(500):
                metrics.publish(log)
        except ValueError as error:
            failures.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=publish) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert failures == []
    counted = f'marquee_request_log_rows_total{{outcome="written"}} {float(8 * 500)}\n'
    assert counted in metrics.exposition().decode()


def test_the_type_is_that_of_prometheus(client):
    assert client.get("/metrics").content_type.startswith("text/plain; version=")
