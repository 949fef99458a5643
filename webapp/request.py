"""One request on its way: its id, its clock, and what is to be logged of it."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import flask
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from webapp.headers import REQUEST_ID
from webapp.ranked_answer import RankedAnswer
from webapp.schemas.fields import shown

_JSON = "application/json"


class Request(flask.Request):
    """A request, with what belongs to it alone.

    Attributes
    ----------
    request_id : str
        Sent back in ``X-Request-ID``.
    started : float
        On the performance counter, in seconds.
    rankings : sequence of (str, RankedAnswer)
        What was answered, under which request id; to be logged.
    unknown_movie_id : int or None
        Why it could not be answered; to be logged.
    """

    rankings: Sequence[tuple[str, RankedAnswer]] = ()
    unknown_movie_id: int | None = None

    def __init__(self, environ: dict[str, Any], *arguments: Any, **options: Any) -> None:
        self.started = perf_counter()
        self.request_id: str = environ[REQUEST_ID]
        super().__init__(environ, *arguments, **options)

    def json_body(self) -> bytes:
        """Read the body; it is not parsed.

        Raises
        ------
        BadRequest
            It ended early.
        RequestEntityTooLarge
        UnsupportedMediaType
            It does not claim to be JSON.
        """
        environ = self.environ
        if environ.get("CONTENT_TYPE") != _JSON and not self.is_json:
            given = shown(environ.get("CONTENT_TYPE", ""))
            raise UnsupportedMediaType(f"Content-Type {given}: expected {_JSON}")
        length = environ.get("CONTENT_LENGTH", "")
        if not (length.isascii() and length.isdigit()):
            return self.get_data()
        # Of a known length, a body can be read in one go, without Werkzeug's streams around it.
        size, limit = int(length), self.max_content_length
        if limit is not None and size > limit:
            raise RequestEntityTooLarge(f"the body has {size} bytes: expected at most {limit}")
        body: bytes = environ["wsgi.input"].read(size)
        if len(body) < size:
            raise BadRequest(f"the body ended after {len(body)} of {size} bytes")
        return body


def current_request() -> Request:
    """Request that this thread answers."""
    request: Request = flask.request._get_current_object()  # type: ignore[attr-defined]
    return request
