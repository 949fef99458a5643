"""What is written down of which request, and computed again from it."""

import os
import subprocess
import sys
from uuid import UUID

import pytest

from tests.webapp.conftest import FIRST, SECOND
from tests.webapp.recommender.small_bundle import UNTRAINED
from warehouse.bundle.pointer import set_current
from warehouse.errors import BundleError, MarqueeError
from webapp.replay import replay

FILTERS = {"genres": ["Drama"], "year_min": 1970}


@pytest.fixture
def own(app):
    """A client whose requests have a log of their own."""
    return app.test_client()


def test_a_recommendation_is_logged_as_it_was_answered(own, logged):
    asked = {"user_id": 10, "k": 3, "filters": FILTERS, "exclude_movie_ids": [5]}
    answer = own.post("/recommend", json=asked).json
    [row] = logged(1)
    assert row.request_id == answer["request_id"]
    assert (row.user_id, row.k, row.filters) == (10, 3, FILTERS)
    assert row.request == {"exclude_seen": True, "exclude_movie_ids": [5]}
    assert (row.endpoint, row.status, row.model_version) == ("/recommend", 200, FIRST)
    assert row.recommendations == [movie["movie_id"] for movie in answer["recommendations"]]
    assert row.scores == [movie["score"] for movie in answer["recommendations"]]
    assert (row.strategy, row.is_fallback, row.fallback_reason) == ("personal", False, None)
    assert row.worker == os.getpid()
    assert row.latency_ms > 0
    assert row.propensities is None


def test_a_fallback_is_logged_with_its_reason(own, logged):
    own.post("/recommend", json={"user_id": 999})
    [row] = logged(1)
    assert (row.user_id, row.is_fallback, row.fallback_reason) == (999, True, "unknown_user")
    assert row.filters is None


def test_every_kept_answer_has_a_row_of_its_own(own, logged):
    ids = [own.post("/recommend", json={"user_id": 10}).json["request_id"] for _ in range(5)]
    rows = logged(5)
    assert sorted(row.request_id for row in rows) == sorted(ids)
    assert len({tuple(row.recommendations) for row in rows}) == 1


def test_every_answer_of_a_batch_has_a_row_of_its_own(own, logged):
    answer = own.post("/recommend/batch", json={"user_ids": [10, 11, 999], "k": 2}).json
    rows = {row.request_id: row for row in logged(3)}
    for one in answer["answers"]:
        row = rows[one["request_id"]]
        assert (row.endpoint, row.user_id) == ("/recommend/batch", one["user_id"])
        assert row.is_fallback == one["is_fallback"]
        assert row.recommendations == [movie["movie_id"] for movie in one["recommendations"]]


def test_similar_and_popular_are_logged(own, logged):
    own.post("/similar", json={"movie_id": 1, "movie_ids": [9]})
    own.get("/popular?genre=Drama&year_max=1999&window=trending&k=4")
    similar, popular = logged(2)
    assert (similar.endpoint, similar.strategy, similar.k) == ("/similar", "similar", 10)
    assert similar.request == {"movie_id": 1, "movie_ids": [9]}
    assert (popular.endpoint, popular.strategy, popular.k) == ("/popular", "popular", 4)
    assert popular.filters == {"year_max": 1999, "genres": ["Drama"]}
    assert popular.request == {"window": "trending"}


@pytest.mark.parametrize("movie", [2, UNTRAINED[0]])
def test_an_unknown_movie_is_logged_for_the_next_training(own, logged, movie):
    response = own.post("/similar", json={"movie_ids": [1, movie]})
    [row] = logged(1)
    assert (row.status, row.unknown_movie_id) == (404, movie)
    assert row.request_id == response.headers["X-Request-ID"]
    assert row.recommendations is None


def test_all_that_was_asked_is_logged_with_an_unknown_movie(own, logged):
    asked = {"movie_id": 2, "movie_ids": [1, UNTRAINED[0]], "k": 3, "filters": FILTERS}
    own.post("/similar", json=asked)
    [row] = logged(1)
    assert (row.status, row.unknown_movie_id, row.k, row.filters) == (404, 2, 3, FILTERS)
    assert row.request == {"movie_id": 2, "movie_ids": [1, UNTRAINED[0]]}


def test_nobody_is_shown_movies_by_a_head_request(own, logged):
    assert own.head("/popular").status_code == 200
    assert own.head("/popular?k=x").status_code == 422
    shown = own.get("/popular").json["request_id"]
    [row] = logged(1)
    assert row.request_id == shown


def test_an_unknown_seed_is_logged_for_the_next_training(own, logged):
    own.post("/recommend", json={"seed_movie_ids": [1, UNTRAINED[0]]})
    [row] = logged(1)
    assert (row.status, row.unknown_movie_id) == (200, UNTRAINED[0])


def test_what_was_refused_is_logged_with_its_status(own, logged):
    own.post("/recommend", json={"k": 0})
    own.post("/recommend", data=b"{", content_type="application/json")
    own.post("/similar", data=b"x")
    own.get("/popular?k=x")
    own.delete("/recommend")
    statuses = [(row.endpoint, row.status) for row in logged(4)]
    assert statuses == [
        ("/recommend", 422),
        ("/recommend", 400),
        ("/similar", 415),
        ("/popular", 422),
    ]


def test_lookups_are_not_logged(own, logged):
    for path in ("/movies", "/movies/1", "/movies/2", "/genres", "/users/10/history", "/health"):
        own.get(path)
    own.get("/popular")
    [row] = logged(1)
    assert row.endpoint == "/popular"


def test_request_ids_rise_with_time(own, logged):
    ids = [UUID(own.get("/popular").json["request_id"]) for _ in range(200)]
    assert len(set(ids)) == 200
    moments = [one.int >> 80 for one in ids]
    assert moments == sorted(moments)


ANSWERED = [
    ("/recommend", {"user_id": 10, "k": 5, "filters": FILTERS, "exclude_movie_ids": [9]}),
    ("/recommend", {"user_id": 13, "exclude_seen": False}),
    ("/recommend", {"seed_movie_ids": [1, 17], "seed_genres": ["Crime"]}),
    ("/recommend", {"user_id": 999}),
    ("/recommend/batch", {"user_ids": [11], "filters": {"year_max": 1990}}),
    ("/similar", {"movie_id": 1, "movie_ids": [9, 1], "k": 3}),
    ("/popular?genre=Drama&window=trending", None),
]


@pytest.mark.parametrize(("path", "asked"), ANSWERED)
def test_an_answer_is_computed_again_from_the_bundle_that_gave_it(
    app, home, service, logged, path, asked
):
    client = app.test_client()
    client.get(path) if asked is None else client.post(path, json=asked)
    [row] = logged(1)
    set_current(home, SECOND)
    again = replay(home, service.settings.store.url, row.request_id)
    assert again.is_same
    assert again.movie_ids == row.recommendations != []


def test_a_replay_tells_a_difference(app, home, service, logged):
    app.test_client().post("/recommend", json={"user_id": 10})
    [row] = logged(1)
    again = replay(home, service.settings.store.url, row.request_id)
    again.logged.scores[0] += 1
    assert not again.is_same


def test_a_replay_says_what_is_missing(app, home, service, logged):
    url = service.settings.store.url
    with pytest.raises(MarqueeError, match="not in the request log"):
        replay(home, url, "0199c2f4-6c1f-7d1e-9a77-5a1c7d8f2e10")
    client = app.test_client()
    refused = client.post("/similar", json={"movie_id": 2}).headers["X-Request-ID"]
    answered = client.post("/similar", json={"movie_id": 1}).headers["X-Request-ID"]
    logged(2)
    with pytest.raises(MarqueeError, match="status 404"):
        replay(home, url, refused)
    (home.bundles / FIRST / "manifest.json").unlink()
    with pytest.raises(BundleError, match="missing"):
        replay(home, url, answered)


def test_a_replay_says_where_an_archived_request_may_be(home, service):
    home.request_log_archive.mkdir(parents=True, exist_ok=True)
    for name in ("_schema", "2026-01-01", "2026-01-03"):
        (home.request_log_archive / f"{name}.parquet").touch()
    with pytest.raises(MarqueeError, match=r"2026-01-01\.parquet to 2026-01-03\.parquet"):
        replay(home, service.settings.store.url, "0199c2f4-6c1f-7d1e-9a77-5a1c7d8f2e10")


def test_the_command_line_replays(app, home, logged):
    answer = app.test_client().post("/recommend", json={"user_id": 10, "k": 2}).json
    logged(1)
    command = [sys.executable, "-m", "webapp", "replay", answer["request_id"]]
    environment = {**os.environ, "MARQUEE_HOME": str(home.root)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    printed = [line.split("\t") for line in done.stdout.splitlines()]
    assert [(int(movie), float(score)) for movie, score in printed] == [
        (movie["movie_id"], movie["score"]) for movie in answer["recommendations"]
    ]
    assert "the same ids and scores" in done.stderr
