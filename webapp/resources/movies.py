"""``/movies``, ``/movies/{movie_id}``, ``/movies/search`` and ``/genres``."""

from http import HTTPStatus

import flask

from webapp.paths import MOVIE_ID
from webapp.questions import filters_of, with_filters
from webapp.recommender.questions import MoviesQuestion, SearchQuestion
from webapp.request import current_request
from webapp.resources.blueprint import OF_QUERY, Blueprint
from webapp.responses import json_response
from webapp.schemas.lookups import GenresAnswer, MovieAnswer, MoviesAnswer, SearchAnswer
from webapp.service import Service


def movies_blueprint(service: Service) -> Blueprint:
    """Look up the edition's movies."""
    blueprint = Blueprint("movies", __name__, description="The edition's movies.")
    readers, serving = service.readers, service.serving

    @blueprint.endpoint("GET", "/movies", MoviesAnswer, *OF_QUERY, query=readers.movies.schema)
    def movies() -> flask.Response:
        """List movies, page by page."""
        current = serving()
        loaded = readers.movies(current_request().query_string)
        current.answers.genres.check_one(loaded)
        asked = with_filters(loaded)
        question = MoviesQuestion(
            filters_of(asked), asked["order"], asked["offset"], asked["limit"]
        )
        return json_response(current.engine.movies(question))

    @blueprint.endpoint(
        "GET", "/movies/search", SearchAnswer, *OF_QUERY, query=readers.search.schema
    )
    def search() -> flask.Response:
        """Find movies by title, whatever the typing errors, accents and articles."""
        asked = readers.search(current_request().query_string)
        found = serving().engine.search(SearchQuestion(asked["q"], asked["limit"]))
        return json_response({"movies": found})

    @blueprint.endpoint(
        "GET",
        "/movies/<id:movie_id>",
        MovieAnswer,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.SERVICE_UNAVAILABLE,
        parameters=[MOVIE_ID],
    )
    def movie(movie_id: int) -> flask.Response:
        """Show everything that is known of a movie."""
        return json_response(serving().engine.movie(movie_id))

    @blueprint.endpoint("GET", "/genres", GenresAnswer, HTTPStatus.SERVICE_UNAVAILABLE)
    def genres() -> flask.Response:
        """List the genres."""
        return json_response({"genres": serving().engine.genres()})

    return blueprint
