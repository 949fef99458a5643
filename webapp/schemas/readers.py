"""From the bytes of a request to its loaded form, one reader for each kind of request."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from marshmallow import ValidationError
from werkzeug.exceptions import BadRequest

from webapp.schemas import requests
from webapp.schemas.loading import Loaded, Question, quick_loader

_MOST_PARAMETERS = 50


class Reader:
    """Reads one kind of request.

    Parameters
    ----------
    schema : Question
        Also documents the request.
    parse : callable
        From bytes to what the schema loads.

    Attributes
    ----------
    schema : Question
    """

    def __init__(self, schema: Question, parse: Callable[[bytes], Any]) -> None:
        self.schema = schema
        self._parse = parse
        self._load = quick_loader(schema)

    def __call__(self, content: bytes) -> Loaded:
        """Load the content of a request.

        Raises
        ------
        BadRequest
            It cannot be parsed.
        ValidationError
            By field: the value, and what was expected.
        """
        return self._load(self._parse(content))


class Readers:
    """A reader for every kind of request.

    Parameters
    ----------
    max_k : int
        Longest list that may be asked for.
    """

    def __init__(self, max_k: int) -> None:
        self.recommend = Reader(requests.recommend_request(max_k), parse_json)
        self.batch = Reader(requests.batch_request(max_k), parse_json)
        self.similar = Reader(requests.similar_request(max_k), parse_json)
        self.popular = Reader(requests.popular_query(max_k), parse_query)
        self.movies = Reader(requests.MoviesQuery(), parse_query)
        self.search = Reader(requests.SearchQuery(), parse_query)
        self.history = Reader(requests.PageQuery(), parse_query)


def parse_json(body: bytes) -> Any:
    """Parse a body.

    Raises
    ------
    BadRequest
        It is not JSON; says where.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"the body is not JSON: {error}") from error


def parse_query(query: bytes) -> Mapping[str, str]:
    """Parse a query string.

    Raises
    ------
    ValidationError
        A parameter is given twice, or there are too many.
    """
    try:
        pairs = parse_qsl(
            query.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS
        )
    except ValueError as error:
        raise ValidationError(f"expected at most {_MOST_PARAMETERS} parameters") from error
    parameters = dict(pairs)
    if len(parameters) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValidationError({name: ["given twice: expected once"] for name in twice})
    return parameters
