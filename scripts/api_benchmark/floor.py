"""``python -m scripts.api_benchmark.floor``: the API as it is, and an empty endpoint beside it."""

import flask

from warehouse.settings import Settings
from webapp.app import create_app
from webapp.server import serve
from webapp.service import Surroundings

_EMPTY = b"{}"


def create_floor(settings: Settings, surroundings: Surroundings | None = None) -> flask.Flask:
    """Make the application with ``GET /benchmark/floor``, which answers ``{}``."""
    app = create_app(settings, surroundings)

    @app.get("/benchmark/floor")
    def floor() -> flask.Response:
        return flask.Response(_EMPTY, mimetype="application/json")

    return app


if __name__ == "__main__":
    serve(Settings.from_environment(), "scripts.api_benchmark.floor:create_floor")
