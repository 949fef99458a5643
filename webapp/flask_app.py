"""Flask without what this API has no use for: a third of the time that an answer takes otherwise.

Nothing of Flask's is replaced that an extension or a view could miss: hooks,
error handlers, blueprints, ``url_for``, the test client all work as documented.
"""

from collections.abc import Callable, Iterable
from typing import Any

import flask
from werkzeug.routing import MapAdapter

from webapp import errors
from webapp.request import Request


class Response(flask.Response):
    """A response that hands a complete body over as it is.

    Werkzeug otherwise copies the headers to mend them for redirects and for
    statuses without a body, and wraps the body in an iterator, which a server
    must send piece by piece.
    """

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer as a WSGI application."""
        is_complete = self.status_code == 200 and type(self.response) is list
        if not is_complete or environ["REQUEST_METHOD"] == "HEAD":
            return super().__call__(environ, start_response)
        start_response(self.status, self.headers.to_wsgi_list())
        return self.response  # type: ignore[return-value]


class MarqueeFlask(flask.Flask):
    """Flask for synchronous views on any host."""

    request_class = Request
    response_class = Response

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the view as it is: none of ours is a coroutine, and asking each time costs."""
        return func

    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        """Prepare to match the path, which is all that our routes look at."""
        if request is None:
            return super().create_url_adapter(request)
        environ = request.environ
        return MapAdapter(
            self.url_map,
            environ.get("HTTP_HOST") or environ["SERVER_NAME"],
            environ.get("SCRIPT_NAME") or "/",
            "",
            request.scheme,
            request.path,
            request.method,
        )

    def log_exception(self, exc_info: Any) -> None:
        """Log the exception that a request ended with."""
        errors.log_exception(exc_info)
