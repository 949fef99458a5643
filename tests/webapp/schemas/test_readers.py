"""Query strings are read as `urllib.parse.parse_qsl` reads them, numbers included."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from webapp.schemas.readers import QueryParser, Readers

SCHEMA = Readers(max_k=100).popular.schema
PARSE = QueryParser(SCHEMA)


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=8), max_size=5))
def test_a_query_is_read_as_it_was_written(parameters):
    assert PARSE(urlencode(parameters).encode()) == parameters


@given(st.text(alphabet="ab=&+%41", max_size=12))
def test_any_query_is_read_as_the_library_reads_it(query):
    expected = parse_qsl(query, keep_blank_values=True)
    if len({name for name, _ in expected}) < len(expected):
        with pytest.raises(ValidationError):
            PARSE(query.encode())
    else:
        assert PARSE(query.encode()) == dict(expected)


def test_only_what_is_to_be_a_number_becomes_one():
    assert PARSE(b"k=10&genre=1999&year_min=1980") == {
        "k": 10,
        "genre": "1999",
        "year_min": 1980,
    }


@pytest.mark.parametrize("text", ["-1", "1.0", "1e3", "\u0661", "\u00b2", "9" * 5000, ""])
def test_what_is_no_plain_number_stays_a_text(text):
    assert PARSE(urlencode({"k": text}).encode()) == {"k": text}
