"""The application: everything put together, nothing read or opened before it is called."""

import flask
import flask_cors
from werkzeug.middleware.proxy_fix import ProxyFix

from warehouse.settings import ExplorationSettings, Settings
from warehouse.store.engine import open_engine
from warehouse.store.request_log import RequestLog
from webapp import docs_page, errors, openapi
from webapp.access import follow_requests
from webapp.flask_app import MarqueeFlask
from webapp.headers import ResponseHeaders
from webapp.live_bundle import LiveBundle
from webapp.metrics import Metrics
from webapp.recommender.exploration import EpsilonGreedy, Explorer, Policy, Softmax
from webapp.resources.movies import movies_blueprint
from webapp.resources.operations import operations_blueprint
from webapp.resources.popular import popular_blueprint
from webapp.resources.recommend import recommend_blueprint
from webapp.resources.similar import similar_blueprint
from webapp.resources.users import users_blueprint
from webapp.schemas.readers import Readers
from webapp.service import Service, Surroundings
from webapp.store_probe import StoreProbe

_PUBLISH_SECONDS = 1.0
_PROBE_SECONDS = 1.0
# How long a probe waits for a store that somebody else is writing, and a new process for a probe.
_BUSY_SECONDS, _FIRST_PROBE_SECONDS = 0.5, 1.0
_RESOURCES = (
    recommend_blueprint,
    similar_blueprint,
    popular_blueprint,
    movies_blueprint,
    users_blueprint,
    operations_blueprint,
)


def create_app(settings: Settings, surroundings: Surroundings | None = None) -> flask.Flask:
    """Make the application and load the bundle that is to serve.

    The store's tables must be there (`warehouse.store.migrate.upgrade`); a
    bundle need not be: the application is then not ready until one comes.

    Parameters
    ----------
    settings : Settings
    surroundings : Surroundings, optional
        What a server tells its worker processes; none where there is only this process.
    """
    around = surroundings or Surroundings()
    service = _service(settings, around)
    app = MarqueeFlask("marquee", static_folder=None)
    app.extensions["marquee"] = service
    # A redirect would be the one answer that is not JSON.
    app.url_map.merge_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = settings.serving.max_body
    api = openapi.make_api(app)
    errors.register_errors(app)
    for blueprint in _RESOURCES:
        api.register_blueprint(blueprint(service))
    app.register_blueprint(openapi.document_blueprint(api, service))
    app.register_blueprint(docs_page.docs_blueprint(openapi.TITLE))
    follow_requests(app, service)
    _wrap(app, settings)
    service.repeat("store probe", service.store_probe.ask, _PROBE_SECONDS)
    service.live.refresh()
    if settings.serving.reload_seconds:
        service.repeat("reload", service.live.refresh, settings.serving.reload_seconds)
    service.repeat("metrics", lambda: service.metrics.publish(service.log), _PUBLISH_SECONDS)
    service.store_probe.wait(_FIRST_PROBE_SECONDS)
    return app


def _service(settings: Settings, around: Surroundings) -> Service:
    readers = Readers(settings.serving.max_k)
    metrics = Metrics(around.shared_metrics)
    store, serving = settings.store, settings.serving
    probed = open_engine(store.url, busy_seconds=_BUSY_SECONDS)
    return Service(
        settings=settings,
        readers=readers,
        metrics=metrics,
        live=LiveBundle(
            settings.home, readers, serving.answer_cache, metrics, _explorer(serving.exploration)
        ),
        log=RequestLog(store.url, store.queue, store.wait_seconds, store.flush_seconds),
        store=probed,
        store_probe=StoreProbe(probed),
        is_draining=around.is_draining,
    )


def _explorer(settings: ExplorationSettings) -> Explorer | None:
    if settings.policy == "none":
        return None
    policies: dict[str, Policy] = {
        "epsilon": EpsilonGreedy(settings.rate),
        "softmax": Softmax(settings.temperature),
    }
    return Explorer(policies[settings.policy], settings.depth)


def _wrap(app: flask.Flask, settings: Settings) -> None:
    """Put around the application what concerns every response, the errors of Flask included."""
    if settings.serving.cors_origins:
        flask_cors.CORS(
            app,
            origins=list(settings.serving.cors_origins),
            expose_headers=["X-Request-ID", "Retry-After"],
            max_age=600,
        )
    app.wsgi_app = ResponseHeaders(app.wsgi_app, docs_page.PATH)  # type: ignore[method-assign]
    trusted = settings.serving.trusted_proxies
    if trusted:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=0, x_prefix=0
        )
