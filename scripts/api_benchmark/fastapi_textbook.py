"""``/recommend`` in FastAPI as its documentation shows: models in, response models out."""

import os
import time
import uuid

import numpy as np
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from scripts.api_benchmark.peer_log import logged, request_log
from warehouse.bundle import current_version, load_bundle
from warehouse.settings import Settings

settings = Settings.from_environment()
bundle = load_bundle(settings.home.bundles / str(current_version(settings.home)))
log = request_log(settings)
features = [bundle.item_features[movie] for movie in bundle.movie_ids.tolist()]
years = np.array([movie["year"] or 0 for movie in features])
genres = sorted({genre for movie in features for genre in movie["genres"]})
has_genre = {genre: np.array([genre in movie["genres"] for movie in features]) for genre in genres}
app = FastAPI()


class Filters(BaseModel):
    """Which movies may be recommended."""

    genres: list[str] = []
    year_min: int | None = None
    year_max: int | None = None


class Question(BaseModel):
    """What is asked."""

    user_id: int
    k: int = Field(default=10, ge=1, le=100)
    exclude_seen: bool = True
    filters: Filters = Filters()


class Movie(BaseModel):
    """One recommended movie."""

    movie_id: int
    title: str
    score: float
    year: int | None
    genres: list[str]


class Answer(BaseModel):
    """What is answered."""

    user_id: int
    recommendations: list[Movie]
    model_version: str
    is_fallback: bool
    fallback_reason: str | None
    request_id: str
    strategy: str


@app.post("/recommend", response_model=Answer)
def recommend(question: Question) -> Answer:
    """Recommend movies to a known user."""
    started = time.perf_counter()
    row = bundle.user_rows.get(question.user_id)
    if row is None:
        raise HTTPException(404, "unknown user")
    scores = bundle.scores(bundle.user_embeddings[row])
    filters = question.filters
    if question.exclude_seen:
        scores[bundle.seen.indices[bundle.seen.row(row)]] = -np.inf
    if filters.genres:
        keep = np.any([has_genre[genre] for genre in filters.genres if genre in has_genre], axis=0)
        scores[~keep] = -np.inf
    if filters.year_min is not None:
        scores[years < filters.year_min] = -np.inf
    if filters.year_max is not None:
        scores[years > filters.year_max] = -np.inf
    best = np.argpartition(scores, len(scores) - question.k)[-question.k :]
    best = best[np.argsort(-scores[best])]
    movies = [
        Movie(
            movie_id=features[item]["movie_id"],
            title=features[item]["title"],
            score=float(scores[item]),
            year=features[item]["year"],
            genres=features[item]["genres"],
        )
        for item in best
        if np.isfinite(scores[item])
    ]
    answer = Answer(
        user_id=question.user_id,
        recommendations=movies,
        model_version=bundle.model_version,
        is_fallback=False,
        fallback_reason=None,
        request_id=str(uuid.uuid4()),
        strategy="personal",
    )
    ids, values = [movie.movie_id for movie in movies], [movie.score for movie in movies]
    log.put(
        logged(
            answer.request_id,
            question.user_id,
            bundle.model_version,
            (ids, values),
            1e3 * (time.perf_counter() - started),
            os.getpid(),
        )
    )
    return answer
