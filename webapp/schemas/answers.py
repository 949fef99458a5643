"""Schemas of what is answered: they document the bytes that the views put together."""

from typing import Any, get_args

from marshmallow import Schema, fields

from webapp.recommender.answers import FallbackReason, Match, Strategy

_VERSION = "time_aware-c13c29eef5"
_REQUEST_ID = "0b8c2a52-6c1f-4d1e-9a77-5a1c7d8f2e10"


def _text(example: str | None, **options: Any) -> fields.String:
    return fields.String(required=True, metadata={"example": example}, **options)


def _number(example: int | None, **options: Any) -> fields.Integer:
    return fields.Integer(required=True, metadata={"example": example}, **options)


def _words(description: str, choices: tuple[str, ...], **options: Any) -> fields.String:
    shown: list[str | None] = [*choices, None] if options.get("allow_none") else [*choices]
    metadata = {"example": choices[0], "enum": shown, "description": description}
    return fields.String(required=True, metadata=metadata, **options)


def _list(inner: Any, example: list[Any], description: str) -> fields.List[Any]:
    metadata = {"example": example, "description": description}
    return fields.List(inner, required=True, metadata=metadata)


def _flag(example: bool, description: str) -> fields.Boolean:
    return fields.Boolean(required=True, metadata={"example": example, "description": description})


class Movie(Schema):
    """A movie as every list shows it."""

    movie_id = _number(50)
    title = _text("Star Wars (1977)")
    year = _number(1977, allow_none=True)
    genres = _list(fields.String(), ["Action", "Adventure"], "As the edition names them.")


class RankedMovie(Movie):
    """A movie with its score."""

    score = fields.Float(
        required=True, metadata={"example": 3.25, "description": "The higher, the better."}
    )


class _Ranking(Schema):
    model_version = _text(_VERSION)
    request_id = fields.UUID(
        required=True,
        metadata={"example": _REQUEST_ID, "description": "Names this answer in the request log."},
    )
    exhausted = _flag(False, "Whether fewer movies than asked for were left.")


class RecommendAnswer(_Ranking):
    """Movies for one person."""

    user_id = _number(42, allow_none=True)
    recommendations = fields.List(fields.Nested(RankedMovie), required=True)
    is_fallback = _flag(False, "Whether the list was not made for this person.")
    fallback_reason = _words("Why it was not.", get_args(FallbackReason), allow_none=True)
    strategy = _words("What the scores come from.", get_args(Strategy))
    ignored_seed_movie_ids = _list(fields.Integer(), [], "Seeds that the model does not know.")
    ignored_seed_genres = _list(fields.String(), [], "Seed genres that no movie has.")


class BatchAnswer(Schema):
    """One answer for each user, in the order asked."""

    model_version = _text(_VERSION)
    answers = fields.List(fields.Nested(RecommendAnswer), required=True)


class SimilarAnswer(_Ranking):
    """Movies like one movie, or like several taken together."""

    movie_id = _number(50)
    title = _text("Star Wars (1977)")
    movie_ids = _list(fields.Integer(), [50], "Every seed, the first one included.")
    titles = _list(fields.String(), ["Star Wars (1977)"], "Titles of the seeds.")
    similar_items = fields.List(fields.Nested(RankedMovie), required=True)


class PopularAnswer(_Ranking):
    """What most people like."""

    recommendations = fields.List(fields.Nested(RankedMovie), required=True)
    source = fields.String(
        required=True,
        metadata={"example": "trending, half-life 14 days", "description": "What was counted."},
    )


class MovieSummary(Movie):
    """A movie with its ratings."""

    n_ratings = _number(583)
    mean_rating = fields.Float(
        required=True, allow_none=True, metadata={"example": 4.36, "description": "In stars."}
    )
    is_trained = _flag(True, "Whether the model knows the movie.")


class _Page(Schema):
    total = _number(1682)
    offset = _number(0)
    limit = _number(50)


class MoviesAnswer(_Page):
    """One page of movies."""

    movies = fields.List(fields.Nested(MovieSummary), required=True)


class PopularityRank(Schema):
    """How a movie stands among all that the model knows."""

    score = fields.Float(required=True, metadata={"example": 501.0})
    rank = _number(1)


class RatingCount(Schema):
    """How many ratings of so many stars."""

    rating = fields.Float(required=True, metadata={"example": 5.0})
    count = _number(325)


class MovieAnswer(MovieSummary):
    """Everything that is known of a movie."""

    n_positives = _number(501)
    popularity = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(PopularityRank),
        required=True,
        allow_none=True,
        metadata={"description": "By window; null for a movie that the model does not know."},
    )
    rating_distribution = fields.List(fields.Nested(RatingCount), required=True)


class FoundMovie(MovieSummary):
    """A movie that a search found."""

    match = _words("How the title agrees with the text.", get_args(Match))


class SearchAnswer(Schema):
    """What was found, the best first."""

    movies = fields.List(fields.Nested(FoundMovie), required=True)


class GenreCount(Schema):
    """A genre, and how many movies it has."""

    genre = _text("Comedy")
    n_movies = _number(505)
    n_trained = _number(301)


class GenresAnswer(Schema):
    """Every genre of the edition."""

    genres = fields.List(fields.Nested(GenreCount), required=True)


class RatedMovie(Movie):
    """A movie that a user has rated."""

    rating = fields.Float(required=True, metadata={"example": 4.0, "description": "In stars."})
    rated_at = fields.DateTime(required=True, metadata={"example": "1998-04-05T19:22:14+00:00"})


class HistoryAnswer(_Page):
    """What a user has rated, the newest first."""

    user_id = _number(42)
    ratings = fields.List(fields.Nested(RatedMovie), required=True)


class HealthAnswer(Schema):
    """What serves, and since when; everything of the model is null where there is none."""

    status = _words("no_model: no bundle is loaded.", ("ok", "draining", "no_model"))
    model_version = _text(_VERSION, allow_none=True)
    model_loaded_at = fields.DateTime(
        required=True, allow_none=True, metadata={"example": "2026-01-05T10:00:00+00:00"}
    )
    model_refused = fields.String(
        required=True,
        allow_none=True,
        metadata={"example": None, "description": "Why the bundle that is to serve does not."},
    )
    uptime_seconds = fields.Float(required=True, metadata={"example": 86.4})
    n_users = _number(943, allow_none=True)
    n_items = _number(1682, allow_none=True)
    data_cutoff = fields.DateTime(
        required=True, allow_none=True, metadata={"example": "1998-04-22T23:10:38+00:00"}
    )
    bundle_hash = _text("3f1c0e5a", allow_none=True)
    log_queue_depth = _number(0)


class LiveAnswer(Schema):
    """The process answers."""

    status = _words("Always alive.", ("alive",))


class ReadyAnswer(Schema):
    """Whether requests should come here."""

    status = _words("Always ready; otherwise the answer is a 503 that says why.", ("ready",))
    model_version = _text(_VERSION)
