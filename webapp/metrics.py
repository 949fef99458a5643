"""What Prometheus reads from ``/metrics``, right over all worker processes.

With several processes each one writes its numbers into files of its own that
all can read, and whichever answers adds them up.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    generate_latest,
    values,
)

from warehouse.store.request_log import RequestLog
from webapp.metrics_files import MetricsFiles

_MODEL = "marquee_model_info"
_Over = Literal["livesum", "livemax"]
CONTENT_TYPE = CONTENT_TYPE_LATEST
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
_BUCKETS = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)


class Metrics:
    """The metrics of one process.

    Parameters
    ----------
    shared : Path, optional
        Folder that the processes of a server share their numbers in; none
        where there is only this process.
    """

    def __init__(self, shared: Path | None = None) -> None:
        if shared is not None:
            # As Prometheus's client does by itself where it finds the variable when it is imported,
            # which may have been before there was a folder.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(shared)
            values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._collector = self._registry if shared is None else MetricsFiles(shared)
        self._publishing = threading.Lock()
        self._observers: dict[tuple[str, str, int], Callable[[float], None]] = {}
        self._created_at: float | None = None
        self._logged = {"written": 0, "dropped": 0}
        # Its ``_count`` is the number of requests: counting them again would cost as much again.
        self._seconds = Histogram(
            "marquee_request_seconds",
            "Requests, by the time from their arrival to their answer.",
            ("method", "endpoint", "status"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._fallbacks = self._counter(
            "marquee_fallbacks", "Recommendations not made for the person.", "reason"
        )
        self._model = self._gauge(
            _MODEL, "Processes that serve this model.", "livesum", "model_version"
        )
        self._age = self._gauge(
            "marquee_bundle_age_seconds", "Age of the oldest bundle that serves.", "livemax"
        )
        self._refused = self._gauge(
            "marquee_bundle_refused",
            "Processes that refuse the bundle that is to serve.",
            "livesum",
        )
        self._refusals = self._counter("marquee_bundle_refusals", "Bundles refused.")
        self._depth = self._gauge(
            "marquee_request_log_queue_depth", "Requests that wait to be logged.", "livesum"
        )
        self._failing = self._gauge(
            "marquee_request_log_failing", "Processes whose last try to log failed.", "livesum"
        )
        self._rows = self._counter(
            "marquee_request_log_rows", "Requests written to the log, or dropped.", "outcome"
        )

    def request_answered(self, method: str, endpoint: str, status: int, seconds: float) -> None:
        """Count one request; `endpoint` is the path's template."""
        key = (method, endpoint, status)
        try:
            self._observers[key](seconds)
        except KeyError:
            # Anybody can invent a method, and every one would be a series of its own.
            known = method if method in _METHODS else "other"
            observe = self._seconds.labels(known, endpoint, str(status)).observe
            if known == method:
                self._observers[key] = observe
            observe(seconds)

    def fell_back(self, reason: str) -> None:
        """Count one recommendation that was not made for the person."""
        self._fallbacks.labels(reason).inc()

    def bundle_serves(self, version: str, previous: str | None, created_at: datetime) -> None:
        """Note that this process serves `version` from now on, no longer `previous`."""
        if previous is not None:
            self._model.labels(previous).set(0)
        self._model.labels(version).set(1)
        self._created_at = created_at.timestamp()

    def bundle_refused(self, is_refused: bool) -> None:
        """Note whether this process refuses the bundle that is to serve."""
        self._refused.set(is_refused)
        self._refusals.inc(is_refused)

    def publish(self, log: RequestLog) -> None:
        """Bring what changes without a request up to date, for whichever process answers."""
        with self._publishing:  # Two at once would count the same rows twice.
            self._depth.set(log.depth)
            self._failing.set(log.failing)
            for outcome, total in (("written", log.written), ("dropped", log.dropped)):
                self._rows.labels(outcome).inc(total - self._logged[outcome])
                self._logged[outcome] = total
            if self._created_at is not None:
                self._age.set(time.time() - self._created_at)

    def collect(self) -> Iterator[Metric]:
        """All metrics of all processes, without the models that none of them serves any more."""
        for metric in self._collector.collect():
            if metric.name == _MODEL:
                # Prometheus's client cannot remove a series that several processes share.
                metric.samples = [sample for sample in metric.samples if sample.value]
            yield metric

    def exposition(self) -> bytes:
        """All numbers of all processes, in Prometheus's text format."""
        return generate_latest(self)

    def _counter(self, name: str, description: str, *labels: str) -> Counter:
        return Counter(name, description, labels, registry=self._registry)

    def _gauge(self, name: str, description: str, over: _Over, *labels: str) -> Gauge:
        return Gauge(name, description, labels, multiprocess_mode=over, registry=self._registry)
