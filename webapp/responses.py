"""Answers as HTTP responses."""

from typing import Any

import flask
import orjson

from webapp.ranked_answer import RankedAnswer
from webapp.request import current_request


def json_response(content: Any) -> flask.Response:
    """Response of anything that orjson encodes, dataclasses included."""
    return flask.Response(orjson.dumps(content), mimetype="application/json")


def ranked_response(answer: RankedAnswer) -> flask.Response:
    """Response of a ranking, which will be logged under the id of the request."""
    request = current_request()
    request.rankings = ((request.request_id, answer),)
    return flask.Response(answer.body(request.request_id), mimetype="application/json")
