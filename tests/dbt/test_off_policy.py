"""Off-policy estimates in a world whose truth is known."""

import io
import random
from datetime import UTC, datetime, timedelta
from math import sqrt

import duckdb
import hand_made_edition as edition
import pytest
import served_requests
from estimators.bandits import ips, snips
from rich.console import Console
from served_requests import request

from warehouse.dbt import run_dbt
from warehouse.settings import Settings

N_USERS = 3000
EPSILON = 0.35
# Users of another version, who ask twice before they tell what they like.
N_ASKING_TWICE = 1000
TWICE = "asked-twice"
MOVIES = list(range(1, 11))
GREEDY = MOVIES[:4]
# A new user's chance to like a movie, where it stands first.
LIKED = {movie: 0.5 - 0.04 * movie for movie in MOVIES}


def chance_of_like(movies, place):
    """Patience fades down the list, and faster after a movie of the other half."""
    bored = sum(movie > len(GREEDY) for movie in movies[:place])
    return LIKED[movies[place]] * 0.9**place * 0.6**bored


def explored(chance):
    """A list by epsilon-greedy without repetition, with the propensity of each place."""
    left, shown, propensities = list(MOVIES), [], []
    for _ in GREEDY:
        best = left[0]
        movie = chance.choice(left) if chance.random() < EPSILON else best
        propensities.append(EPSILON / len(left) + (1 - EPSILON) * (movie == best))
        shown.append(movie)
        left.remove(movie)
    return shown, propensities


@pytest.fixture(scope="module")
def world():
    """Requests of new users, and which of the movies shown they like a day later."""
    chance = random.Random(11)
    requests, ratings, rewards = [], list(edition.RATINGS), []
    for number in range(N_USERS):
        user, day = 1000 + number, chance.uniform(0, 5)
        movies, propensities = explored(chance)
        requests.append(
            request(
                number,
                day,
                user_id=user,
                recommendations=movies,
                scores=[1.0] * len(movies),
                propensities=propensities,
                greedy=GREEDY,
            )
        )
        liked = [chance.random() < chance_of_like(movies, place) for place in range(len(movies))]
        rewards.append(liked)
        at = datetime.fromtimestamp(requests[-1].timestamp, UTC).replace(tzinfo=None)
        stars = [(movie, 5.0 if like else 2.0) for movie, like in zip(movies, liked, strict=True)]
        # What is disliked is seldom rated at all.
        told = [each for each in stars if each[1] == 5.0 or chance.random() < 0.1]
        ratings += [(user, movie, star, at + timedelta(hours=20)) for movie, star in told]
    ratings.append((1, 9, 3.0, edition.START + timedelta(days=60)))
    return requests, ratings, rewards


@pytest.fixture(scope="module")
def world_asked_twice():
    """Users with a settled taste, and what they say once they were shown two lists."""
    chance = random.Random(12)
    requests, ratings = [], []
    for user in range(10_000, 10_000 + N_ASKING_TWICE):
        tastes = {movie for movie in MOVIES if chance.random() < LIKED[movie]}
        shown = set()
        for day in (1, 1 + chance.choice([0.01, 1])):
            movies, propensities = explored(chance)
            shown |= set(movies)
            requests.append(
                request(
                    user * 2 + (day > 1),
                    day,
                    user_id=user,
                    model_version=TWICE,
                    recommendations=movies,
                    scores=[1.0] * len(movies),
                    propensities=propensities,
                    greedy=GREEDY,
                )
            )
        at = edition.START + timedelta(days=3)
        ratings += [(user, movie, 5.0, at) for movie in sorted(shown & tastes)]
    return requests, ratings


@pytest.fixture(scope="module")
def estimated(world, world_asked_twice, tmp_path_factory):
    requests, ratings = world[0] + world_asked_twice[0], world[1] + world_asked_twice[1]
    home = tmp_path_factory.mktemp("world")
    edition.write_edition(home)
    edition.write_ratings(home, list({row[:2]: row for row in ratings}.values()))
    served_requests.write_log(served_requests.store_of(home), requests)
    settings = Settings.from_environment({"MARQUEE_HOME": str(home), "MARQUEE_THREADS": "2"})
    arguments = ["run", "--select", "+rpt_off_policy", "--vars", edition.VARS]
    run_dbt(settings, edition.DATASET, arguments, Console(file=io.StringIO()))
    with duckdb.connect(str(home / "build" / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.sql(
            "select model_version, estimator, value, standard_error, effective_sample_size,"
            " n_requests from reports.rpt_off_policy where window_days = 7"
        ).fetchall()
    return {(version, name): figures for version, name, *figures in rows}


@pytest.fixture(scope="module")
def estimates(estimated):
    return {name: figures for (version, name), figures in estimated.items() if version != TWICE}


def truth():
    """What the greedy policy is worth: the mean over its places."""
    return sum(chance_of_like(GREEDY, place) for place in range(len(GREEDY))) / len(GREEDY)


@pytest.mark.parametrize("estimator", ["ips", "snips", "doubly_robust"])
def test_the_greedy_policy_is_worth_what_it_is_worth(estimates, estimator):
    value, standard_error, *_ = estimates[estimator]
    assert abs(value - truth()) < 3 * standard_error
    assert 0 < standard_error < 0.02


def test_the_log_alone_would_mislead(estimates):
    value, standard_error, *_ = estimates["mean"]
    assert value + 5 * standard_error < truth()


def test_a_reward_model_makes_the_estimate_sharper(estimates):
    assert estimates["doubly_robust"][1] < 0.95 * estimates["ips"][1]


def test_figures_are_those_of_the_formulas(world, estimates):
    requests, _, rewards = world
    weighted, weights, logged = [], [], []
    for record, liked in zip(requests, rewards, strict=True):
        weight, products, passed = 1.0, [], []
        places = zip(record.recommendations, GREEDY, record.propensities, strict=True)
        for (movie, greedy, propensity), reward in zip(places, liked, strict=True):
            weight *= (movie == greedy) / propensity
            passed.append(weight)
            products.append(weight * reward)
        weighted.append(sum(products) / len(GREEDY))
        weights.append(sum(passed) / len(GREEDY))
        logged.append(sum(liked) / len(GREEDY))
    n, total = len(requests), sum(weights)
    plain, normalised = sum(weighted) / n, sum(weighted) / total
    effective = total**2 / sum(weight**2 for weight in weights)
    pairs = list(zip(weighted, weights, strict=True))
    errors = {
        "ips": sqrt(sum((x - plain) ** 2 for x in weighted)) / n,
        "snips": sqrt(sum((x - normalised * w) ** 2 for x, w in pairs)) / total,
    }
    assert estimates["mean"] == pytest.approx(
        [sum(logged) / n, sqrt(sum((x - sum(logged) / n) ** 2 for x in logged)) / n, n, n]
    )
    assert estimates["ips"] == pytest.approx([plain, errors["ips"], effective, n])
    assert estimates["snips"] == pytest.approx([normalised, errors["snips"], effective, n])
    assert 0.2 * n < effective < 0.9 * n


@pytest.mark.parametrize(("name", "library"), [("ips", ips), ("snips", snips)])
def test_an_independent_library_agrees(world, estimates, name, library):
    requests, _, rewards = world
    estimator = library.Estimator()
    for record, liked in zip(requests, rewards, strict=True):
        logged, is_greedy = 1.0, True
        places = zip(record.recommendations, GREEDY, record.propensities, strict=True)
        for (movie, greedy, propensity), reward in zip(places, liked, strict=True):
            logged, is_greedy = logged * propensity, is_greedy and movie == greedy
            estimator.add_example(logged, float(reward), float(is_greedy))
    assert estimates[name][0] == pytest.approx(estimator.get(), rel=1e-9)


@pytest.mark.parametrize("estimator", ["ips", "snips", "doubly_robust"])
def test_asking_twice_changes_nothing(estimated, estimator):
    value, standard_error, _, n_requests = estimated[TWICE, estimator]
    honest = sum(LIKED[movie] for movie in GREEDY) / len(GREEDY)
    assert abs(value - honest) < 3 * standard_error
    assert 0 < standard_error < 0.03
    assert n_requests == 2 * N_ASKING_TWICE
