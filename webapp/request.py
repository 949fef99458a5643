"""One request on its way: its id, its clock, and what is to be logged of it."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import flask
from werkzeug.exceptions import UnsupportedMediaType

from webapp.ranked_answer import RankedAnswer
from webapp.request_ids import new_request_id
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

    def __init__(self, environ: Any, *arguments: Any, **options: Any) -> None:
        self.started = perf_counter()
        self.request_id = new_request_id()
        super().__init__(environ, *arguments, **options)

    def json_body(self) -> bytes:
        """Body, not parsed.

        Raises
        ------
        UnsupportedMediaType
            It does not claim to be JSON.
        RequestEntityTooLarge
        """
        if self.environ.get("CONTENT_TYPE") != _JSON and not self.is_json:
            given = shown(self.environ.get("CONTENT_TYPE", ""))
            raise UnsupportedMediaType(f"Content-Type {given}: expected {_JSON}")
        return self.get_data()


def current_request() -> Request:
    """Request that this thread answers."""
    request: Request = flask.request._get_current_object()  # type: ignore[attr-defined]
    return request
