"""Schemas of what is looked up."""

from typing import get_args

from marshmallow import Schema, fields

from webapp.recommender.answers import Match
from webapp.schemas.described import MovieFields, flag, number, text, words


class MovieSummary(MovieFields):
    """A movie with its ratings."""

    n_ratings = number(583)
    mean_rating = fields.Float(
        required=True, allow_none=True, metadata={"example": 4.36, "description": "In stars."}
    )
    is_trained = flag(True, "Whether the model knows the movie.")


class PageFields(Schema):
    """Which part of a list this is."""

    total = number(1682)
    offset = number(0)
    limit = number(50)


class MoviesAnswer(PageFields):
    """One page of movies."""

    movies = fields.List(fields.Nested(MovieSummary), required=True)


class PopularityRank(Schema):
    """How a movie stands among all that the model knows."""

    score = fields.Float(required=True, metadata={"example": 501.0})
    rank = number(1)


class RatingCount(Schema):
    """How many ratings of so many stars."""

    rating = fields.Float(required=True, metadata={"example": 5.0})
    count = number(325)


class MovieAnswer(MovieSummary):
    """Everything that is known of a movie."""

    n_positives = number(501)
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

    match = words("How the title agrees with the text.", get_args(Match))


class SearchAnswer(Schema):
    """What was found, the best first."""

    movies = fields.List(fields.Nested(FoundMovie), required=True)


class GenreCount(Schema):
    """A genre, and how many movies it has."""

    genre = text("Comedy")
    n_movies = number(505)
    n_trained = number(301)


class GenresAnswer(Schema):
    """Every genre of the edition."""

    genres = fields.List(fields.Nested(GenreCount), required=True)


class RatedMovie(MovieFields):
    """A movie that a user has rated."""

    rating = fields.Float(required=True, metadata={"example": 4.0, "description": "In stars."})
    rated_at = fields.DateTime(required=True, metadata={"example": "1998-04-05T19:22:14+00:00"})


class HistoryAnswer(PageFields):
    """What a user has rated, the newest first."""

    user_id = number(42)
    ratings = fields.List(fields.Nested(RatedMovie), required=True)
