"""Fields of answers, each with an example."""

from typing import Any

from marshmallow import Schema, fields

VERSION = "time_aware-c13c29eef5"
REQUEST_ID = "0b8c2a52-6c1f-4d1e-9a77-5a1c7d8f2e10"


def text(example: str | None, **options: Any) -> fields.String:
    """Describe a text."""
    return fields.String(required=True, metadata={"example": example}, **options)


def number(example: int | None, **options: Any) -> fields.Integer:
    """Describe a whole number."""
    return fields.Integer(required=True, metadata={"example": example}, **options)


def words(description: str, choices: tuple[str, ...], **options: Any) -> fields.String:
    """Describe one of a few words."""
    shown: list[str | None] = [*choices, None] if options.get("allow_none") else [*choices]
    metadata = {"example": choices[0], "enum": shown, "description": description}
    return fields.String(required=True, metadata=metadata, **options)


def listed(inner: Any, example: list[Any], description: str) -> fields.List[Any]:
    """Describe a list."""
    metadata = {"example": example, "description": description}
    return fields.List(inner, required=True, metadata=metadata)


def flag(example: bool, description: str) -> fields.Boolean:
    """Describe what is true or false."""
    return fields.Boolean(required=True, metadata={"example": example, "description": description})


class MovieFields(Schema):
    """A movie as every list shows it."""

    movie_id = number(50)
    title = text("Star Wars (1977)")
    year = number(1977, allow_none=True)
    genres = listed(fields.String(), ["Action", "Adventure"], "As the edition names them.")
