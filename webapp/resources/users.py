"""``/users/{user_id}/history``."""

from http import HTTPStatus

import flask

from webapp.paths import USER_ID
from webapp.recommender.questions import HistoryQuestion
from webapp.request import current_request
from webapp.resources.blueprint import OF_QUERY, Blueprint
from webapp.responses import json_response
from webapp.schemas.lookups import HistoryAnswer
from webapp.service import Service


def users_blueprint(service: Service) -> Blueprint:
    """Look up the edition's users."""
    blueprint = Blueprint("users", __name__, description="The edition's users.")
    read, serving = service.readers.history, service.serving

    @blueprint.endpoint(
        "GET",
        "/users/<id:user_id>/history",
        HistoryAnswer,
        *OF_QUERY,
        HTTPStatus.NOT_FOUND,
        query=read.schema,
        parameters=[USER_ID],
    )
    def history(user_id: int) -> flask.Response:
        """List what a user has rated, the newest first."""
        asked = read(current_request().query_string)
        question = HistoryQuestion(user_id, asked["offset"], asked["limit"])
        return json_response(serving().engine.history(question))

    return blueprint
