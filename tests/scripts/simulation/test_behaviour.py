"""What is asked during a visit: the same for a seed, and nothing that is rated later."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from scripts.simulation.behaviour import LIKED_STARS, PATIENCE, questions
from scripts.simulation.visits import HeldOut, Rating, Visit
from scripts.simulation.walk import questions_of_slice
from tests.scripts.simulation.conftest import AS_OF, GENRES


def visit(user: int = 7, count: int = 15, is_new: bool = True) -> Visit:
    stars = (5.0, 2.0, 4.0)
    ratings = (Rating(1e9 + 10 * n, 100 + n, stars[n % 3]) for n in range(count))
    return Visit(user, is_new, tuple(ratings))


def test_a_visit_begins_with_a_question_before_its_first_rating() -> None:
    for seed in range(50):
        first, *_ = questions(visit(), GENRES, seed)
        assert (first.path, first.body["user_id"]) == ("/recommend", 7)
        assert 0 < 1e9 - first.at <= 120


def test_the_same_seed_asks_the_same_and_another_one_other_things() -> None:
    asked = [[list(questions(visit(), GENRES, seed)) for seed in range(20)] for _ in range(2)]

    assert asked[0] == asked[1]
    assert len({repr(one) for one in asked[0]}) > 10


def test_nothing_is_asked_that_only_the_future_tells() -> None:
    rated_at = {rating.movie_id: rating.at for rating in visit().ratings}
    for seed in range(100):
        for question in questions(visit(), GENRES, seed):
            body = question.body or {}
            told = [body.get("movie_id"), *body.get("seed_movie_ids", ())]
            told += body.get("exclude_movie_ids", ())
            assert all(rated_at[movie] < question.at for movie in told if movie is not None)


def test_who_looks_again_tells_what_was_liked_and_wants_no_more_of_what_was_rated() -> None:
    again = [
        question.body
        for seed in range(30)
        for question in questions(visit(), GENRES, seed)
        if "exclude_movie_ids" in (question.body or {})
    ]

    assert again
    liked = [r.movie_id for r in visit().ratings[:PATIENCE] if r.stars >= LIKED_STARS]
    assert all(body["seed_movie_ids"] == liked for body in again)
    assert all(len(body["exclude_movie_ids"]) == PATIENCE for body in again)


@pytest.mark.parametrize("is_new", [True, False])
def test_only_newcomers_look_at_what_is_popular(is_new: bool) -> None:
    paths = Counter(
        question.path.partition("?")[0]
        for seed in range(60)
        for question in questions(visit(is_new=is_new), GENRES, seed)
    )

    assert (paths["/popular"] > 0) is is_new
    assert paths["/similar"] > 0


def test_the_questions_of_a_slice_lie_in_it_and_come_in_order(held_out: HeldOut) -> None:
    end = held_out.visits(AS_OF, held_out.ends_at)[20].ratings[0]
    ends_at = datetime.fromtimestamp(end.at, UTC).replace(tzinfo=None)
    asked = questions_of_slice(held_out, AS_OF, ends_at, GENRES, seed=1)

    moments = [question.at for question in asked]
    assert moments == sorted(moments)
    assert moments[0] >= AS_OF.replace(tzinfo=UTC).timestamp()
    assert moments[-1] < end.at
    assert asked == questions_of_slice(held_out, AS_OF, ends_at, GENRES, seed=1)
