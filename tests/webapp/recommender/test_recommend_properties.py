"""What holds for every answer to /recommend, whoever asks and however."""

import math

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.webapp.recommender import reference
from tests.webapp.recommender.small_bundle import (
    ALL_IDS,
    TRAINED_IDS,
    USER_IDS,
    WITHOUT_HISTORY,
)
from warehouse.bundle.reader import load_bundle
from webapp.recommender.engine import Engine
from webapp.recommender.questions import Filters, RecommendQuestion

GENRES = ("Action", "crime", "DRAMA", "Film-Noir", "Romance", "Sci-Fi", "War", "Polka")
years = st.none() | st.integers(1940, 2005)
filters = st.builds(Filters, st.lists(st.sampled_from(GENRES), max_size=3).map(tuple), years, years)
movies = st.lists(st.sampled_from((*ALL_IDS, 2, 999)), max_size=6).map(tuple)
questions = st.builds(
    RecommendQuestion,
    user_id=st.sampled_from((*USER_IDS, *WITHOUT_HISTORY, 999, None)),
    k=st.integers(1, 25),
    exclude_seen=st.booleans(),
    filters=filters,
    seed_movie_ids=st.just(()) | movies,
    seed_genres=st.just(()) | st.lists(st.sampled_from(GENRES), max_size=3).map(tuple),
    exclude_movie_ids=st.just(()) | movies,
)
thorough = settings(max_examples=300, deadline=None, derandomize=True)


def allowed(contents, question) -> set[int]:
    left = reference.passing(contents, question.filters)
    left -= {*question.seed_movie_ids, *question.exclude_movie_ids}
    if question.user_id in (*USER_IDS, *WITHOUT_HISTORY) and question.exclude_seen:
        left -= reference.seen(contents, question.user_id)
    return left


def expected_scores(contents, question) -> dict[int, float] | None:
    """Scores from the definition; none where the answer is not personal."""
    seeds = reference.rows(contents, question.seed_movie_ids)
    if question.user_id in USER_IDS:
        row = USER_IDS.index(question.user_id)
        part = contents.histories.row(row)
        entries = {
            int(movie): (rating, age)
            for movie, rating, age in zip(
                contents.histories.indices[part],
                contents.histories.values[0][part],
                contents.histories.values[1][part],
                strict=True,
            )
        }
    elif len(seeds):
        entries = {}
    else:
        return None
    for seed in seeds.tolist():
        entries[seed] = (entries[seed][0] if seed in entries else 4.0, 0.0)
    rows = np.array(sorted(entries))
    ratings, ages = np.array([entries[row] for row in rows.tolist()], dtype=np.float32).T
    scored = reference.scores(contents, contents.fold_in.vector(rows, ratings, ages))
    named = {genre.casefold() for genre in question.seed_genres} - {"polka"}
    if named:
        deviation = np.std(list(scored.values()))
        for movie, features in reference.features(contents).items():
            if movie in scored:
                shared = named & {genre.casefold() for genre in features["genres"]}
                scored[movie] += deviation * len(shared) / len(named)
    return scored


@thorough
@given(question=questions)
def test_an_answer_holds_what_was_asked_for(engine, contents, question):
    answer = engine.recommend(question)
    left = allowed(contents, question)
    assert len(set(answer.movie_ids)) == len(answer.movie_ids)
    assert set(answer.movie_ids) <= left
    assert len(answer.movie_ids) == min(question.k, len(left))
    assert answer.exhausted == (len(left) < question.k)
    assert all(math.isfinite(score) for score in answer.scores)
    assert answer.scores == sorted(answer.scores, reverse=True)
    assert answer.model_version == contents.model_version
    assert answer.user_id == question.user_id
    assert answer.is_fallback == (answer.strategy == "popular") == bool(answer.fallback_reason)


@thorough
@given(question=questions)
def test_scores_and_order_are_those_of_the_definition(engine, contents, question):
    scored = expected_scores(contents, question)
    if scored is None:
        return
    answer = engine.recommend(question)
    best = reference.best(scored, allowed(contents, question), question.k)
    # The stored vector is rounded to float32, and so is the deviation in the bonus.
    assert answer.scores == pytest.approx([scored[movie] for movie in best], rel=1e-5, abs=1e-5)
    assert answer.movie_ids == best


@thorough
@given(question=questions)
def test_the_json_says_what_the_answer_says(engine, contents, question):
    answer = engine.recommend(question)
    known = reference.features(contents)
    assert orjson.loads(answer.items_json()) == [
        {
            "movie_id": movie,
            "title": known[movie]["title"],
            "score": score,
            "year": known[movie]["year"],
            "genres": known[movie]["genres"],
        }
        for movie, score in zip(answer.movie_ids, answer.scores, strict=True)
    ]


@thorough
@given(question=questions)
def test_scores_are_float32_values(engine, question):
    scores = engine.recommend(question).scores
    assert (
        orjson.loads(
            orjson.dumps(np.array(scores, dtype=np.float32), option=orjson.OPT_SERIALIZE_NUMPY)
        )
        == scores
    )


@settings(thorough, max_examples=60)
@given(asked=st.lists(questions, max_size=12))
def test_a_batch_answers_like_one_question_after_another(engine, asked):
    assert engine.recommend_batch(asked) == [engine.recommend(question) for question in asked]


@pytest.fixture(scope="module")
def other_engine(bundle) -> Engine:
    return Engine(load_bundle(bundle.path, mmap=False))


@thorough
@given(question=questions)
def test_another_engine_on_the_same_bundle_gives_the_same_answer(engine, other_engine, question):
    assert other_engine.recommend(question) == engine.recommend(question)


def test_every_movie_comes_back_when_all_are_asked_for(engine):
    answer = engine.recommend(RecommendQuestion(10, k=len(TRAINED_IDS), exclude_seen=False))
    assert sorted(answer.movie_ids) == list(TRAINED_IDS)
    assert not answer.exhausted
