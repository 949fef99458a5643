"""What every registered recommender must do."""

import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models_py.data.interactions import Histories, TrainingSet
from models_py.recommenders import RECOMMENDERS, FactorRecommender, Recommender, recommender_class
from warehouse.errors import TrainingError

IMPERSONAL = {"popularity_all_time", "popularity_decayed"}
SMALL = {"als": {"factors": 4, "regularization": 0.1}, "ease": {"l2": 5.0}}


@pytest.fixture(params=sorted(RECOMMENDERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def fitted(name: str, two_blocks: TrainingSet) -> Recommender:
    return _make(name).fit(two_blocks)


def _make(name: str, seed: int = 0, threads: int = 1) -> Recommender:
    return RECOMMENDERS[name](SMALL.get(name), seed, threads)


def _assert_same(left: np.ndarray, right: np.ndarray) -> None:
    np.testing.assert_allclose(left, right, rtol=1e-5, atol=1e-6)


def test_scores_have_the_shape_and_type_of_the_contract(
    fitted: Recommender, two_blocks: TrainingSet
) -> None:
    scores = fitted.score(two_blocks.histories)
    assert scores.shape == (80, 20)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


def test_same_seed_gives_the_same_bits_on_any_number_of_threads(
    name: str, two_blocks: TrainingSet
) -> None:
    one = _make(name, seed=3).fit(two_blocks).score(two_blocks.histories)
    again = _make(name, seed=3).fit(two_blocks).score(two_blocks.histories)
    threaded = _make(name, seed=3, threads=2).fit(two_blocks).score(two_blocks.histories)
    np.testing.assert_array_equal(one, again)
    np.testing.assert_array_equal(one, threaded)


def test_a_user_is_scored_alike_alone_and_in_any_company(
    fitted: Recommender, two_blocks: TrainingSet
) -> None:
    together = fitted.score(two_blocks.histories)
    order = np.random.default_rng(0).permutation(80)
    _assert_same(fitted.score(two_blocks.histories.take(order)), together[order])
    for user in (0, 41, 79):
        _assert_same(fitted.score(two_blocks.histories.take([user]))[0], together[user])


def test_a_new_user_is_scored_like_a_known_one_with_the_same_history(
    fitted: Recommender, two_blocks: TrainingSet
) -> None:
    known = two_blocks.histories.take([5])
    told = Histories.from_entries(
        np.zeros(6, int),
        known.ratings.indices[::-1],
        known.ratings.data[::-1],
        known.ages.data[::-1] - 1,
        (1, 20),
    )
    _assert_same(fitted.score(told), fitted.score(two_blocks.histories)[[5]])


def test_an_empty_history_has_finite_scores(fitted: Recommender) -> None:
    scores = fitted.score(Histories.empty(2, 20))
    assert np.isfinite(scores).all()
    np.testing.assert_array_equal(scores[0], scores[1])


def test_no_users_have_no_scores(fitted: Recommender) -> None:
    assert fitted.score(Histories.empty(0, 20)).shape == (0, 20)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1)])
def test_extremes_of_one_user_or_one_movie(
    name: str, shape: tuple[int, int], make_training_set
) -> None:
    training_set = make_training_set(np.full(shape, 5.0))
    scores = _make(name).fit(training_set).score(training_set.histories)
    assert scores.shape == shape
    assert np.isfinite(scores).all()


def test_planted_blocks_are_found(fitted: Recommender, name: str, two_blocks: TrainingSet) -> None:
    if name in IMPERSONAL:
        scores = fitted.score(two_blocks.histories)
        assert (scores == scores[0]).all()
        return
    scores = fitted.score(two_blocks.histories)
    first, second = scores[:, :10].mean(axis=1), scores[:, 10:].mean(axis=1)
    assert (first[:40] > second[:40]).all()
    assert (first[40:] < second[40:]).all()


def test_inputs_are_left_as_they_were(name: str, two_blocks: TrainingSet) -> None:
    before = copy.deepcopy(two_blocks)
    _make(name).fit(two_blocks).score(two_blocks.histories)
    for left, right in (
        (before.histories.ratings, two_blocks.histories.ratings),
        (before.histories.ages, two_blocks.histories.ages),
        (before.seen, two_blocks.seen),
    ):
        for part in ("data", "indices", "indptr"):
            np.testing.assert_array_equal(getattr(left, part), getattr(right, part))
    np.testing.assert_array_equal(before.genres, two_blocks.genres)
    for half_life, popularity in before.popularity.items():
        np.testing.assert_array_equal(popularity, two_blocks.popularity[half_life])


def test_scoring_needs_a_fit_and_its_own_catalogue(name: str, fitted: Recommender) -> None:
    with pytest.raises(TrainingError, match=f"{name}: cannot score before it is fitted"):
        _make(name).score(Histories.empty(1, 20))
    with pytest.raises(TrainingError, match="19 columns, expected 20"):
        fitted.score(Histories.empty(1, 19))


@pytest.mark.parametrize(
    "name",
    sorted(name for name, made in RECOMMENDERS.items() if issubclass(made, FactorRecommender)),
)
def test_a_factor_recommender_scores_by_its_factors(name: str, two_blocks: TrainingSet) -> None:
    fitted = _make(name).fit(two_blocks)
    assert isinstance(fitted, FactorRecommender)
    assert fitted.item_factors.dtype == fitted.item_prior.dtype == np.float32
    users = fitted.fold_in(two_blocks.histories)
    assert users.dtype == np.float32
    _assert_same(
        users @ fitted.item_factors.T + fitted.item_prior, fitted.score(two_blocks.histories)
    )


def test_unknown_parameter_is_named(name: str) -> None:
    with pytest.raises(TrainingError, match=f"{name}: wrong=1: unknown, expected"):
        RECOMMENDERS[name]({"wrong": 1})


def test_every_parameter_is_checked_against_its_range(name: str) -> None:
    for parameter in RECOMMENDERS[name].declared_parameters:
        assert parameter.help
        for value in (parameter.low, parameter.default, parameter.high):
            assert RECOMMENDERS[name]({parameter.name: value}).parameters[parameter.name] == value
        for value in (parameter.low - 1, parameter.high + 1, float("nan"), True, "many", None):
            with pytest.raises(TrainingError, match=f"{name}: {parameter.name}=.*: expected a"):
                RECOMMENDERS[name]({parameter.name: value})


def test_unknown_recommender_is_named() -> None:
    with pytest.raises(TrainingError, match="recommender='nope': expected one of popularity"):
        recommender_class("nope")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(liked=st.sets(st.integers(0, 19), max_size=20), data=st.data())
def test_any_history_has_finite_scores(
    fitted: Recommender, liked: set[int], data: st.DataObject
) -> None:
    stars = data.draw(
        st.lists(
            st.sampled_from([0.5, 3.0, 4.0, 4.5, 5.0]), min_size=len(liked), max_size=len(liked)
        )
    )
    columns = np.array(sorted(liked), int)
    told = Histories.from_entries(
        np.zeros(len(columns), int), columns, np.array(stars), np.zeros(len(columns)), (1, 20)
    )
    assert np.isfinite(fitted.score(told)).all()
