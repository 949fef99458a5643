"""The quick way to load agrees with marshmallow, whatever comes."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from marshmallow import ValidationError

from webapp.schemas.readers import Readers

READERS = Readers(max_k=100)
SCHEMAS = {
    name: getattr(READERS, name).schema
    for name in ("recommend", "batch", "similar", "popular", "movies", "search", "history")
}
NAMES = sorted({field for schema in SCHEMAS.values() for field in schema.fields})
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 2**33)
    | st.floats(allow_nan=False)
    | st.sampled_from([1.0, "Drama", "trending", "year", ""])
    | st.text(max_size=70)
)
FILTERS = st.dictionaries(
    st.sampled_from(["genres", "year_min", "year_max", "other"]),
    LEAVES | st.lists(LEAVES, max_size=3),
    max_size=3,
)
REQUESTS = st.dictionaries(
    st.sampled_from([*NAMES, "other"]), LEAVES | st.lists(LEAVES, max_size=4) | FILTERS, max_size=4
)


def outcome(load, request):
    try:
        return load(request), None
    except ValidationError as error:
        return None, error.messages


@pytest.mark.parametrize("name", SCHEMAS)
@given(request=REQUESTS | LEAVES | st.lists(LEAVES, max_size=2))
@example(request={"user_id": 7, "k": 5, "filters": {"genres": ["Drama"], "year_min": None}})
@example(request={"user_ids": [1, 2.0], "exclude_seen": False})
@example(request={"user_id": 1.0, "k": 10.0, "seed_movie_ids": [1.0]})
def test_loading_quickly_is_loading(name, request):
    loads = getattr(READERS, name)._load
    assert outcome(loads, request) == outcome(SCHEMAS[name].load, request)


def test_what_was_loaded_is_not_shared_with_the_next_request():
    first = READERS.recommend(b'{"user_id": 1}')
    first["k"] = 99
    assert READERS.recommend(b'{"user_id": 1}')["k"] == 10
