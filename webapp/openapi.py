"""``/openapi.json``: the contract of the API, with the genres of the edition that serves."""

from copy import deepcopy
from http import HTTPStatus
from typing import Any

import flask
import orjson

from webapp.access import LOGGED
from webapp.errors import MarqueeApi
from webapp.genres import Genres
from webapp.paths import IdConverter, id_schema
from webapp.schemas.failures import EXAMPLES, HEADERS, REQUEST_ID_HEADER, RETRY_HEADER
from webapp.service import Service
from webapp.simulated_time import EXAMPLE, HEADER

TITLE = "Marquee"
VERSION = "1"
_DESCRIPTION = "Movie recommendations. Every answer carries its request id in `X-Request-ID`."


def make_api(app: flask.Flask) -> MarqueeApi:
    """Register flask-smorest, its error answers and our kind of path parameters with `app`."""
    app.config.update(
        API_TITLE=TITLE,
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.0.3",
        API_SPEC_OPTIONS={"info": {"description": _DESCRIPTION}},
    )
    app.url_map.converters["id"] = IdConverter
    api = MarqueeApi(app)
    api.register_converter(IdConverter, id_schema)
    return api


def document_of(api: MarqueeApi, genres: Genres | None, tells_time: bool) -> dict[str, Any]:
    """OpenAPI document.

    Parameters
    ----------
    api : MarqueeApi
        With all its blueprints.
    genres : Genres, optional
        Those that may be asked for, where a bundle serves.
    tells_time : bool
        Whether requests may say when they were asked.
    """
    document: dict[str, Any] = deepcopy(api.spec.to_dict())
    schemas = document["components"]["schemas"]
    # flask-smorest describes its own pages of lists, and nothing here uses them.
    schemas.pop("PaginationMetadata", None)
    schemas["SimilarRequest"]["anyOf"] = [
        {"required": ["movie_id"]},
        {"required": ["movie_ids"]},
    ]
    _describe_failures(document["components"]["responses"])
    _describe_headers(document)
    if tells_time:
        _describe_simulated_time(document)
    if genres is not None:
        schemas["Filters"]["properties"]["genres"]["items"]["enum"] = genres.names
        for path in ("/movies", "/popular"):
            for parameter in document["paths"][path]["get"]["parameters"]:
                if parameter["name"] == "genre":
                    parameter["schema"]["enum"] = genres.names
    return document


def _describe_failures(responses: dict[str, Any]) -> None:
    for code, examples in EXAMPLES.items():
        content = responses[code.name]["content"]["application/json"]
        content["examples"] = {name: {"value": example} for name, example in examples.items()}


def _describe_headers(document: dict[str, Any]) -> None:
    components = document["components"]
    components["headers"] = {name: dict(header) for name, header in HEADERS.items()}
    operations = (view for path in document["paths"].values() for view in _operations(path))
    answers = [view["responses"]["200"] for view in operations]
    for response in (*answers, *components["responses"].values()):
        response["headers"] = {REQUEST_ID_HEADER: _reference(REQUEST_ID_HEADER)}
    unavailable = components["responses"][HTTPStatus.SERVICE_UNAVAILABLE.name]
    unavailable["headers"][RETRY_HEADER] = _reference(RETRY_HEADER)


def _describe_simulated_time(document: dict[str, Any]) -> None:
    parameter = {
        "in": "header",
        "name": HEADER,
        "description": "When the request was asked, in UTC, for the request log; not before the "
        "data cutoff of the model that serves.",
        "schema": {"type": "string", "format": "date-time"},
        "example": EXAMPLE,
    }
    for path in sorted(LOGGED):
        for view in _operations(document["paths"][path]):
            view.setdefault("parameters", []).append(parameter)


def _operations(path: dict[str, Any]) -> list[dict[str, Any]]:
    return [path[method] for method in ("get", "post") if method in path]


def _reference(header: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{header}"}


def document_blueprint(api: MarqueeApi, service: Service) -> flask.Blueprint:
    """Serve the document; it does not describe itself."""
    blueprint = flask.Blueprint("document", __name__)

    @blueprint.get("/openapi.json")
    def openapi() -> flask.Response:
        current = service.live.current
        genres = current.answers.genres if current else None
        document = document_of(api, genres, service.settings.serving.simulated_time)
        return flask.Response(
            orjson.dumps(document, option=orjson.OPT_INDENT_2), mimetype="application/json"
        )

    return blueprint
