"""Blueprints of the API: each view with its path and its place in the OpenAPI document."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

import flask_smorest  # type: ignore[import-untyped]
import marshmallow

# What can be wrong with a request that has a body, and with one that has a query.
OF_BODY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
OF_QUERY = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
_View = TypeVar("_View", bound=Callable[..., Any])


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """flask-smorest's blueprint, whose decorators describe a view without wrapping it.

    Those of flask-smorest also load what comes in and dump what goes out. Our
    views do both themselves, several times faster, so only what the decorators
    note down is kept, and every call is spared their layers.
    """

    def endpoint(
        self,
        method: str,
        path: str,
        answer: type[marshmallow.Schema] | dict[str, Any],
        *failures: HTTPStatus,
        **described: Any,
    ) -> Callable[[_View], _View]:
        """Answer ``method path`` with the decorated view.

        Parameters
        ----------
        method, path : str
        answer : Schema class or dict
            Of the answer with status 200; in JSON Schema where that is a text.
        failures : HTTPStatus
            Errors that can be expected, besides a failure of the server.
        described
            ``body`` or ``query``, the Schema of the request; ``parameters`` of
            the path; ``content_type`` of the answer, JSON by default, and an
            ``example`` of it where the schema has none.
        """
        layers = self._layers(answer, failures, described)
        parameters = described.get("parameters")

        def register(view: _View) -> _View:
            layered: Any = view
            for layer in layers:
                layered = layer(layered)
            view._apidoc = layered._apidoc  # type: ignore[attr-defined]
            self.add_url_rule(path, view_func=view, methods=[method], parameters=parameters)
            return view

        return register

    def _layers(
        self,
        answer: type[marshmallow.Schema] | dict[str, Any],
        failures: tuple[HTTPStatus, ...],
        described: dict[str, Any],
    ) -> list[Callable[[Any], Any]]:
        kind, example = described.get("content_type"), described.get("example")
        layers = [self.response(200, answer, content_type=kind, example=example)]
        layers += [
            self.alt_response(code.value, response=code.name)
            for code in (*failures, HTTPStatus.INTERNAL_SERVER_ERROR)
        ]
        if "body" in described:
            content = {"application/json": {"schema": described["body"]}}
            layers.append(self.doc(requestBody={"required": True, "content": content}))
        if "query" in described:
            layers.append(self.doc(parameters=[{"in": "query", "schema": described["query"]}]))
        return layers
