"""Ids in paths."""

from typing import Any

from werkzeug.routing import IntegerConverter

from webapp.schemas.fields import LARGEST_ID


class IdConverter(IntegerConverter):
    """Id of a movie or a user; anything longer than an id can be is another path, and a 404."""

    regex = "[0-9]{1,10}"


def id_schema(_converter: IdConverter) -> dict[str, Any]:
    """JSON Schema of an id in a path."""
    return {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}


def _parameter(name: str, example: int, description: str) -> dict[str, Any]:
    return {"in": "path", "name": name, "example": example, "description": description}


MOVIE_ID = _parameter("movie_id", 50, "As the edition numbers its movies.")
USER_ID = _parameter("user_id", 42, "As the edition numbers its users.")
