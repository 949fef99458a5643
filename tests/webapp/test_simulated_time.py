"""The time that a request tells: logged where it is allowed, refused where it would lie."""

import time
from datetime import UTC, datetime

import pytest

from tests.webapp.conftest import FIRST, SECOND
from tests.webapp.test_errors import assert_error
from warehouse.bundle.pointer import set_current

CUTOFF = "1998-04-23T01:10:39"
LATER = "1998-05-01T12:30:00.250000"
ASKED = [
    ("POST", "/recommend", {"user_id": 10}),
    ("POST", "/recommend", {"user_id": 999}),
    ("POST", "/recommend/batch", {"user_ids": [10]}),
    ("POST", "/similar", {"movie_id": 1}),
    ("GET", "/popular", None),
]


@pytest.fixture
def app(make_app):
    return make_app(SIMULATED_TIME="true")


@pytest.fixture
def own(app):
    return app.test_client()


def ask(client, told, method="POST", path="/recommend", asked=None):
    return client.open(path, method=method, json=asked, headers={"X-Marquee-Time": told})


def epoch(moment):
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()


def refused(response):
    error = assert_error(response, 422, "Unprocessable Entity")
    [message] = error["errors"]["headers"]["X-Marquee-Time"]
    assert error["message"] == f"X-Marquee-Time: {message}"
    return message


@pytest.mark.parametrize(("method", "path", "asked"), ASKED)
def test_the_told_time_is_the_logged_one(own, logged, method, path, asked):
    assert ask(own, f"{LATER}Z", method, path, asked).status_code == 200
    [row] = logged(1)
    assert row.timestamp == epoch(LATER)
    assert row.is_simulated is True
    assert row.latency_ms < 60_000


def test_a_kept_answer_is_logged_at_each_time_that_is_told(own, logged):
    told = [f"1998-05-0{day}T00:00:00+00:00" for day in (3, 1, 2)]
    for one in told:
        ask(own, one, asked={"user_id": 10})
    own.post("/recommend", json={"user_id": 10})
    rows = logged(4)
    assert [row.timestamp for row in rows[:3]] == sorted(epoch(one[:19]) for one in told)
    assert [row.is_simulated for row in rows] == [True, True, True, False]
    assert rows[3].timestamp == pytest.approx(time.time(), abs=600)


def test_a_failed_request_is_logged_at_its_told_time(own, logged):
    ask(own, f"{LATER}Z", asked={"k": 0})
    ask(own, f"{LATER}Z", path="/similar", asked={"movie_id": 2})
    rows = logged(2)
    assert {row.status for row in rows} == {422, 404}
    assert {(row.timestamp, row.is_simulated) for row in rows} == {(epoch(LATER), True)}


@pytest.mark.parametrize(("method", "path", "asked"), ASKED)
def test_no_time_may_be_told_unless_a_setting_allows_it(
    make_app, logged, method, path, asked, service
):
    plain = make_app().test_client()
    assert "MARQUEE_SIMULATED_TIME=true" in refused(ask(plain, f"{LATER}Z", method, path, asked))
    [row] = logged(1)
    assert (row.status, row.is_simulated) == (422, False)
    assert row.timestamp == pytest.approx(time.time(), abs=600)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "now",
        LATER,
        f"{LATER}+02:00",
        "1998-05-01",
        "925000000",
        "1998-13-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
        f"{LATER}Z,{LATER}Z",
        "\xe9",
    ],
)
def test_what_is_no_time_in_utc_is_refused(own, told):
    assert "expected an ISO 8601 time in UTC" in refused(ask(own, told, asked={}))


def test_a_bundle_that_has_seen_the_future_does_not_answer(own, logged):
    assert ask(own, f"{CUTOFF}Z", asked={}).status_code == 200
    message = refused(ask(own, "1998-04-23T01:10:38.999999Z", asked={}))
    assert FIRST in message
    assert CUTOFF in message
    refused_row, answered = logged(2)
    assert (refused_row.status, refused_row.is_simulated) == (422, True)
    assert answered.recommendations


def test_the_bundle_that_answers_is_the_one_that_is_judged(own, app, home):
    set_current(home, SECOND)
    app.extensions["marquee"].live.refresh()
    assert SECOND in refused(ask(own, "1990-01-01T00:00:00Z", asked={}))


@pytest.mark.parametrize("path", ["/movies/1", "/genres", "/users/10/history", "/health"])
def test_what_is_not_logged_has_no_time(own, client, path):
    for one in (own, client):
        told = {"X-Marquee-Time": "1990-01-01T00:00:00Z"}
        assert one.get(path, headers=told).status_code == 200


def test_without_a_bundle_there_is_nothing_to_judge(make_app, home, logged):
    (home.bundles / "CURRENT").unlink()
    for bundle in (FIRST, SECOND):
        (home.bundles / bundle / "manifest.json").unlink()
    empty = make_app(SIMULATED_TIME="true").test_client()
    assert ask(empty, "1990-01-01T00:00:00Z", asked={}).status_code == 503
    refused(ask(empty, "now", asked={}))


def test_the_document_shows_the_header_only_where_it_is_taken(own, client):
    for one, taken in ((own, True), (client, False)):
        paths = one.get("/openapi.json").json["paths"]
        for path in ("/recommend", "/recommend/batch", "/similar", "/popular"):
            [operation] = [paths[path][name] for name in ("get", "post") if name in paths[path]]
            named = [parameter["name"] for parameter in operation.get("parameters", [])]
            assert ("X-Marquee-Time" in named) is taken
