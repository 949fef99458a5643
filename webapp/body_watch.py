"""How long the application's thread has waited for the body of a request."""

import time
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication


class BodyWatch:
    """A WSGI application around another one that a single thread calls.

    Granian hands a request on before its body is there, and reads without a
    limit of time: a client that never sends the rest would hold that thread
    for ever. Whoever asks `waiting_seconds` can do something about it.

    Parameters
    ----------
    application : WSGI application
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self.since: float | None = None

    def waiting_seconds(self) -> float:
        """How long the thread has waited for the body it reads now; 0 if it reads none."""
        since = self.since
        return 0.0 if since is None else time.monotonic() - since

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request as the application does."""
        if environ["REQUEST_METHOD"] == "POST":
            environ["wsgi.input"] = _Watched(environ["wsgi.input"], self)
        return self._application(environ, start_response)


class _Watched:
    __slots__ = ("_body", "_watch")

    def __init__(self, body: Any, watch: BodyWatch) -> None:
        self._body, self._watch = body, watch

    def read(self, *size: int) -> bytes:
        self._watch.since = time.monotonic()
        try:
            data: bytes = self._body.read(*size)
            return data
        finally:
            self._watch.since = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)
