"""Drawing by chance: what is drawn comes as often as its propensities say, and these are exact."""

import math
from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webapp.recommender.small_bundle import USER_IDS
from webapp.recommender.exploration import EpsilonGreedy, Explorer, Softmax
from webapp.recommender.questions import Filters, RecommendQuestion

SCORES = (2.5, 2.0, 0.5, -1.0)
POLICIES = [EpsilonGreedy(0.3), EpsilonGreedy(1.0), Softmax(1.0), Softmax(0.4)]
DRAWS = 40_000


def chance(policy, scores, drawn):
    """Propensities of a whole draw, place by place, from the definition of the policy."""
    left = list(range(len(scores)))
    spread = float(np.std(scores)) or 1.0
    chances = []
    for candidate in drawn:
        if isinstance(policy, EpsilonGreedy):
            best = 1 - policy.rate if candidate == left[0] else 0.0
            chances.append(best + policy.rate / len(left))
        else:
            weights = {one: math.exp(scores[one] / (policy.temperature * spread)) for one in left}
            chances.append(weights[candidate] / sum(weights.values()))
        left.remove(candidate)
    return chances


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
@pytest.mark.parametrize("places", [1, 3, 4])
def test_every_draw_comes_as_often_as_its_propensities_say(policy, places):
    """Against the enumeration of all draws: a chi-squared test, and the propensities exactly."""
    generator = np.random.default_rng(2024)
    counts, told = Counter(), {}
    for _ in range(DRAWS):
        drawn, propensities = policy.draw(np.array(SCORES), places, generator)
        counts[tuple(drawn)] += 1
        told[tuple(drawn)] = propensities
    expected = {
        draw: math.prod(chance(policy, SCORES, draw)) for draw in permutations(range(4), places)
    }
    assert sum(expected.values()) == pytest.approx(1)
    for draw, propensities in told.items():
        assert propensities == pytest.approx(chance(policy, SCORES, draw), rel=1e-12)
    distance = sum(
        (counts[draw] - DRAWS * share) ** 2 / (DRAWS * share) for draw, share in expected.items()
    )
    # Four standard deviations above the mean of chi-squared; the seed is fixed.
    freedom = len(expected) - 1
    assert distance < freedom + 4 * math.sqrt(2 * freedom)


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
def test_weighting_by_propensities_gives_the_mean_of_a_policy_that_was_not_run(policy):
    """The reward of the greedy list, estimated from what others were shown, place by place."""
    generator = np.random.default_rng(7)
    reward = np.array([0.1, 0.6, 0.2, 0.9])
    estimates = []
    for _ in range(DRAWS):
        drawn, propensities = policy.draw(np.array(SCORES), 1, generator)
        estimates.append(reward[drawn[0]] / propensities[0] if drawn[0] == 0 else 0.0)
    error = np.std(estimates) / math.sqrt(DRAWS)
    assert np.mean(estimates) == pytest.approx(reward[0], abs=4 * error)


@given(
    scores=st.lists(st.floats(-1e6, 1e6, width=32), max_size=60),
    places=st.integers(0, 60),
    policy=st.one_of(
        st.builds(EpsilonGreedy, st.floats(0, 1)),
        st.builds(Softmax, st.floats(1e-3, 1e3)),
    ),
    seed=st.integers(0, 99),
)
def test_a_draw_repeats_nothing_and_its_propensities_are_probabilities(
    scores, places, policy, seed
):
    ranked = np.array(sorted(scores, reverse=True))
    wanted = min(places, len(ranked))
    drawn, propensities = policy.draw(ranked, wanted, np.random.default_rng(seed))
    assert len(drawn) == len(propensities) == len(set(drawn)) == wanted
    assert set(drawn) <= set(range(len(ranked)))
    assert all(0 < propensity <= 1 for propensity in propensities)
    if wanted and wanted == len(ranked):
        assert propensities[-1] == pytest.approx(1)


def test_equal_scores_are_drawn_alike():
    drawn, propensities = Softmax(1.0).draw(np.full(5, 3.25), 5, np.random.default_rng(1))
    assert propensities == pytest.approx([1 / 5, 1 / 4, 1 / 3, 1 / 2, 1])
    assert sorted(drawn) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("policy", [EpsilonGreedy(0.0), Softmax(1e-6)], ids=repr)
def test_without_chance_the_best_come_in_their_order(policy):
    drawn, propensities = policy.draw(np.array(SCORES), 3, np.random.default_rng(5))
    assert drawn == [0, 1, 2]
    assert propensities == [1.0, 1.0, 1.0]


def explorer(policy=None, depth=6, seed=3):
    return Explorer(policy or Softmax(2.0), depth, np.random.default_rng(seed))


QUESTIONS = [
    RecommendQuestion(USER_IDS[0], 4),
    RecommendQuestion(USER_IDS[0], 9),
    RecommendQuestion(USER_IDS[0], 100),
    RecommendQuestion(999, 4),
    RecommendQuestion(None, 4, seed_movie_ids=(1, 17), seed_genres=("Crime",)),
    RecommendQuestion(USER_IDS[1], 5, filters=Filters(("Drama",), 1970)),
    RecommendQuestion(13, 4),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=repr)
def test_an_explored_answer_permutes_the_best_and_leaves_the_rest(engine, question):
    one = explorer()
    greedy = engine.recommend(question)
    wide = engine.recommend(one.widened(question))
    explored = one.choose(wide, question.k)
    shown = explored.shown
    assert explored.greedy == greedy.movie_ids
    assert shown.exhausted == greedy.exhausted
    assert len(shown.movie_ids) == len(explored.propensities) == len(greedy.movie_ids)
    assert set(shown.movie_ids) <= {*wide.movie_ids[:6], *greedy.movie_ids}
    assert shown.movie_ids[6:] == greedy.movie_ids[6:]
    assert set(explored.propensities[6:]) <= {1.0}
    scores = dict(zip(wide.movie_ids, wide.scores, strict=True))
    assert shown.scores == [scores[movie] for movie in shown.movie_ids]
    assert shown.items_json().count(b'"movie_id"') == len(shown.movie_ids)
    assert (shown.strategy, shown.fallback_reason) == (greedy.strategy, greedy.fallback_reason)


def test_the_json_holds_the_movies_as_they_were_drawn(engine):
    one = explorer()
    shown = one.choose(engine.recommend(one.widened(QUESTIONS[0])), 4).shown
    texts = shown.items_json().split(b'{"movie_id":')[1:]
    assert [int(text.split(b",")[0]) for text in texts] == shown.movie_ids


def test_the_same_seed_draws_the_same(engine):
    wide = engine.recommend(explorer().widened(QUESTIONS[0]))
    draws = [[explorer(seed=seed).choose(wide, 4) for seed in (1, 2, 3, 4)] for _ in range(2)]
    assert draws[0] == draws[1]
    assert len({tuple(explored.shown.movie_ids) for explored in draws[0]}) > 1


def test_without_a_seed_no_two_explorers_draw_alike(engine):
    wide = engine.recommend(RecommendQuestion(USER_IDS[0], 20))
    drawn = {
        tuple(Explorer(EpsilonGreedy(1.0), 20).choose(wide, 12).shown.movie_ids) for _ in range(5)
    }
    assert len(drawn) > 1
