"""``/similar``."""

from http import HTTPStatus

import flask

from webapp.request import current_request
from webapp.resources.blueprint import OF_BODY, Blueprint
from webapp.responses import ranked_response
from webapp.schemas.rankings import SimilarAnswer
from webapp.service import Service


def similar_blueprint(service: Service) -> Blueprint:
    """Answer with movies like others."""
    blueprint = Blueprint("similar", __name__, description="Movies like others.")
    serving = service.serving_logged

    @blueprint.endpoint(
        "POST",
        "/similar",
        SimilarAnswer,
        *OF_BODY,
        HTTPStatus.NOT_FOUND,
        body=service.readers.similar.schema,
    )
    def similar() -> flask.Response:
        """Find movies like one movie, or like several taken together.

        A movie that is not in the catalogue, or that the model was never trained on, is a 404
        whose `reason` says which.
        """
        return ranked_response(serving().answers.similar(current_request().json_body()))

    return blueprint
