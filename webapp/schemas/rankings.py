"""Schemas of answers with ranked movies: they document the bytes that the views put together."""

from typing import get_args

from marshmallow import Schema, fields

from webapp.recommender.answers import FallbackReason, Strategy
from webapp.schemas.described import (
    REQUEST_ID,
    VERSION,
    MovieFields,
    flag,
    listed,
    number,
    text,
    words,
)


class RankedMovie(MovieFields):
    """A movie with its score."""

    score = fields.Float(
        required=True, metadata={"example": 3.25, "description": "The higher, the better."}
    )


class RankingFields(Schema):
    """What every answer with ranked movies has."""

    model_version = text(VERSION)
    request_id = fields.UUID(
        required=True,
        metadata={"example": REQUEST_ID, "description": "Names this answer in the request log."},
    )
    exhausted = flag(False, "Whether fewer movies than asked for were left.")


class RecommendAnswer(RankingFields):
    """Movies for one person."""

    user_id = number(42, allow_none=True)
    recommendations = fields.List(fields.Nested(RankedMovie), required=True)
    is_fallback = flag(False, "Whether the list was not made for this person.")
    fallback_reason = words("Why it was not.", get_args(FallbackReason), allow_none=True)
    strategy = words("What the scores come from.", get_args(Strategy))
    ignored_seed_movie_ids = listed(fields.Integer(), [], "Seeds that the model does not know.")
    ignored_seed_genres = listed(fields.String(), [], "Seed genres that no movie has.")


class BatchAnswer(Schema):
    """One answer for each user, in the order asked."""

    model_version = text(VERSION)
    answers = fields.List(fields.Nested(RecommendAnswer), required=True)


class SimilarAnswer(RankingFields):
    """Movies like one movie, or like several taken together."""

    movie_id = number(50)
    title = text("Star Wars (1977)")
    movie_ids = listed(fields.Integer(), [50], "Every seed, the first one included.")
    titles = listed(fields.String(), ["Star Wars (1977)"], "Titles of the seeds.")
    similar_items = fields.List(fields.Nested(RankedMovie), required=True)


class PopularAnswer(RankingFields):
    """What most people like."""

    recommendations = fields.List(fields.Nested(RankedMovie), required=True)
    source = fields.String(
        required=True,
        metadata={"example": "trending, half-life 14 days", "description": "What was counted."},
    )
