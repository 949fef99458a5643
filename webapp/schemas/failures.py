"""Examples of every error, and headers that the OpenAPI document describes."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from webapp.schemas.described import REQUEST_ID

Example = dict[str, Any]


def _example(code: HTTPStatus, message: str, errors: Example | None = None) -> Example:
    plain = {"code": code.value, "status": code.phrase, "message": message}
    return {**plain, "errors": errors} if errors else plain


_K = "101: expected a whole number from 1 to 100"
_TIME = (
    '"1998-04-23T12:00:00Z": expected no such header: '
    "MARQUEE_SIMULATED_TIME=true would allow requests to tell a time"
)
_WINDOW = '"now": expected one of all_time, trending'
EXAMPLES: Mapping[HTTPStatus, Mapping[str, Example]] = {
    HTTPStatus.BAD_REQUEST: {
        "no_json": _example(
            HTTPStatus.BAD_REQUEST,
            "the body is not JSON: unexpected character, expected a JSON value: "
            "line 1 column 1 (char 0)",
        ),
    },
    HTTPStatus.NOT_FOUND: {
        "movie": _example(
            HTTPStatus.NOT_FOUND,
            "movie 999999: not in the catalogue of ml-100k",
            {"id": 999999, "reason": "not_in_catalogue"},
        ),
        "user": _example(
            HTTPStatus.NOT_FOUND,
            "user 999999: not among the users of ml-100k",
            {"id": 999999, "reason": "unknown_user"},
        ),
    },
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: {
        "body": _example(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "the body is too large: expected at most 65536 bytes",
        ),
    },
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: {
        "text": _example(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            'Content-Type "text/plain": expected application/json',
        ),
    },
    HTTPStatus.UNPROCESSABLE_ENTITY: {
        "body": _example(HTTPStatus.UNPROCESSABLE_ENTITY, f"k: {_K}", {"json": {"k": [_K]}}),
        "query": _example(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"window: {_WINDOW}", {"query": {"window": [_WINDOW]}}
        ),
        "header": _example(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"X-Marquee-Time: {_TIME}",
            {"headers": {"X-Marquee-Time": [_TIME]}},
        ),
    },
    HTTPStatus.INTERNAL_SERVER_ERROR: {
        "defect": _example(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            f"the server failed; name request {REQUEST_ID} when you report it",
            {"request_id": REQUEST_ID},
        ),
    },
    HTTPStatus.SERVICE_UNAVAILABLE: {
        "no_model": _example(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "no model is loaded: there is none yet; `make up` makes one, served within seconds",
        ),
    },
}

REQUEST_ID_HEADER = "X-Request-ID"
RETRY_HEADER = "Retry-After"
HEADERS: Mapping[str, Mapping[str, Any]] = {
    REQUEST_ID_HEADER: {
        "description": "Names the request, in the log and in the request log.",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
        "example": REQUEST_ID,
    },
    RETRY_HEADER: {
        "description": "Seconds after which to ask again, where that is known.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 5,
    },
}
