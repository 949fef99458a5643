"""Which answers are kept, and how much memory they may take."""

import json
import tracemalloc
from contextlib import contextmanager

import pytest
from marshmallow import ValidationError

from webapp.kept_answers import LONGEST_ANSWER, LONGEST_REQUEST, keeper
from webapp.ranked_answer import RankedAnswer

KEPT = 50
LARGEST_KEPT = 10 * 1024


@pytest.fixture
def answers(make_app):
    return make_app(ANSWER_CACHE=str(KEPT)).extensions["marquee"].live.current.answers


@contextmanager
def memory():
    """Note how many bytes more are held at the end than at the beginning."""
    held = []
    tracemalloc.start()
    try:
        yield held
        held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()


def recommend(user, k=10, length=0, **asked):
    return json.dumps({"user_id": user, "k": k, **asked}).encode().ljust(length)


def is_kept(answerer, asked):
    return answerer(asked) is answerer(asked)


def test_an_answer_is_kept_for_the_same_question_to_the_same_endpoint(answers):
    assert is_kept(answers.recommend, recommend(10))
    assert is_kept(answers.similar, b'{"movie_id": 1}')
    assert is_kept(answers.popular, b"k=3")
    assert answers.recommend(b"{}").record.endpoint == "/recommend"
    with pytest.raises(ValidationError):
        answers.similar(b"{}")


def test_none_is_kept_where_none_is_to_be(make_app):
    fresh = make_app(ANSWER_CACHE="0").extensions["marquee"].live.current.answers
    assert not is_kept(fresh.recommend, recommend(10))


def test_an_answer_to_a_long_request_is_not_kept(answers):
    assert is_kept(answers.recommend, recommend(10, length=LONGEST_REQUEST))
    assert not is_kept(answers.recommend, recommend(10, length=LONGEST_REQUEST + 1))


def test_a_long_answer_is_not_kept(answers):
    record = answers.recommend(recommend(10)).record

    def answerer(asked):
        return RankedAnswer(b"a" * int(asked), record)

    kept = keeper(KEPT)(answerer)
    assert is_kept(kept, b"%d" % LONGEST_ANSWER)
    assert not is_kept(kept, b"%d" % (LONGEST_ANSWER + 1))


def test_the_endpoints_share_what_may_be_kept(answers):
    first = answers.recommend(recommend(10))
    for number in range(KEPT - 1):
        answers.popular(b"k=3&year_max=%d" % (1950 + number))
    assert answers.recommend(recommend(10)) is first
    for number in range(KEPT):
        answers.popular(b"k=2&year_max=%d" % (1950 + number))
    assert answers.recommend(recommend(10)) is not first


def test_long_requests_leave_nothing_behind(answers):
    answers.recommend(recommend(10, length=60_000))
    with memory() as held:
        for user in range(1, 200):
            answers.recommend(recommend(user, length=60_000))
    assert held[0] < 100_000


def test_what_is_kept_takes_no_more_than_is_said(answers):
    """The longest answers for the longest requests that are kept, with numbers of their own."""
    with memory() as held:
        for number in range(3 * KEPT):
            others = list(range(10**9 + 100 * number, 10**9 + 100 * number + 35))
            asked = recommend(number + 1, k=100, exclude_seen=False, exclude_movie_ids=others)
            assert LONGEST_REQUEST - 70 < len(asked) <= LONGEST_REQUEST
            assert is_kept(answers.recommend, asked)
    assert KEPT * 2_000 < held[0] < KEPT * LARGEST_KEPT
