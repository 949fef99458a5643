"""The OpenAPI document: complete, with examples, and with the genres that may be asked for."""

import json
import os
import re
import subprocess
import sys
from http import HTTPStatus

import pytest

from webapp.schemas.failures import EXAMPLES

PATHS = {
    "/health": {"get"},
    "/livez": {"get"},
    "/readyz": {"get"},
    "/metrics": {"get"},
    "/recommend": {"post"},
    "/recommend/batch": {"post"},
    "/similar": {"post"},
    "/popular": {"get"},
    "/movies": {"get"},
    "/movies/search": {"get"},
    "/movies/{movie_id}": {"get"},
    "/genres": {"get"},
    "/users/{user_id}/history": {"get"},
}


@pytest.fixture(scope="module")
def document(shared_app):
    return shared_app.test_client().get("/openapi.json").json


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield path, methods, operation


def test_every_endpoint_is_described(document):
    assert document["openapi"] == "3.0.3"
    described = {path: {*methods} - {"parameters"} for path, methods in document["paths"].items()}
    assert described == PATHS
    for path, _, operation in operations(document):
        assert operation["summary"], path
        assert {"200", "500"} <= set(operation["responses"]), path


def test_everything_that_is_referred_to_is_there(document):
    for reference in set(re.findall(r'"#/([^"]+)"', json.dumps(document))):
        part = document
        for name in reference.split("/"):
            part = part[name]


def test_every_field_has_an_example_or_is_made_of_such(document):
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema["properties"].items():
            refers = "$ref" in json.dumps(described)
            assert refers or "example" in described, f"{name}.{field}"


def test_every_parameter_has_an_example(document):
    for path, methods, operation in operations(document):
        for parameter in [*methods.get("parameters", []), *operation.get("parameters", [])]:
            assert "example" in parameter or "example" in parameter["schema"], path


def test_every_answer_has_content_with_an_example_or_a_schema_of_such(document):
    for path, _, operation in operations(document):
        [(kind, content)] = operation["responses"]["200"]["content"].items()
        if path == "/metrics":
            assert kind == "text/plain"
            assert content["schema"] == {"type": "string"}
            assert "marquee_fallbacks_total" in content["example"]
        else:
            assert kind == "application/json"
            assert "$ref" in content["schema"]


def test_every_error_has_examples_of_its_own(document):
    responses = document["components"]["responses"]
    assert set(responses) == {code.name for code in EXAMPLES}
    for name, response in responses.items():
        examples = response["content"]["application/json"]["examples"]
        assert examples, name
        for example in examples.values():
            code = HTTPStatus(example["value"]["code"])
            assert (code.name, code.phrase) == (name, example["value"]["status"])


JSON = "application/json"
SIMULATED = "1998-04-23T12:00:00Z"


@pytest.mark.parametrize(
    ("code", "example", "path", "asked"),
    [
        (400, "no_json", "/recommend", {"data": "k=1", "content_type": JSON}),
        (404, "movie", "/similar", {"json": {"movie_id": 999999}}),
        (413, "body", "/recommend", {"data": " " * 65_537, "content_type": JSON}),
        (415, "text", "/similar", {"data": "{}", "content_type": "text/plain"}),
        (422, "body", "/recommend", {"json": {"k": 101}}),
        (404, "user", "/users/999999/history", None),
        (422, "query", "/popular?window=now", None),
        (422, "header", "/similar", {"json": {}, "headers": {"X-Marquee-Time": SIMULATED}}),
    ],
)
def test_examples_of_errors_are_what_is_answered(client, code, example, path, asked):
    response = client.get(path) if asked is None else client.post(path, **asked)
    answered = json.loads(response.text.replace("hand-made", "ml-100k"))
    assert answered == EXAMPLES[HTTPStatus(code)][example]


def test_every_response_has_the_headers_that_it_comes_with(document):
    referred = {"$ref": "#/components/headers/X-Request-ID"}
    for path, _, operation in operations(document):
        assert operation["responses"]["200"]["headers"]["X-Request-ID"] == referred, path
    responses = document["components"]["responses"]
    assert all(response["headers"]["X-Request-ID"] == referred for response in responses.values())
    assert "Retry-After" in responses["SERVICE_UNAVAILABLE"]["headers"]
    for header in document["components"]["headers"].values():
        assert {"description", "schema", "example"} <= set(header)


def test_limits_are_those_of_the_settings(make_app):
    document = make_app(MAX_K="7").test_client().get("/openapi.json").json
    schemas = document["components"]["schemas"]
    assert schemas["RecommendRequest"]["properties"]["k"]["maximum"] == 7
    [k] = [one for one in document["paths"]["/popular"]["get"]["parameters"] if one["name"] == "k"]
    assert k["schema"]["maximum"] == 7


def test_genres_are_those_of_the_bundle(document, shared_app):
    names = [entry["genre"] for entry in shared_app.test_client().get("/genres").json["genres"]]
    filters = document["components"]["schemas"]["Filters"]["properties"]
    assert filters["genres"]["items"]["enum"] == names


def test_without_a_bundle_any_genre_is_described(make_app, home):
    (home.bundles / "CURRENT").unlink()
    document = make_app().test_client().get("/openapi.json").json
    filters = document["components"]["schemas"]["Filters"]["properties"]
    assert "enum" not in filters["genres"]["items"]


def test_the_command_line_prints_it(home):
    done = subprocess.run(
        [sys.executable, "-m", "webapp", "openapi"],
        env={**os.environ, "MARQUEE_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(json.loads(done.stdout)["paths"]) == set(PATHS)
