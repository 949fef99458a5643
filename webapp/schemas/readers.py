"""From the bytes of a request to its loaded form, one reader for each kind of request."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson
from marshmallow import ValidationError
from werkzeug.exceptions import BadRequest

from webapp.schemas import requests
from webapp.schemas.fields import WholeNumber
from webapp.schemas.loading import Loaded, Question, quick_loader

_MOST_PARAMETERS = 50
# More than any number within bounds has; Python refuses to read thousands.
_MOST_DIGITS = 18


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
        self.popular = _query_reader(requests.popular_query(max_k))
        self.movies = _query_reader(requests.MoviesQuery())
        self.search = _query_reader(requests.SearchQuery())
        self.history = _query_reader(requests.PageQuery())


def _query_reader(schema: Question) -> Reader:
    return Reader(schema, QueryParser(schema))


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


class QueryParser:
    """Parses query strings, in which whole numbers are texts too.

    Parameters
    ----------
    schema : Question
        Says which parameters are numbers.
    """

    def __init__(self, schema: Question) -> None:
        self._numbers = [
            name for name, field in schema.fields.items() if isinstance(field, WholeNumber)
        ]

    def __call__(self, query: bytes) -> dict[str, Any]:
        """Parse the part of the address after the question mark.

        Raises
        ------
        ValidationError
            A parameter is given twice, or there are too many.
        """
        pairs = _pairs(query.decode("utf-8", "replace"))
        parameters: dict[str, Any] = dict(pairs)
        if len(parameters) < len(pairs):
            names = [name for name, _ in pairs]
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ValidationError({name: ["given twice: expected once"] for name in twice})
        for name in self._numbers:
            text = parameters.get(name, "")
            if text.isdigit() and text.isascii() and len(text) <= _MOST_DIGITS:
                parameters[name] = int(text)
        return parameters


def _pairs(query: str) -> Sequence[tuple[str, str]]:
    if not query:
        return ()
    if "%" not in query and "+" not in query:
        parts = query.split("&", _MOST_PARAMETERS)
        pairs = [
            (name, value) for name, _, value in (part.partition("=") for part in parts if part)
        ]
        if len(pairs) <= _MOST_PARAMETERS:
            return pairs
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError as error:
        raise ValidationError(f"expected at most {_MOST_PARAMETERS} parameters") from error
