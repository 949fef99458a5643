"""One request on its way: its id, its clock, and what is to be logged of it."""

from collections.abc import Sequence
from functools import lru_cache
from time import perf_counter
from types import MappingProxyType
from typing import Any

import flask
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from webapp.headers import REQUEST_ID
from webapp.questions import Asked
from webapp.ranked_answer import RankedAnswer
from webapp.schemas.showing import shown

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
    asked : mapping
        What was asked, where it could be read and yet not be answered; to be logged.
    simulated_at : float or None
        Time that it told instead of the clock's, in seconds since the epoch; to be logged.
    """

    rankings: Sequence[tuple[str, RankedAnswer]] = ()
    unknown_movie_id: int | None = None
    asked: Asked = MappingProxyType({})
    simulated_at: float | None = None

    def __init__(self, environ: dict[str, Any], *arguments: Any, **options: Any) -> None:
        self.started = perf_counter()
        self.request_id: str = environ[REQUEST_ID]
        super().__init__(environ, *arguments, **options)

    @property
    def blueprints(self) -> list[str]:
        """Names of the blueprints that the view belongs to, the innermost first."""
        rule = self.url_rule
        return [] if rule is None else _blueprints_of(rule.endpoint)

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
        if self.environ.get("CONTENT_TYPE") != _JSON and not self.is_json:
            given = shown(self.environ.get("CONTENT_TYPE", ""))
            raise UnsupportedMediaType(f"Content-Type {given}: expected {_JSON}")
        return self._read_body()

    def _read_body(self) -> bytes:
        # In one go: Werkzeug's streams, made for uploads, take longer than a recommendation.
        limit, given = self.max_content_length or 0, self.environ.get("CONTENT_LENGTH", "")
        declared = int(given) if given.isdecimal() else None
        if declared is None and "wsgi.input_terminated" not in self.environ:
            return b""
        wanted = limit + 1 if declared is None else declared
        body: bytes = self.environ["wsgi.input"].read(min(wanted, limit + 1))
        if len(body) > limit:
            raise RequestEntityTooLarge(f"the body is too large: expected at most {limit} bytes")
        if declared is not None and len(body) < declared:
            raise BadRequest(f"the body ended after {len(body)} of {declared} bytes")
        return body


@lru_cache
def _blueprints_of(endpoint: str) -> list[str]:
    # Flask splits the name anew each time that it looks for hooks, thrice a request.
    parts = endpoint.split(".")[:-1]
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def current_request() -> Request:
    """Request that this thread answers."""
    request: Request = flask.request._get_current_object()  # type: ignore[attr-defined]
    return request
