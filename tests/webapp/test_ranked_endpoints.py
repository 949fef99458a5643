"""What ``/recommend``, ``/recommend/batch``, ``/similar`` and ``/popular`` answer."""

from uuid import UUID

import pytest

from tests.webapp.conftest import FIRST
from tests.webapp.recommender.small_bundle import TRAINED_IDS, UNTRAINED, WITHOUT_HISTORY
from webapp.recommender.questions import (
    Filters,
    PopularQuestion,
    RecommendQuestion,
    SimilarQuestion,
)

DRAMA_SINCE_1970 = {"genres": ["Drama"], "year_min": 1970}


@pytest.fixture
def engine(shared_app):
    return shared_app.extensions["marquee"].live.current.engine


def assert_shows(movies, found):
    assert [movie["movie_id"] for movie in movies] == found.movie_ids
    assert [movie["score"] for movie in movies] == found.scores
    for movie in movies:
        assert list(movie) == ["movie_id", "title", "score", "year", "genres"]


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        ({"user_id": 10}, RecommendQuestion(10)),
        ({"user_id": 12, "k": 3}, RecommendQuestion(12, k=3)),
        ({"user_id": 13, "exclude_seen": False}, RecommendQuestion(13, exclude_seen=False)),
        (
            {"user_id": 10, "filters": DRAMA_SINCE_1970},
            RecommendQuestion(10, filters=Filters(("Drama",), 1970)),
        ),
        (
            {"user_id": 10, "filters": {"year_min": None, "year_max": 1975}},
            RecommendQuestion(10, filters=Filters((), None, 1975)),
        ),
        (
            {"user_id": 10, "exclude_movie_ids": [1, 5]},
            RecommendQuestion(10, exclude_movie_ids=(1, 5)),
        ),
        (
            {"user_id": 999, "seed_movie_ids": [1, 17]},
            RecommendQuestion(999, seed_movie_ids=(1, 17)),
        ),
        (
            {"user_id": None, "seed_genres": ["Comedy"]},
            RecommendQuestion(None, seed_genres=("Comedy",)),
        ),
        ({}, RecommendQuestion(None)),
    ],
)
def test_recommend_answers_what_the_engine_does(client, engine, asked, question):
    response = client.post("/recommend", json=asked)
    assert response.status_code == 200
    answer, found = response.json, engine.recommend(question)
    assert_shows(answer["recommendations"], found)
    for name in ("user_id", "strategy", "is_fallback", "fallback_reason", "exhausted"):
        assert answer[name] == getattr(found, name)
    assert answer["model_version"] == FIRST
    assert UUID(answer["request_id"]).version == 7
    assert response.headers["X-Request-ID"] == answer["request_id"]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"user_id": 999}, "unknown_user"),
        ({"user_id": WITHOUT_HISTORY[0]}, "no_history"),
        ({}, "no_user"),
        ({"seed_movie_ids": [2]}, "no_usable_seeds"),
    ],
)
def test_recommend_says_why_it_falls_back(client, asked, reason):
    answer = client.post("/recommend", json={**asked, "k": 3}).json
    assert (answer["is_fallback"], answer["fallback_reason"]) == (True, reason)
    assert answer["strategy"] == "popular"
    assert len(answer["recommendations"]) == 3


def test_recommend_reports_seeds_that_are_not_known(client):
    asked = {"seed_movie_ids": [1, UNTRAINED[0]], "seed_genres": ["Drama", "Polka"]}
    answer = client.post("/recommend", json=asked).json
    assert answer["ignored_seed_movie_ids"] == [UNTRAINED[0]]
    assert answer["ignored_seed_genres"] == ["Polka"]


def test_recommend_answers_fewer_where_no_more_are_left(client):
    answer = client.post("/recommend", json={"user_id": 13}).json
    assert (answer["recommendations"], answer["exhausted"]) == ([], True)
    nothing = {"user_id": 10, "filters": {"year_min": 1990, "year_max": 1980}}
    assert client.post("/recommend", json=nothing).json["exhausted"] is True


def test_genres_are_compared_without_case(client):
    upper, lower = (
        client.post("/recommend", json={"user_id": 10, "filters": {"genres": [name]}}).json
        for name in ("DRAMA", "drama")
    )
    assert upper["recommendations"] == lower["recommendations"] != []


def test_batch_answers_each_user_as_recommend_does(client):
    users = [10, 999, 11, 10]
    asked = {"k": 4, "filters": DRAMA_SINCE_1970, "exclude_movie_ids": [9]}
    answer = client.post("/recommend/batch", json={**asked, "user_ids": users}).json
    assert answer["model_version"] == FIRST
    assert len({one["request_id"] for one in answer["answers"]}) == len(users)
    for user, one in zip(users, answer["answers"], strict=True):
        alone = client.post("/recommend", json={**asked, "user_id": user}).json
        assert {**one, "request_id": ""} == {**alone, "request_id": ""}


def test_batch_takes_a_thousand_users(client):
    users = list(range(10_000_000, 10_001_000))
    answer = client.post("/recommend/batch", json={"user_ids": users, "k": 1}).json
    assert [one["user_id"] for one in answer["answers"]] == users


def test_similar_answers_for_one_movie(client, engine):
    answer = client.post("/similar", json={"movie_id": 1, "k": 4}).json
    found = engine.similar(SimilarQuestion((1,), k=4))
    assert_shows(answer["similar_items"], found)
    assert (answer["movie_id"], answer["title"]) == (1, "Matrix, The")
    assert answer["model_version"] == FIRST


def test_similar_answers_for_several_movies_and_with_filters(client, engine):
    asked = {"movie_id": 17, "movie_ids": [1, 17], "k": 4, "filters": {"genres": ["Sci-Fi"]}}
    answer = client.post("/similar", json=asked).json
    found = engine.similar(SimilarQuestion((17, 1), k=4, filters=Filters(("Sci-Fi",))))
    assert_shows(answer["similar_items"], found)
    assert (answer["movie_id"], answer["movie_ids"]) == (17, [17, 1])


@pytest.mark.parametrize("window", ["all_time", "trending"])
def test_popular_answers_by_window(client, engine, window):
    answer = client.get(f"/popular?window={window}&k=5").json
    found = engine.popular(PopularQuestion(k=5, window=window))
    assert_shows(answer["recommendations"], found)
    assert answer["source"] == found.source


def test_popular_filters(client, engine):
    answer = client.get("/popular?genre=Film-Noir&year_min=1950&year_max=1999").json
    found = engine.popular(PopularQuestion(filters=Filters(("Film-Noir",), 1950, 1999)))
    assert_shows(answer["recommendations"], found)
    assert answer["exhausted"] is True


def test_k_reaches_to_its_limit_and_no_further(make_app):
    client = make_app(MAX_K="15").test_client()
    longest = client.get("/popular?k=15").json["recommendations"]
    assert len(longest) == 15 <= len(TRAINED_IDS)
    for response in (
        client.get("/popular?k=16"),
        client.post("/recommend", json={"user_id": 10, "k": 16}),
        client.post("/recommend/batch", json={"user_ids": [10], "k": 16}),
        client.post("/similar", json={"movie_id": 1, "k": 16}),
    ):
        assert response.status_code == 422
        assert "16: expected a whole number from 1 to 15" in response.json["message"]


def test_a_kept_answer_is_the_same_but_for_its_request_id(make_app):
    kept, fresh = make_app(ANSWER_CACHE="10"), make_app(ANSWER_CACHE="0")
    asked = {"user_id": 10, "filters": DRAMA_SINCE_1970}
    answers = [app.test_client().post("/recommend", json=asked).json for app in (kept, kept, fresh)]
    assert len({answer.pop("request_id") for answer in answers}) == 3
    assert answers[0] == answers[1] == answers[2]
