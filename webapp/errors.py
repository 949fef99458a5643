"""Every failure in one shape: ``code``, ``status``, ``message`` and, where it helps, ``errors``."""

from http import HTTPStatus
from typing import Any

import flask
import structlog
from flask_smorest import Api  # type: ignore[import-untyped]
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound

from webapp.answering import NotAnswerableError
from webapp.recommender.errors import MovieNotInCatalogue, MovieNotTrained, UnknownIdError
from webapp.request import current_request
from webapp.schemas.operations import Error
from webapp.simulated_time import SimulatedTimeError

_log = structlog.get_logger(__name__)
_Answer = tuple[dict[str, Any], int, dict[str, str]]


class MarqueeApi(Api):  # type: ignore[misc]
    """flask-smorest's API, whose errors all say what is wrong."""

    ERROR_SCHEMA = Error
    # Every error that can be expected is described where it is; a catch-all would hide one.
    DEFAULT_ERROR_RESPONSE_NAME = None

    def handle_http_exception(self, error: HTTPException) -> _Answer:
        """Answer of an HTTP error, whoever raised it."""
        headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
        code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR.value
        return _shaped(code, _message(error), _details(error)), code, headers


def register_errors(app: flask.Flask) -> None:
    """Answer what the views and the engine raise."""
    app.register_error_handler(ValidationError, _unprocessable)
    app.register_error_handler(UnknownIdError, _unknown_id)
    app.register_error_handler(NotAnswerableError, _not_answerable)


def log_exception(failure: Any) -> None:
    """Log a defect with the id that the answer names; nothing of it leaves the process."""
    request = current_request()
    _log.error(
        "request failed",
        request_id=request.request_id,
        method=request.method,
        path=request.path,
        exc_info=failure,
    )


def _unprocessable(error: ValidationError) -> _Answer:
    place = "query" if current_request().method in {"GET", "HEAD"} else "json"
    if isinstance(error, SimulatedTimeError):
        place = "headers"
    code = HTTPStatus.UNPROCESSABLE_ENTITY.value
    fields = error.normalized_messages()  # type: ignore[no-untyped-call]
    return _shaped(code, _first_of(fields), {place: fields}), code, {}


def _unknown_id(error: UnknownIdError) -> _Answer:
    if isinstance(error, MovieNotInCatalogue | MovieNotTrained):
        current_request().unknown_movie_id = error.number
    code = HTTPStatus.NOT_FOUND.value
    return _shaped(code, error.message, {"id": error.number, "reason": error.reason}), code, {}


def _not_answerable(error: NotAnswerableError) -> _Answer:
    current_request().asked = error.asked
    return _unknown_id(error.reason)


def _shaped(code: int, message: str, errors: dict[str, Any] | None) -> dict[str, Any]:
    plain = {"code": code, "status": HTTPStatus(code).phrase, "message": message}
    return {**plain, "errors": errors} if errors else plain


def _message(error: HTTPException) -> str:
    request = current_request()
    if isinstance(error, NotFound) and request.url_rule is None:
        return f"{request.path}: no such path; /docs lists what there is"
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        return f"{request.method} {request.path}: expected one of {allowed}"
    if isinstance(error, InternalServerError):
        return f"the server failed; name request {request.request_id} when you report it"
    return error.description or HTTPStatus(error.code or 500).phrase


def _details(error: HTTPException) -> dict[str, Any] | None:
    if isinstance(error, InternalServerError):
        return {"request_id": current_request().request_id}
    return None


def _first_of(fields: Any, path: str = "") -> str:
    """Message of the first field that is wrong, with its path."""
    if isinstance(fields, dict):
        name, within = next(iter(fields.items()))
        shown = "" if name == "_schema" else str(name)
        return _first_of(within, f"{path}.{shown}" if path and shown else path or shown)
    return f"{path}: {fields[0]}" if path else str(fields[0])
