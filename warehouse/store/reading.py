"""Reading the request log back."""

from sqlalchemy import Engine, func, select

from warehouse.store.engine import reading
from warehouse.store.record import RequestRecord, record_of
from warehouse.store.tables import REQUEST_LOGS


def find_request(engine: Engine, request_id: str) -> RequestRecord | None:
    """Record of one request; none where it is not, or not yet, in the store.

    Raises
    ------
    StoreError
        The store cannot be reached or read.
    """
    query = select(REQUEST_LOGS).where(REQUEST_LOGS.c.request_id == request_id)
    with reading(engine) as connection:
        row = connection.execute(query).mappings().one_or_none()
    return None if row is None else record_of(row)


def recent(engine: Engine, limit: int) -> list[RequestRecord]:
    """Last `limit` requests, the latest first.

    Raises
    ------
    StoreError
        The store cannot be reached or read.
    """
    columns = REQUEST_LOGS.c
    query = select(REQUEST_LOGS).order_by(columns.timestamp.desc(), columns.request_id).limit(limit)
    with reading(engine) as connection:
        return [record_of(row) for row in connection.execute(query).mappings()]


def count_requests(engine: Engine) -> int:
    """How many requests are logged.

    Raises
    ------
    StoreError
        The store cannot be reached or read.
    """
    with reading(engine) as connection:
        query = select(func.count()).select_from(REQUEST_LOGS)
        return int(connection.execute(query).scalar_one())
