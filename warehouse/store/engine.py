"""Opening the store: one engine for SQLite and PostgreSQL alike, one door for reads and writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    NoSuchModuleError,
    ProgrammingError,
    SQLAlchemyError,
)

from warehouse.errors import StoreError

_CONNECT_SECONDS = 5
_SECRETS = ("password", "sslpassword", "passfile")


def open_engine(url: str, busy_seconds: float = 5.0) -> Engine:
    """Make the engine of a store. Nothing is opened before its first use.

    Parameters
    ----------
    url : str
        SQLAlchemy address of a SQLite file or a PostgreSQL database.
    busy_seconds : float
        How long a statement waits while another program holds the SQLite file,
        or the PostgreSQL table, that it needs.

    Raises
    ------
    StoreError
        The address cannot be used.
    """
    address = _address(url)
    try:
        if address.get_backend_name() == "postgresql":
            engine = create_engine(
                address,
                pool_size=2,
                pool_pre_ping=True,
                connect_args={"connect_timeout": _CONNECT_SECONDS},
            )
            event.listen(engine, "connect", partial(_prepare_postgresql, busy_seconds))
            return engine
        engine = create_engine(address, connect_args={"timeout": busy_seconds})
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError(f"the store {described(address)} cannot be opened: {error}") from error
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Transaction that may write, committed where the block ends well.

    On SQLite it holds the write lock from its start: a transaction that reads
    first and writes later fails at once where another one wrote in between.

    Raises
    ------
    StoreError
        The store cannot be reached, or does not take what is written.
    """
    with _as_store_error(engine, "written"), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Transaction that only reads, and waits for no writer.

    Raises
    ------
    StoreError
        The store cannot be reached or read.
    """
    reader = engine.execution_options(store_read_only=True)
    with _as_store_error(engine, "read"), reader.begin() as connection:
        yield connection


def described(url: URL) -> str:
    """Address of a store without its secrets."""
    shown = {name: "***" for name in url.query if name in _SECRETS}
    return url.update_query_dict(shown).render_as_string(hide_password=True)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise StoreError(
            "the address of the store cannot be read",
            "MARQUEE_STORE_URL is an address such as postgresql+psycopg://user@host/name",
        ) from error
    if backend not in {"sqlite", "postgresql"}:
        raise StoreError(f"{described(address)}: the store is SQLite or PostgreSQL")
    if backend == "sqlite" and address.database in {None, "", ":memory:"}:
        raise StoreError(
            f"{described(address)}: a store in memory is lost with its process",
            "name a file, such as sqlite:////var/lib/marquee/app.db",
        )
    return address


def _prepare_postgresql(busy_seconds: float, connection: Any, _record: object) -> None:
    # Its own default is to wait for ever.
    connection.execute(f"set lock_timeout = {round(busy_seconds * 1000)}")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # sqlite3 would begin transactions of its own, deferred and not around DDL.
    connection.isolation_level = None
    connection.execute("pragma journal_mode = wal")
    # Whole after a crash of the program; a power cut may cost the last moments, which for a log
    # is a fair price for ten times the speed.
    connection.execute("pragma synchronous = normal")


def _begin_sqlite(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("store_read_only", False)
    connection.exec_driver_sql("begin" if only_reads else "begin immediate")


@contextmanager
def _as_store_error(engine: Engine, done: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        no_table = isinstance(error, ProgrammingError) or "no such table" in str(cause)
        raise StoreError(
            f"the store {described(engine.url)} cannot be {done}: {cause}",
            "`python -m warehouse store upgrade` makes its tables" if no_table else None,
        ) from error
