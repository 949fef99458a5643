"""One answered request, as the service hands it over and as the store keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import orjson

_JSON_FIELDS = ("recommendations", "scores", "filters", "propensities", "request", "greedy")


@dataclass(slots=True)
class RequestRecord:
    """One answered request.

    Sequences may be lists or NumPy arrays; they are encoded later, so leave
    them unchanged once the record is logged.

    Attributes
    ----------
    request_id : str
        UUID; a second record of the same id is not written.
    timestamp : float
        Seconds since the epoch, UTC; kept to the microsecond.
    user_id : int or None
    endpoint : str
        Path template, such as ``/recommend``.
    model_version : str or None
        Version of the one bundle that the answer came from.
    recommendations : sequence of int or None
        Movie ids in the order shown.
    scores : sequence of float or None
        One for each recommendation.
    latency_ms : float
    status : int
        HTTP status.
    is_fallback : bool or None
    fallback_reason : str or None
    k : int or None
        How many were asked for.
    filters : mapping or None
        As asked: ``genres``, ``year_min``, ``year_max``.
    strategy : str or None
    unknown_movie_id : int or None
        Movie that was asked for and that the model does not know.
    propensities : sequence of float or None
        Probability of each recommendation at its place, given the places before
        it. None where the policy is deterministic: every one is then 1.
    worker : int
        Process that answered.
    request : mapping or None
        The rest of the question, so that the answer can be computed again:
        ``seed_movie_ids``, ``seed_genres``, ``exclude_seen``,
        ``exclude_movie_ids``, ``movie_ids`` ...
    is_simulated : bool
        Whether `timestamp` was told by the client and not by the clock.
    greedy : sequence of int or None
        Movie ids that a policy without exploration would have shown, best first.
        None where it did: they are then the recommendations.
    """

    request_id: str
    timestamp: float
    user_id: int | None
    endpoint: str
    model_version: str | None
    recommendations: Sequence[int] | None
    scores: Sequence[float] | None
    latency_ms: float
    status: int
    is_fallback: bool | None
    fallback_reason: str | None
    k: int | None
    filters: Mapping[str, Any] | None
    strategy: str | None
    unknown_movie_id: int | None
    propensities: Sequence[float] | None
    worker: int
    request: Mapping[str, Any] | None = None
    is_simulated: bool = False
    greedy: Sequence[int] | None = None


COLUMNS = tuple(field.name for field in fields(RequestRecord))


def row_of(record: RequestRecord) -> tuple[object, ...]:
    """Row of ``request_logs``, in the order of a record's fields.

    Of types that the drivers of both databases take as they are, which is
    quicker than leaving the conversion to SQLAlchemy.

    Raises
    ------
    TypeError, ValueError, OverflowError, OSError
        The record holds something that has no place in a row.
    """
    moment = datetime.fromtimestamp(record.timestamp, UTC).replace(tzinfo=None)
    return (
        record.request_id,
        moment.isoformat(" ", "microseconds"),
        record.user_id,
        record.endpoint,
        record.model_version,
        _encode(record.recommendations),
        _encode(record.scores),
        record.latency_ms,
        record.status,
        record.is_fallback,
        record.fallback_reason,
        record.k,
        _encode(record.filters),
        record.strategy,
        record.unknown_movie_id,
        _encode(record.propensities),
        record.worker,
        _encode(record.request),
        record.is_simulated,
        _encode(record.greedy),
    )


def record_of(row: Mapping[Any, Any]) -> RequestRecord:
    """Record that a row of ``request_logs`` was written from."""
    values = dict(row)
    values["timestamp"] = row["timestamp"].replace(tzinfo=UTC).timestamp()
    values["is_simulated"] = bool(row["is_simulated"])
    if row["is_fallback"] is not None:
        values["is_fallback"] = bool(row["is_fallback"])
    for name in _JSON_FIELDS:
        values[name] = None if row[name] is None else orjson.loads(row[name])
    return RequestRecord(**values)


def _encode(value: object) -> str | None:
    if value is None:
        return None
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()
