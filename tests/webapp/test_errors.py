"""One shape for every error of every endpoint, saying what is wrong and what was expected."""

import json

import pytest

from tests.webapp.recommender.small_bundle import UNTRAINED, WITHOUT_HISTORY

GETS = (
    "/health",
    "/livez",
    "/readyz",
    "/metrics",
    "/popular",
    "/movies",
    "/movies/1",
    "/movies/search",
    "/genres",
    "/users/10/history",
    "/openapi.json",
    "/docs",
)
POSTS = ("/recommend", "/recommend/batch", "/similar")
JSON = "application/json"
NO_PATHS = ("/", "/nothing", "/movies/", "/movies/x", "/movies/1/2", "//a")


def assert_error(response, code, status):
    assert response.status_code == code
    assert response.content_type == JSON
    error = response.json
    assert list(error) in (["code", "status", "message"], ["code", "status", "message", "errors"])
    assert (error["code"], error["status"]) == (code, status)
    assert error["message"]
    assert response.headers["X-Request-ID"]
    return error


@pytest.mark.parametrize("path", [*NO_PATHS, "/movies/\u0661", "/users/\uff11/history"])
def test_an_unknown_path_is_404(client, path):
    error = assert_error(client.get(path), 404, "Not Found")
    assert "no such path" in error["message"]


def test_an_id_longer_than_python_reads_is_404(client):
    assert_error(client.get(f"/movies/{'9' * 5000}"), 404, "Not Found")


@pytest.mark.parametrize("path", [*GETS, *POSTS])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_another_method_is_405_with_allow(client, path, method):
    taken = {"GET", "HEAD", "OPTIONS"} if path in GETS else {"POST", "OPTIONS"}
    if method in taken:
        return
    response = client.open(path, method=method)
    assert_error(response, 405, "Method Not Allowed")
    assert set(response.headers["Allow"].replace(" ", "").split(",")) == taken


@pytest.mark.parametrize("path", POSTS)
def test_a_body_too_large_is_413(client, path):
    body = json.dumps({"exclude_movie_ids": [1] * 40_000})
    response = client.post(path, data=body, content_type=JSON)
    error = assert_error(response, 413, "Request Entity Too Large")
    assert "65536" in error["message"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_415(client, path, kind):
    error = assert_error(
        client.post(path, data=b"{}", content_type=kind), 415, "Unsupported Media Type"
    )
    assert "expected application/json" in error["message"]


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/problem+json"])
def test_json_may_be_said_in_other_ways(client, kind):
    assert client.post("/recommend", data=b"{}", content_type=kind).status_code == 200


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", [b"", b"{", b'{"k": NaN}', b'{"k": 1}}', b'{"a": "\xff"}'])
def test_a_body_that_is_not_json_is_400(client, path, body):
    error = assert_error(client.post(path, data=body, content_type=JSON), 400, "Bad Request")
    assert "not JSON" in error["message"]


def test_a_body_that_ends_early_is_400(client):
    response = client.post(
        "/recommend", data=b'{"k": 1', content_type=JSON, environ_overrides={"CONTENT_LENGTH": "9"}
    )
    assert "after 7 of 9 bytes" in assert_error(response, 400, "Bad Request")["message"]


@pytest.mark.parametrize(
    ("path", "body", "where", "said"),
    [
        ("/recommend", {"user_id": "x"}, "user_id", '"x": expected a whole number from 1'),
        ("/recommend", {"user_id": 0}, "user_id", "0: expected a whole number from 1"),
        ("/recommend", {"user_id": True}, "user_id", "true: expected a whole number"),
        ("/recommend", {"user_id": 2**40}, "user_id", "to 2147483647"),
        ("/recommend", {"k": 101}, "k", "101: expected a whole number from 1 to 100"),
        ("/recommend", {"k": 1e300}, "k", ": expected a whole number from 1 to 100"),
        ("/recommend", {"k": 1.5}, "k", "1.5: expected a whole number"),
        ("/recommend", {"k": None}, "k", "null: expected a whole number"),
        ("/recommend", {"exclude_seen": 1}, "exclude_seen", "1: expected true or false"),
        ("/recommend", {"usr_id": 1}, "usr_id", "unknown field: expected one of user_id, k"),
        ("/recommend", {"filters": None}, "filters", "null: expected an object with any of genres"),
        ("/recommend", {"filters": []}, "filters", "[]: expected an object with any of genres"),
        ("/recommend/batch", {"user_ids": [1], "filters": 7}, "filters", "7: expected an object"),
        ("/similar", {"movie_id": 1, "filters": "x"}, "filters", '"x": expected an object'),
        ("/recommend", {"filters": {"year": 1}}, "filters.year", "expected one of genres"),
        ("/recommend", {"filters": {"year_min": -1}}, "filters.year_min", "-1: expected a whole"),
        ("/recommend", {"filters": {"genres": "Drama"}}, "filters.genres", "expected a list"),
        ("/recommend", {"filters": {"genres": [1]}}, "filters.genres.0", "1: expected a text"),
        ("/recommend", {"filters": {"genres": ["Dramma"]}}, "filters.genres.0", "mean Drama?"),
        ("/recommend", {"seed_movie_ids": [1, "2"]}, "seed_movie_ids.1", '"2": expected a whole'),
        ("/recommend", {"seed_movie_ids": [1] * 101}, "seed_movie_ids", "0 to 100 entries"),
        ("/recommend", {"exclude_movie_ids": [1] * 1001}, "exclude_movie_ids", "to 1000 entries"),
        ("/recommend", [], "_schema", "[]: expected an object with any of user_id, k"),
        ("/recommend", None, "_schema", "null: expected an object with any of user_id, k"),
        ("/recommend/batch", [[1]], "_schema", "[[1]]: expected an object with any of user_ids"),
        ("/similar", 7, "_schema", "7: expected an object with any of movie_id"),
        ("/recommend/batch", {}, "user_ids", "missing: expected a list of 1 to 1000 entries"),
        ("/recommend/batch", {"user_ids": []}, "user_ids", "[]: expected a list of 1 to 1000"),
        ("/recommend/batch", {"user_ids": [1] * 1001}, "user_ids", "a list of 1 to 1000"),
        ("/recommend/batch", {"user_ids": [1], "user_id": 1}, "user_id", "unknown field"),
        ("/similar", {}, "movie_id", "missing: expected a movie_id or movie_ids"),
        ("/similar", {"movie_ids": [1] * 21}, "movie_ids", "a list of 1 to 20 entries"),
        ("/similar", {"movie_id": None}, "movie_id", "null: expected a whole number"),
        ("/similar", {"movie_id": 1, "filters": {"genres": ["Polka"]}}, "filters.genres.0", "Pol"),
    ],
)
def test_a_wrong_field_is_422_by_name(client, path, body, where, said):
    response = client.post(path, data=json.dumps(body), content_type=JSON)
    error = assert_error(response, 422, "Unprocessable Entity")
    fields = error["errors"]["json"]
    for name in where.split("."):
        fields = fields[name]
    assert said in fields[0]
    assert said in error["message"]


NESTED = (
    "%s",
    '{"k": %s}',
    '{"user_id": %s}',
    '{"exclude_seen": %s}',
    '{"filters": %s}',
    '{"filters": {"genres": %s}}',
    '{"filters": {"genres": [%s]}}',
    '{"filters": {"year_min": %s}}',
    '{"seed_movie_ids": [1, %s]}',
    '{"unknown": %s}',
)


@pytest.mark.parametrize("levels", [255, 1_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("place", NESTED)
@pytest.mark.parametrize("path", POSTS)
def test_a_deeply_nested_value_is_422_like_any_other(client, path, place, opening, levels):
    closing = {"[": "]", '{"a":': "}"}[opening]
    body = place % (opening * levels + "1" + closing * levels)
    error = assert_error(
        client.post(path, data=body, content_type=JSON), 422, "Unprocessable Entity"
    )
    assert len(error["message"]) < 400


@pytest.mark.parametrize(
    ("address", "where", "said"),
    [
        ("/popular?k=x", "k", '"x": expected a whole number from 1 to 100'),
        ("/popular?k=0", "k", "0: expected a whole number from 1 to 100"),
        ("/popular?k=-1", "k", '"-1": expected a whole number'),
        (f"/popular?k={'9' * 5000}", "k", "expected a whole number"),
        ("/popular?k=1&k=2", "k", "given twice: expected once"),
        ("/popular?window=now", "window", '"now": expected one of all_time, trending'),
        ("/popular?genre=Comdy", "genre", "did you mean Comedy?"),
        ("/popular?gener=Comedy", "gener", "unknown field: expected one of k, genre"),
        ("/popular?genre=", "genre", "a text of 1 to 60 characters"),
        ("/movies?genre=Comdy", "genre", "did you mean Comedy?"),
        ("/movies?limit=201", "limit", "201: expected a whole number from 1 to 200"),
        ("/movies?order=best", "order", "expected one of movie_id, title, year"),
        ("/movies/search", "q", "missing: expected a text of 1 to 200 characters"),
        ("/movies/search?q=" + "a" * 201, "q", "a text of 1 to 200 characters"),
        ("/users/10/history?offset=-1", "offset", "expected a whole number from 0"),
    ],
)
def test_a_wrong_parameter_is_422_by_name(client, address, where, said):
    error = assert_error(client.get(address), 422, "Unprocessable Entity")
    assert said in error["errors"]["query"][where][0]


def test_too_many_parameters_are_422(client):
    for mark in ("", "%20"):
        address = "/popular?" + "&".join(f"a{mark}{number}=1" for number in range(60))
        assert_error(client.get(address), 422, "Unprocessable Entity")


@pytest.mark.parametrize(
    ("asked", "number", "reason"),
    [
        ({"movie_id": 2}, 2, "not_in_catalogue"),
        ({"movie_id": UNTRAINED[0]}, UNTRAINED[0], "not_trained"),
        ({"movie_ids": [1, 4]}, 4, "not_in_catalogue"),
    ],
)
def test_an_unknown_movie_is_404_that_says_why(client, asked, number, reason):
    error = assert_error(client.post("/similar", json=asked), 404, "Not Found")
    assert error["errors"] == {"id": number, "reason": reason}
    assert f"movie {number}" in error["message"]


def test_what_is_looked_up_and_not_there_is_404(client):
    for path, reason in (
        ("/movies/2", "not_in_catalogue"),
        ("/users/999/history", "unknown_user"),
        (f"/users/{WITHOUT_HISTORY[0]}/history", "no_history"),
    ):
        error = assert_error(client.get(path), 404, "Not Found")
        assert error["errors"]["reason"] == reason


def test_a_defect_is_500_with_its_id_and_nothing_else(app, service):
    secret = "the engine's private parts"

    def broken(_body):
        raise RuntimeError(secret)

    service.live.current.answers.recommend = broken
    response = app.test_client().post("/recommend", json={"user_id": 10})
    error = assert_error(response, 500, "Internal Server Error")
    assert error["errors"] == {"request_id": response.headers["X-Request-ID"]}
    assert response.headers["X-Request-ID"] in error["message"]
    assert secret not in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize("path", [*POSTS, "/popular", "/movies", "/genres", "/movies/1", "/readyz"])
def test_without_a_model_it_is_503_with_a_hint(make_app, home, path):
    (home.bundles / "CURRENT").unlink()
    client = make_app().test_client()
    response = client.post(path, json={}) if path in POSTS else client.get(path)
    error = assert_error(response, 503, "Service Unavailable")
    assert "make up" in error["message"]
    assert response.headers["Retry-After"] == "5"
