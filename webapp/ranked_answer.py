"""A ranking as it is sent and logged."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from warehouse.store.record import RequestRecord
from webapp.questions import Asked, rest_of
from webapp.recommender.answers import RankedMovies, Recommendations


@dataclass(slots=True)
class RankedAnswer:
    """A ranking that lacks only its request id.

    Attributes
    ----------
    head : bytes
        Its JSON up to the request id, which is the last member.
    record : RequestRecord
        What is logged of it; what differs between requests is blank.
    """

    head: bytes
    record: RequestRecord

    def body(self, request_id: str) -> bytes:
        """JSON of the answer to one request."""
        return b'%b"request_id":"%b"}' % (self.head, request_id.encode())

    def logged(
        self, request_id: str, seconds: float, worker: int, simulated_at: float | None
    ) -> RequestRecord:
        """Row of the request log for one request, answered in `seconds`."""
        kept = self.record
        return RequestRecord(
            request_id,
            time.time() if simulated_at is None else simulated_at,
            kept.user_id,
            kept.endpoint,
            kept.model_version,
            kept.recommendations,
            kept.scores,
            seconds * 1e3,
            kept.status,
            kept.is_fallback,
            kept.fallback_reason,
            kept.k,
            kept.filters,
            kept.strategy,
            kept.unknown_movie_id,
            kept.propensities,
            worker,
            kept.request,
            simulated_at is not None,
            kept.greedy,
        )


def recommended(asked: Asked, found: Recommendations, endpoint: str) -> RankedAnswer:
    """Answer of ``/recommend``, and each one of ``/recommend/batch``."""
    ignored = found.ignored_seed_movie_ids
    members = {
        "user_id": found.user_id,
        "is_fallback": found.is_fallback,
        "fallback_reason": found.fallback_reason,
        "strategy": found.strategy,
        "ignored_seed_movie_ids": ignored,
        "ignored_seed_genres": found.ignored_seed_genres,
    }
    record = _record(asked, found, endpoint, found.strategy)
    record.user_id = found.user_id
    record.is_fallback = found.is_fallback
    record.fallback_reason = found.fallback_reason
    record.unknown_movie_id = ignored[0] if ignored else None
    return RankedAnswer(_head(members, "recommendations", found), record)


def ranked(
    asked: Asked, found: RankedMovies, endpoint: str, members: Mapping[str, Any], name: str
) -> RankedAnswer:
    """Answer that is made for nobody in particular.

    Parameters
    ----------
    asked : mapping
        The loaded request.
    found : RankedMovies
    endpoint : str
        Its first part, without the slash, is also the logged strategy.
    members : mapping
        What the answer has besides the movies.
    name : str
        Member that holds the movies.
    """
    record = _record(asked, found, endpoint, endpoint.removeprefix("/"))
    return RankedAnswer(_head(members, name, found), record)


def _head(members: Mapping[str, Any], name: str, found: RankedMovies) -> bytes:
    plain = orjson.dumps(
        {**members, "model_version": found.model_version, "exhausted": found.exhausted}
    )
    return b'%b,"%b":%b,' % (plain[:-1], name.encode(), found.items_json())


def _record(asked: Asked, found: RankedMovies, endpoint: str, strategy: str) -> RequestRecord:
    return RequestRecord(
        request_id="",
        timestamp=0.0,
        user_id=None,
        endpoint=endpoint,
        model_version=found.model_version,
        recommendations=found.movie_ids,
        scores=found.scores,
        latency_ms=0.0,
        status=200,
        is_fallback=None,
        fallback_reason=None,
        k=asked["k"],
        filters=asked.get("filters"),
        strategy=strategy,
        unknown_movie_id=None,
        propensities=None,
        worker=0,
        request=rest_of(asked) or None,
    )
