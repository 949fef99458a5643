"""``/popular``."""

import flask

from webapp.request import current_request
from webapp.resources.blueprint import OF_QUERY, Blueprint
from webapp.responses import ranked_response
from webapp.schemas.rankings import PopularAnswer
from webapp.service import Service


def popular_blueprint(service: Service) -> Blueprint:
    """Answer what most people like."""
    blueprint = Blueprint("popular", __name__, description="What most people like.")
    serving = service.serving_logged

    @blueprint.endpoint(
        "GET",
        "/popular",
        PopularAnswer,
        *OF_QUERY,
        query=service.readers.popular.schema,
    )
    def popular() -> flask.Response:
        """List popular movies, of all time or of late."""
        return ranked_response(serving().answers.popular(current_request().query_string))

    return blueprint
