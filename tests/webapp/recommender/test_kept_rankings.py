"""Rankings that are kept give the answers that would be computed anew."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.webapp.recommender.small_bundle import TRAINED_IDS, USER_IDS
from tests.webapp.recommender.test_recommend_properties import filters, questions
from webapp.recommender import recommend, similar
from webapp.recommender.engine import Engine
from webapp.recommender.kept_rankings import KeptRankings
from webapp.recommender.questions import RecommendQuestion, SimilarQuestion

thorough = settings(max_examples=300, deadline=None, derandomize=True)
similar_questions = st.builds(
    SimilarQuestion,
    st.sampled_from(TRAINED_IDS).map(lambda movie: (movie,)),
    st.integers(1, 25),
    filters,
)


@pytest.fixture(params=[3, 256])
def keeping(request, bundle, monkeypatch):
    """An engine whose kept rankings are too short for some questions, or for none."""
    for module in (recommend, similar):
        monkeypatch.setattr(module, "KEPT_DEPTH", request.param)
    return Engine(bundle, kept=4)


def test_answers_are_those_of_an_engine_that_keeps_nothing(keeping, engine):
    @thorough
    @given(st.lists(questions, min_size=1, max_size=3), st.lists(similar_questions, max_size=3))
    def same(asked, about):
        for question in asked:
            assert keeping.recommend(question) == engine.recommend(question)
        for question in about:
            assert keeping.similar(question) == engine.similar(question)

    same()


def test_a_ranking_is_made_once_for_all_filters(bundle, monkeypatch):
    engine = Engine(bundle, kept=4)
    made = []
    best = type(engine._recommender._ranking).best

    def counted(self, *arguments):
        made.append(arguments)
        return best(self, *arguments)

    monkeypatch.setattr(type(engine._recommender._ranking), "best", counted)
    question = RecommendQuestion(USER_IDS[0], 2)
    for k in (1, 2, 3):
        engine.recommend(dataclasses.replace(question, k=k))
    assert len(made) == 1
    engine.recommend(dataclasses.replace(question, exclude_seen=False))
    engine.recommend(dataclasses.replace(question, exclude_movie_ids=(TRAINED_IDS[0],)))
    assert len(made) == 3


def test_the_number_kept_is_bounded():
    made = []

    def rank(key, depth):
        made.append(key)
        return np.arange(depth), np.zeros(depth, dtype=np.float32)

    kept = KeptRankings(rank, 5, 2)
    for key in (1, 2, 1, 3, 1, 2):
        kept.best(key, None, 5)
    assert made == [1, 2, 3, 2]
    assert KeptRankings(rank, 5, 0).best(1, None, 5) is None
