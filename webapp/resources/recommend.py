"""``/recommend`` and ``/recommend/batch``."""

import flask

from webapp.request import current_request
from webapp.request_ids import new_request_id
from webapp.resources.blueprint import OF_BODY, Blueprint
from webapp.responses import ranked_response
from webapp.schemas.rankings import BatchAnswer, RecommendAnswer
from webapp.service import Service


def recommend_blueprint(service: Service) -> Blueprint:
    """Answer with movies for one person, or for many at once."""
    blueprint = Blueprint("recommend", __name__, description="Movies for a person.")
    serving = service.serving_logged

    @blueprint.endpoint(
        "POST", "/recommend", RecommendAnswer, *OF_BODY, body=service.readers.recommend.schema
    )
    def recommend() -> flask.Response:
        """Recommend movies to a person.

        A user of the edition gets a list of their own. Anybody else gets one from `seed_movie_ids`
        and `seed_genres`, or, without them, popular movies, and `fallback_reason` says why.
        Filters and seen movies are left out before the best are chosen, so `k` movies come back
        wherever `k` are left.
        """
        return ranked_response(serving().answers.recommend(current_request().json_body()))

    @blueprint.endpoint(
        "POST", "/recommend/batch", BatchAnswer, *OF_BODY, body=service.readers.batch.schema
    )
    def recommend_batch() -> flask.Response:
        """Recommend movies to up to 1,000 users.

        Each answer equals that of `/recommend`, has a request id of its own and is logged by
        itself.
        """
        current = serving()
        answers = current.answers.batch(current_request().json_body())
        named = [(new_request_id(), answer) for answer in answers]
        current_request().rankings = named
        content = b'{"model_version":"%b","answers":[%b]}' % (
            current.engine.model_version.encode(),
            b",".join([answer.body(request_id) for request_id, answer in named]),
        )
        return flask.Response(content, mimetype="application/json")

    return blueprint
