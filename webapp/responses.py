"""Answers as HTTP responses."""

from typing import Any

import orjson

from webapp.flask_app import Response
from webapp.ranked_answer import RankedAnswer
from webapp.request import current_request

_JSON = "application/json"


def json_response(content: Any) -> Response:
    """Response of anything that orjson encodes, dataclasses included."""
    return Response(orjson.dumps(content), content_type=_JSON)


def ranked_response(answer: RankedAnswer) -> Response:
    """Response of a ranking, which will be logged under the id of the request."""
    request = current_request()
    request.rankings = ((request.request_id, answer),)
    return Response(answer.body(request.request_id), content_type=_JSON)
