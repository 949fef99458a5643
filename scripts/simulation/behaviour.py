"""What people ask for during a visit, before they know what they are going to rate.

No question holds anything that is rated after it, so an answer that fits what
comes next owes it to the model.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scripts.simulation.visits import Visit

K = 10
# As `positive_threshold` of the warehouse.
LIKED_STARS = 4.0
# Somebody who has rated that many looks again.
PATIENCE = 10
MOST_SEEDS = 20
LOOKS_SECONDS = (5.0, 120.0)
CHANCES: Mapping[str, float] = {
    # of a visit
    "names a genre": 0.15,
    "a newcomer looks at what is popular": 0.3,
    "asks for the like of the first liked movie": 0.5,
    "looks again": 0.8,
}


@dataclass(frozen=True)
class Question:
    """A request on the simulated clock.

    Attributes
    ----------
    at : float
        Seconds since the epoch.
    user_id : int
        Who asks; it need not be told.
    path : str
    body : mapping or None
        Of a POST; none stands for a GET.
    """

    at: float
    user_id: int
    path: str
    body: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        # The log keeps microseconds, and so does the header.
        object.__setattr__(self, "at", round(self.at, 6))


def questions(visit: Visit, genres: Sequence[str], seed: int) -> Iterator[Question]:
    """Yield what is asked during a visit, the same for the same seed.

    Parameters
    ----------
    visit : Visit
    genres : sequence of str
        Those that may be asked for.
    seed : int
    """
    user, first = visit.user_id, visit.ratings[0].at
    chance = random.Random(f"{seed} {user} {first}")  # noqa: S311 - no secret

    def happens(what: str) -> bool:
        return chance.random() < CHANCES[what]

    looks_at = first - chance.uniform(*LOOKS_SECONDS)
    body: dict[str, Any] = {"user_id": user, "k": K}
    if happens("names a genre"):
        body["filters"] = {"genres": [chance.choice(genres)]}
    yield Question(looks_at, user, "/recommend", body)
    if visit.is_new and happens("a newcomer looks at what is popular"):
        yield Question(looks_at + 2, user, f"/popular?k={K}&window=trending")
    liked = [rating for rating in visit.ratings if rating.stars >= LIKED_STARS]
    if liked and happens("asks for the like of the first liked movie"):
        asked = {"movie_id": liked[0].movie_id, "k": K}
        yield Question(liked[0].at + 0.25, user, "/similar", asked)
    if len(visit.ratings) > PATIENCE and happens("looks again"):
        yield _second_look(visit)


def _second_look(visit: Visit) -> Question:
    """Question of somebody who has rated `PATIENCE` movies by now."""
    rated = visit.ratings[:PATIENCE]
    body: dict[str, Any] = {"user_id": visit.user_id, "k": K}
    body["exclude_movie_ids"] = [rating.movie_id for rating in rated]
    liked = [rating.movie_id for rating in rated if rating.stars >= LIKED_STARS]
    if liked:
        body["seed_movie_ids"] = liked[:MOST_SEEDS]
    return Question(rated[-1].at + 0.5, visit.user_id, "/recommend", body)
