"""``/recommend`` in FastAPI over Marquee's own scoring: what the framework alone makes of it."""

import os
import time
import uuid

import orjson
from fastapi import FastAPI, Response
from pydantic import BaseModel, Field

from scripts.api_benchmark.peer_log import logged, request_log
from warehouse.bundle import current_version, load_bundle
from warehouse.settings import Settings
from webapp.recommender.engine import Engine
from webapp.recommender.questions import NO_FILTERS, Filters, RecommendQuestion

settings = Settings.from_environment()
engine = Engine(load_bundle(settings.home.bundles / str(current_version(settings.home))))
log = request_log(settings)
app = FastAPI()


class AskedFilters(BaseModel):
    """Which movies may be recommended."""

    genres: list[str] = []
    year_min: int | None = None
    year_max: int | None = None


class Asked(BaseModel):
    """What is asked."""

    user_id: int
    k: int = Field(default=10, ge=1, le=100)
    exclude_seen: bool = True
    filters: AskedFilters | None = None


@app.post("/recommend")
async def recommend(asked: Asked) -> Response:
    """Recommend movies to a user."""
    started = time.perf_counter()
    given = asked.filters
    filters = Filters(tuple(given.genres), given.year_min, given.year_max) if given else NO_FILTERS
    question = RecommendQuestion(
        user_id=asked.user_id, k=asked.k, exclude_seen=asked.exclude_seen, filters=filters
    )
    found = engine.recommend(question)
    request_id = str(uuid.uuid4())
    head = orjson.dumps(
        {
            "user_id": found.user_id,
            "is_fallback": found.is_fallback,
            "fallback_reason": found.fallback_reason,
            "strategy": found.strategy,
            "model_version": found.model_version,
            "exhausted": found.exhausted,
            "request_id": request_id,
        }
    )
    body = b'%b,"recommendations":%b}' % (head[:-1], found.items_json())
    log.put(
        logged(
            request_id,
            found.user_id,
            found.model_version,
            (found.movie_ids, found.scores),
            1e3 * (time.perf_counter() - started),
            os.getpid(),
        )
    )
    return Response(body, media_type="application/json")
