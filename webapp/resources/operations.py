"""What operators and their tools ask: ``/health``, ``/livez``, ``/readyz`` and ``/metrics``."""

import time
from http import HTTPStatus

import flask
from werkzeug.exceptions import ServiceUnavailable

from webapp import metrics
from webapp.resources.blueprint import Blueprint
from webapp.responses import json_response
from webapp.schemas.operations import HealthAnswer, LiveAnswer, ReadyAnswer
from webapp.service import Service


def operations_blueprint(service: Service) -> Blueprint:
    """Answer how the service is."""
    blueprint = Blueprint("operations", __name__, description="How the service is.")

    @blueprint.endpoint("GET", "/health", HealthAnswer)
    def health() -> flask.Response:
        """Show what serves, and since when."""
        current = service.live.current
        facts = current.engine.facts if current else None
        working = "ok" if current else "no_model"
        return json_response(
            {
                "status": "draining" if service.is_draining() else working,
                "model_version": facts.model_version if facts else None,
                "model_loaded_at": current.loaded_at if current else None,
                "model_refused": service.live.refusal,
                "uptime_seconds": round(time.monotonic() - service.started, 3),
                "n_users": facts.n_users if facts else None,
                "n_items": facts.n_items if facts else None,
                "data_cutoff": facts.cutoff if facts else None,
                "bundle_hash": facts.content_hash if facts else None,
                "log_queue_depth": service.log.depth,
            }
        )

    @blueprint.endpoint("GET", "/livez", LiveAnswer)
    def livez() -> flask.Response:
        """Say that the process answers."""
        return json_response({"status": "alive"})

    @blueprint.endpoint("GET", "/readyz", ReadyAnswer, HTTPStatus.SERVICE_UNAVAILABLE)
    def readyz() -> flask.Response:
        """Say whether requests should come here, or why not."""
        if service.is_draining():
            raise ServiceUnavailable("draining: the server is about to stop")
        current = service.serving()
        problem = service.store_probe.problem
        if problem is not None:
            raise ServiceUnavailable(problem)
        return json_response({"status": "ready", "model_version": current.engine.model_version})

    @blueprint.endpoint(
        "GET",
        "/metrics",
        {"type": "string"},
        content_type="text/plain",
        example="# TYPE marquee_fallbacks_total counter\n"
        'marquee_fallbacks_total{reason="unknown_user"} 3.0\n',
    )
    def exposition() -> flask.Response:
        """Show the metrics of all worker processes, for Prometheus."""
        service.metrics.publish(service.log)
        return flask.Response(service.metrics.exposition(), content_type=metrics.CONTENT_TYPE)

    return blueprint
