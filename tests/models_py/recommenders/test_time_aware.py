import dataclasses

import numpy as np
import pytest

from models_py.data.interactions import Histories, TrainingSet
from models_py.recommenders.confidence import confidence
from models_py.recommenders.low_rank import (
    debiased_ease,
    directed_ridge,
    genre_profile,
    halves,
    shrunk_cosine,
)
from models_py.recommenders.time_aware import TimeAware, standardised

ONLY_PRIOR = {
    f"{view}_{kind}": 0.0
    for view in ("recent", "lasting", "directed", "genre", "cosine")
    for kind in ("weight", "returning_weight")
}
EVERYTHING = {
    "weight_of_five": 2.0,
    "directed_weight": 0.3,
    "directed_returning_weight": 0.7,
    "returning_length": 5.0,
}


def _told(stars: dict[int, float]) -> Histories:
    columns = np.array(sorted(stars), int)
    ratings = np.array([stars[column] for column in columns])
    return Histories.from_entries(0 * columns, columns, ratings, 0 * columns, (1, 20))


def _expected(toy: TrainingSet, model: TimeAware, stars: dict[int, float]) -> np.ndarray:
    """Compute the documented sum from its parts, without a fold-in."""
    value = {name: float(number) for name, number in model.parameters.items()}
    ratings, popularity = toy.histories.ratings, toy.popularity[None]
    strong, plain = (confidence(ratings, w) for w in (value["weight_of_five"], 1.0))
    views = {}
    for view in ("recent", "lasting"):
        days = toy.histories.ages.data.astype(float) - 1
        decayed = strong.copy()
        decayed.data = strong.data * 0.5 ** (days / value[f"{view}_half_life_days"])
        views[view] = debiased_ease(decayed, popularity, **_regression(value, view))
    parts = halves(strong, toy.histories.ages)
    views["directed"] = directed_ridge(parts, popularity, **_regression(value, "directed"))
    views["genre"] = genre_profile(toy.genres)
    views["cosine"] = shrunk_cosine(plain, popularity, shrinkage=30.0, rank=16, seed=0)

    n = len(stars)
    power = value["returning_power"]
    gate = n**power / (n**power + value["returning_length"] ** power)
    prior = standardised(np.log(toy.popularity[14] + value["popularity_smoothing"]))
    returning = standardised(np.log(toy.returning_popularity[10] + value["returning_smoothing"]))
    newness = standardised(0.5 ** ((2000 - toy.years) / value["release_half_life_years"]))
    total = prior + gate * (
        value["returning_weight"] * returning + value["release_weight"] * newness
    )
    for view, pair in views.items():
        slope = value["weight_of_five"] - 1 if view in ("recent", "lasting", "directed") else 0
        scores = sum(
            ((1 + (given - 4) * slope) * (pair.items @ pair.inputs[column]))
            for column, given in stars.items()
        )
        if n and scores.std() > 0:
            low, high = value[f"{view}_weight"], value[f"{view}_returning_weight"]
            shrunk = n / (n + value[f"{view}_shrinkage"])
            total = total + (low + (high - low) * gate) * shrunk * scores / scores.std()
    return total


def _regression(value: dict[str, float], view: str) -> dict[str, float]:
    return {
        "l2": value[f"{view}_l2"],
        "penalty": value[f"{view}_popularity_penalty"],
        "rank": int(value[f"{view}_rank"]),
        "seed": 0,
    }


@pytest.fixture
def dated(two_blocks: TrainingSet) -> TrainingSet:
    years = np.random.default_rng(1).integers(1980, 2000, 20).astype(np.float32)
    return dataclasses.replace(two_blocks, years=years)


@pytest.mark.parametrize(
    "stars",
    [{}, {3: 5.0}, {0: 4.0, 1: 5.0, 12: 4.5}, dict.fromkeys(range(15), 4.5)],
    ids=["empty", "newcomer", "some", "long"],
)
def test_score_is_the_documented_sum(dated: TrainingSet, stars: dict[int, float]) -> None:
    model = TimeAware(EVERYTHING).fit(dated)
    expected = _expected(dated, model, stars)
    np.testing.assert_allclose(model.score(_told(stars))[0], expected, rtol=1e-3, atol=1e-4)


def test_views_without_weight_are_left_out(dated: TrainingSet) -> None:
    bare = TimeAware(ONLY_PRIOR).fit(dated)
    assert bare.item_factors.shape == (20, 1)
    one = TimeAware({**ONLY_PRIOR, "directed_weight": 1.0, "directed_rank": 7}).fit(dated)
    assert one.item_factors.shape == (20, 8)
    late = TimeAware({**ONLY_PRIOR, "genre_returning_weight": 1.0}).fit(dated)
    assert late.item_factors.shape == (20, 1 + dated.genres.shape[1])


def test_the_second_prior_comes_with_the_history(dated: TrainingSet) -> None:
    model = TimeAware({**ONLY_PRIOR, "returning_length": 5.0, "returning_power": 2.0}).fit(dated)
    second = model.item_factors[:, 0]

    def share(length: int) -> np.ndarray:
        return model.score(_told(dict.fromkeys(range(length), 4.0)))[0] - model.item_prior

    np.testing.assert_array_equal(share(0), 0)
    np.testing.assert_allclose(share(5), second / 2, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(share(15), second * 0.9, rtol=1e-5, atol=1e-6)


def test_the_first_prior_follows_decayed_popularity(dated: TrainingSet) -> None:
    model = TimeAware({}).fit(dated)
    scores = model.score(Histories.empty(1, 20))[0]
    order = np.argsort(dated.popularity[14], kind="stable")
    assert (np.diff(scores[order]) >= 0).all()
    assert scores.std() == pytest.approx(1, abs=1e-5)
    assert scores.mean() == pytest.approx(0, abs=1e-6)


def test_a_movie_without_a_year_counts_as_old(dated: TrainingSet) -> None:
    years = np.full(20, 1990, np.float32)
    years[:3] = [2000, np.nan, 2002]
    parameters = {**ONLY_PRIOR, "returning_weight": 0.0, "release_weight": 1.0}
    newness = TimeAware(parameters).fit(dataclasses.replace(dated, years=years)).item_factors[:, 0]
    assert newness[1] < newness[3:].min()
    # One announced for later is as new as one of this year.
    assert newness[0] == newness[2] == newness.max()
