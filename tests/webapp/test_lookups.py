"""What the endpoints answer that look something up, and how the service is."""

from datetime import UTC, datetime

import pytest

from tests.webapp.conftest import FIRST
from tests.webapp.recommender.small_bundle import ALL_IDS, TRAINED_IDS, UNTRAINED, USER_IDS


def test_movies_come_page_by_page(client):
    first = client.get("/movies?limit=10").json
    assert (first["total"], first["offset"], first["limit"]) == (len(ALL_IDS), 0, 10)
    pages = [client.get(f"/movies?limit=10&offset={start}").json for start in (0, 10, 20, 30)]
    ids = [movie["movie_id"] for page in pages for movie in page["movies"]]
    assert ids == list(ALL_IDS)


def test_movies_are_filtered_and_ordered(client):
    page = client.get("/movies?genre=crime&year_min=1972&year_max=1991&order=year").json
    assert [movie["year"] for movie in page["movies"]] == [1991, 1974, 1972]


def test_a_movie_has_its_popularity_and_ratings(client):
    movie = client.get("/movies/1").json
    assert (movie["title"], movie["year"]) == ("Matrix, The", 1999)
    assert sorted(movie["popularity"]) == ["all_time", "trending"]
    assert sum(entry["count"] for entry in movie["rating_distribution"]) == movie["n_ratings"]


def test_a_movie_that_the_model_does_not_know_has_no_popularity(client):
    movie = client.get(f"/movies/{UNTRAINED[0]}").json
    assert (movie["popularity"], movie["is_trained"]) == (None, False)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("the matrix", "Matrix, The"),
        ("amelie", "Amélie"),
        ("les miserables", "Misérables, Les"),
        ("godfahter", "Godfather, The"),
    ],
)
def test_search_forgives(client, typed, title):
    found = client.get("/movies/search", query_string={"q": typed, "limit": 3}).json["movies"]
    assert title in [movie["title"] for movie in found]


def test_genres_are_counted(client):
    genres = {entry.pop("genre"): entry for entry in client.get("/genres").json["genres"]}
    assert genres["War"] == {"n_movies": 1, "n_trained": 1}


def test_a_history_comes_newest_first(client):
    page = client.get(f"/users/{USER_IDS[2]}/history?limit=3").json
    assert (page["user_id"], page["total"], len(page["ratings"])) == (USER_IDS[2], 8, 3)
    moments = [rating["rated_at"] for rating in page["ratings"]]
    assert moments == sorted(moments, reverse=True)


def test_health_shows_what_serves(client):
    health = client.get("/health").json
    assert health["status"] == "ok"
    assert (health["model_version"], health["model_refused"]) == (FIRST, None)
    assert (health["n_users"], health["n_items"]) == (len(USER_IDS), len(TRAINED_IDS))
    assert health["data_cutoff"] == "1998-04-23T01:10:39+00:00"
    assert len(health["bundle_hash"]) == 64
    assert health["log_queue_depth"] == 0
    assert health["uptime_seconds"] >= 0
    assert datetime.fromisoformat(health["model_loaded_at"]) <= datetime.now(UTC)


def test_the_process_is_alive(client):
    assert client.get("/livez").json == {"status": "alive"}
