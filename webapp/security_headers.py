"""Headers that tell browsers what the answers may be used for: nothing but being read."""

from collections.abc import Callable, Iterable
from typing import Any

_SHARED = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
]
_POLICY = "Content-Security-Policy"
_ANSWERS = [
    *_SHARED,
    (_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
]
# Swagger UI's own files and nothing from elsewhere; it sets style attributes and inline images.
_DOCS = [
    *_SHARED,
    (
        _POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
    ),
    ("Cache-Control", "max-age=3600"),
]
_Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class SecurityHeaders:
    """WSGI middleware that adds them to every response.

    Outside Flask, because there each one costs a microsecond, and errors of Flask's own
    would go without.

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
        added = _DOCS if environ["PATH_INFO"].startswith(self._docs) else _ANSWERS

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            return start_response(status, headers + added, *failure)

        return self._application(environ, start)
