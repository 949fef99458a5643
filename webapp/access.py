"""The end of every request: its id is sent back, it is counted, logged and written down."""

import os
import time
from time import perf_counter

import flask
import structlog

from warehouse.store.record import RequestRecord
from webapp.questions import rest_of
from webapp.request import Request, current_request
from webapp.service import Service

# Where people are shown movies: every request to these has its row in the request log, the
# refused ones too. What only looks things up is counted, and not logged.
LOGGED = frozenset({"/recommend", "/recommend/batch", "/similar", "/popular"})
_log = structlog.get_logger(__name__)


def follow_requests(app: flask.Flask, service: Service) -> None:
    """Let every response of `app` pass through `_Access`."""
    app.after_request(_Access(service))


class _Access:
    def __init__(self, service: Service) -> None:
        self._metrics, self._put = service.metrics, service.log.put
        self._live = service.live
        # structlog decides for each line anew, which is much for a line that is rarely wanted.
        self._is_verbose = service.settings.serving.log_level == "debug"

    def __call__(self, response: flask.Response) -> flask.Response:
        request = current_request()
        rule = request.url_rule
        endpoint = rule.rule if rule is not None else "unknown"
        seconds = perf_counter() - request.started
        self._metrics.request_answered(request.method, endpoint, response.status_code, seconds)
        if request.method != "HEAD":  # It shows nobody anything.
            self._log_request(request, endpoint, response.status_code, seconds)
        if self._is_verbose:
            _log.debug(
                "request",
                request_id=request.request_id,
                method=request.method,
                path=request.path,
                status=response.status_code,
                milliseconds=round(seconds * 1e3, 3),
                address=request.remote_addr,
            )
        return response

    def _log_request(self, request: Request, endpoint: str, status: int, seconds: float) -> None:
        if request.rankings:
            self._log_rankings(request, seconds)
        elif endpoint in LOGGED and status >= 400:
            self._put(self._failed(request, endpoint, status, seconds))

    def _log_rankings(self, request: Request, seconds: float) -> None:
        """Log what was answered; the time of a batch is shared out evenly."""
        share = seconds / len(request.rankings)
        worker = os.getpid()
        for request_id, answer in request.rankings:
            reason = answer.record.fallback_reason
            if reason is not None:
                self._metrics.fell_back(reason)
            self._put(answer.logged(request_id, share, worker, request.simulated_at))

    def _failed(
        self, request: Request, endpoint: str, status: int, seconds: float
    ) -> RequestRecord:
        current, asked, told = self._live.current, request.asked, request.simulated_at
        return RequestRecord(
            request_id=request.request_id,
            timestamp=time.time() if told is None else told,
            user_id=None,
            endpoint=endpoint,
            model_version=current.engine.model_version if current else None,
            recommendations=None,
            scores=None,
            latency_ms=seconds * 1e3,
            status=status,
            is_fallback=None,
            fallback_reason=None,
            k=asked.get("k"),
            filters=asked.get("filters"),
            strategy=None,
            unknown_movie_id=request.unknown_movie_id,
            propensities=None,
            worker=os.getpid(),
            # One unknown movie has a column; there may be more of them in here.
            request=rest_of(asked) or None,
            is_simulated=told is not None,
        )
