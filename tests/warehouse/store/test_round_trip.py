from collections.abc import Callable
from dataclasses import asdict, fields

import numpy as np
import pytest
from sqlalchemy import Engine, inspect, select

from warehouse.store.engine import reading
from warehouse.store.insertion import insert_records
from warehouse.store.reading import find_request, recent
from warehouse.store.record import COLUMNS, RequestRecord
from warehouse.store.tables import REQUEST_LOGS

MakeRecord = Callable[..., RequestRecord]


def test_the_fields_of_a_record_are_the_columns_of_the_table() -> None:
    assert list(COLUMNS) == [column.name for column in REQUEST_LOGS.columns]


def test_every_field_comes_back_as_it_was(engine: Engine, make_record: MakeRecord) -> None:
    full = make_record(
        1,
        user_id=2**40,
        is_fallback=True,
        fallback_reason="unknown_user",
        filters={"genres": ["Film-Noir", "Комедия"], "year_max": 1999},
        unknown_movie_id=2**40 + 1,
        propensities=[0.5, 0.25, 0.125],
        is_simulated=True,
        greedy=[50, 1, 181],
    )

    insert_records(engine, [full])
    found = find_request(engine, full.request_id)

    assert found is not None
    assert asdict(found) == asdict(full)
    assert {name: type(value) for name, value in asdict(found).items()} == {
        name: type(value) for name, value in asdict(full).items()
    }


def test_what_is_none_comes_back_as_none(engine: Engine, make_record: MakeRecord) -> None:
    required = {
        *("request_id", "timestamp", "endpoint", "latency_ms", "status", "worker"),
        "is_simulated",
    }
    optional = {field.name for field in fields(RequestRecord)} - required
    bare = make_record(1, **dict.fromkeys(optional))

    insert_records(engine, [bare])

    assert find_request(engine, bare.request_id) == bare


def test_arrays_come_back_as_lists_of_the_same_numbers(
    engine: Engine, make_record: MakeRecord
) -> None:
    scores = np.array([0.1, 1 / 3, 2e-8], dtype=np.float32)
    movies = np.array([3, 2, 1], dtype=np.int32)

    insert_records(engine, [make_record(1, scores=scores, recommendations=movies)])
    [found] = recent(engine, 1)

    assert found.recommendations == [3, 2, 1]
    assert np.array_equal(np.array(found.scores, dtype=np.float32), scores)


def test_an_instant_is_kept_in_utc_to_the_microsecond(
    engine: Engine, make_record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    insert_records(engine, [make_record(1, timestamp=951_782_399.000001)])

    with reading(engine) as connection:
        stored = connection.execute(select(REQUEST_LOGS.c.timestamp)).scalar_one()

    assert stored.isoformat() == "2000-02-28T23:59:59.000001"
    assert recent(engine, 1)[0].timestamp == 951_782_399.000001


def test_the_latest_come_first(engine: Engine, make_record: MakeRecord) -> None:
    insert_records(engine, [make_record(n, timestamp=float(n)) for n in (3, 1, 4, 2)])

    assert [record.timestamp for record in recent(engine, 3)] == [4, 3, 2]


def test_an_id_that_is_not_there_is_none(engine: Engine, make_record: MakeRecord) -> None:
    assert find_request(engine, make_record(1).request_id) is None


def test_every_column_has_a_type_that_duckdb_can_read(engine: Engine) -> None:
    """Of DuckDB's rules for SQLite: no BLOB, no BOOLEAN (it takes that for text), no NUMERIC."""
    types = {
        column["name"]: str(column["type"])
        for column in inspect(engine).get_columns("request_logs")
    }

    expected = {
        "sqlite": {
            "timestamp": "TIMESTAMP",
            "is_fallback": "INTEGER",
            "is_simulated": "INTEGER",
            "latency_ms": "DOUBLE",
        },
        "postgresql": {
            "timestamp": "TIMESTAMP",
            "is_fallback": "BOOLEAN",
            "is_simulated": "BOOLEAN",
            "latency_ms": "DOUBLE PRECISION",
        },
    }[engine.dialect.name]
    assert {name: types[name] for name in expected} == expected
    assert {types[name] for name in types if name not in expected} == {
        "VARCHAR(36)",
        "BIGINT",
        "INTEGER",
        "TEXT",
    }
