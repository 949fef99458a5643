"""The peers log what Marquee logs, with the same request log, so that the work is the same."""

import time
from collections.abc import Sequence

from warehouse.settings import Settings
from warehouse.store.record import RequestRecord
from warehouse.store.request_log import RequestLog


def request_log(settings: Settings) -> RequestLog:
    """Open the request log as the settings say."""
    store = settings.store
    return RequestLog(store.url, store.queue, store.wait_seconds, store.flush_seconds)


def logged(
    request_id: str,
    user_id: int | None,
    model_version: str,
    ranking: tuple[Sequence[int], Sequence[float]],
    latency_ms: float,
    worker: int,
) -> RequestRecord:
    """Row of one personal answer."""
    return RequestRecord(
        request_id=request_id,
        timestamp=time.time(),
        user_id=user_id,
        endpoint="/recommend",
        model_version=model_version,
        recommendations=ranking[0],
        scores=ranking[1],
        latency_ms=latency_ms,
        status=200,
        is_fallback=False,
        fallback_reason=None,
        k=10,
        filters=None,
        strategy="personal",
        unknown_movie_id=None,
        propensities=None,
        worker=worker,
    )
