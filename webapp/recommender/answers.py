"""Ranked answers: immutable, plain Python values, finite numbers.

Their movies also come as JSON, put together from fragments that were encoded
when the bundle was loaded.
"""

from dataclasses import dataclass, field
from typing import Literal

Strategy = Literal["personal", "seeds", "seed_genres", "seeds_and_genres", "popular"]
FallbackReason = Literal["unknown_user", "no_history", "no_user", "no_usable_seeds"]
Match = Literal["exact", "prefix", "words", "fuzzy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedMovies:
    """Movies with scores, best first.

    Attributes
    ----------
    movie_ids : list of int
    scores : list of float
        Float32 values, each written as the shortest decimal that reads back as it.
    exhausted : bool
        Whether fewer than `k` movies were left to answer.
    model_version : str
    """

    movie_ids: list[int]
    scores: list[float]
    exhausted: bool
    model_version: str
    _fragments: list[tuple[bytes, bytes]] = field(repr=False, compare=False)
    _texts: list[bytes] = field(repr=False, compare=False)

    def items_json(self) -> bytes:
        """JSON array of objects ``movie_id, title, score, year, genres``."""
        scored = zip(self._fragments, self._texts, strict=False)
        return b"[%b]" % b",".join([head + text + tail for (head, tail), text in scored])


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendations(RankedMovies):
    """Answer to `RecommendQuestion`; equal scores in the order of the movie ids.

    Attributes
    ----------
    user_id : int or None
    strategy : str
        What the scores come from: the user's vector (``personal``); a vector
        that the seed movies were folded into (``seeds``); the seed genres
        (``seed_genres``), or both; popularity (``popular``).
    is_fallback : bool
        Whether the answer is not made for this person.
    fallback_reason : str or None
        ``unknown_user``, ``no_history``, ``no_user`` (none was named) or
        ``no_usable_seeds``.
    ignored_seed_movie_ids : list of int
        Seeds that the model does not know.
    ignored_seed_genres : list of str
        Seeds that no movie has.
    """

    user_id: int | None
    strategy: Strategy
    is_fallback: bool
    fallback_reason: FallbackReason | None
    ignored_seed_movie_ids: list[int]
    ignored_seed_genres: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarMovies(RankedMovies):
    """Answer to `SimilarQuestion`; the scores are cosines, all above zero.

    Attributes
    ----------
    seed_movie_ids : list of int
        As asked, without repetition.
    seed_titles : list of str
    """

    seed_movie_ids: list[int]
    seed_titles: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PopularMovies(RankedMovies):
    """Answer to `PopularQuestion`; the scores are the popularity.

    Attributes
    ----------
    source : str
        What was counted, in words.
    """

    source: str
