"""Exploration over HTTP: drawn anew each time, logged with propensities, replayed greedily."""

import os
import subprocess
import sys

import pytest

from webapp.replay import replay

ASKED = {"user_id": 10, "k": 3}


@pytest.fixture(params=["epsilon", "softmax"])
def app(make_app, request):
    return make_app(
        EXPLORATION=request.param,
        EXPLORATION_RATE="0.6",
        EXPLORATION_TEMPERATURE="3",
        EXPLORATION_DEPTH="8",
    )


@pytest.fixture
def own(app):
    return app.test_client()


def movies(answer):
    return [movie["movie_id"] for movie in answer["recommendations"]]


def test_answers_are_drawn_anew_and_logged_with_their_propensities(own, logged, client):
    greedy = movies(client.post("/recommend", json=ASKED).json)
    answers = {}
    for _ in range(30):
        answer = own.post("/recommend", json=ASKED).json
        answers[answer["request_id"]] = answer
    assert len({tuple(movies(answer)) for answer in answers.values()}) > 1
    for row in logged(30):
        answer = answers[row.request_id]
        assert row.recommendations == movies(answer)
        assert row.scores == [movie["score"] for movie in answer["recommendations"]]
        assert row.greedy == greedy
        assert len(row.propensities) == 3
        assert all(0 < propensity < 1 for propensity in row.propensities)


def test_each_answer_of_a_batch_is_drawn_by_itself(own, logged, client):
    asked = {"user_ids": [10, 999] * 15, "k": 3}
    greedy = {
        user: movies(client.post("/recommend", json={"user_id": user, "k": 3}).json)
        for user in (10, 999)
    }
    own.post("/recommend/batch", json=asked)
    rows = logged(30)
    for user in (10, 999):
        of_user = [row for row in rows if row.user_id == user]
        assert len({tuple(row.recommendations) for row in of_user}) > 1
        assert all(row.greedy == greedy[user] for row in of_user)
        assert all(len(row.propensities) == 3 for row in of_user)


def test_what_is_no_recommendation_is_not_explored(own, logged):
    for _ in range(3):
        own.post("/similar", json={"movie_id": 1})
        own.get("/popular")
    rows = logged(6)
    assert len({(row.endpoint, *row.recommendations) for row in rows}) == 2
    assert {(row.propensities, row.greedy) for row in rows} == {(None, None)}


def test_without_exploration_nothing_of_it_is_logged(make_app, logged, service):
    make_app().test_client().post("/recommend", json=ASKED)
    [row] = logged(1)
    assert (row.propensities, row.greedy) == (None, None)


def test_the_greedy_answer_of_an_explored_one_is_computed_again(app, own, home, service, logged):
    for _ in range(10):
        own.post("/recommend", json=ASKED)
    for row in logged(10):
        again = replay(home, service.settings.store.url, row.request_id)
        assert again.is_explored
        assert again.is_same
        assert again.movie_ids == row.greedy
        again.logged.scores[0] += 1
        assert not again.is_same


def test_a_replay_tells_another_greedy_answer(own, home, service, logged):
    own.post("/recommend", json=ASKED)
    [row] = logged(1)
    again = replay(home, service.settings.store.url, row.request_id)
    again.logged.greedy.reverse()
    assert not again.is_same


def test_the_command_line_says_what_it_cannot_compute_again(own, home, logged):
    answer = own.post("/recommend", json=ASKED).json
    [row] = logged(1)
    done = subprocess.run(
        [sys.executable, "-m", "webapp", "replay", answer["request_id"]],
        env={**os.environ, "MARQUEE_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=True,
    )
    printed = [int(line.split("\t")[0]) for line in done.stdout.splitlines()]
    assert printed == row.greedy
    assert "which cannot be computed again" in " ".join(done.stderr.split())
