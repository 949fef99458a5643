"""Headers of every response: its request id, and what browsers may do with it."""

from collections.abc import Callable, Iterable
from typing import Any

from webapp.request_ids import new_request_id

REQUEST_ID = "marquee.request_id"
_SHARED = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
)
_POLICY = "Content-Security-Policy"
_OF_ANSWERS = (
    *_SHARED,
    (_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
)
# Swagger UI's own files and nothing from elsewhere; it sets style attributes and inline images.
_OF_DOCS = (
    *_SHARED,
    (
        _POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
    ),
)
_Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class ResponseHeaders:
    """WSGI middleware that names every request and adds headers to its response.

    Around Flask and not in it, because there each header costs a microsecond.

    Parameters
    ----------
    application : WSGI application
    docs : str
        Path under which the pages for people lie.
    """

    def __init__(self, application: _Application, docs: str) -> None:
        self._application, self._docs = application, docs

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        request_id = environ[REQUEST_ID] = new_request_id()
        added = _OF_DOCS if environ["PATH_INFO"].startswith(self._docs) else _OF_ANSWERS

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            named = [*headers, ("X-Request-ID", request_id), *added]
            return start_response(status, named, *failure)

        return self._application(environ, start)
