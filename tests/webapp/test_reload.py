"""A new bundle while requests come: none is dropped, and no answer is of two bundles."""

import pytest

from tests.webapp.conftest import FIRST, SECOND
from tests.webapp.server_process import Load, server, until
from warehouse.bundle.pointer import set_current
from warehouse.bundle.reader import load_bundle
from webapp.recommender.engine import Engine
from webapp.recommender.questions import RecommendQuestion

SWAPS = 20
USERS = (10, 11, 12, 14)


@pytest.fixture(scope="module")
def expected(bundles):
    """What each bundle recommends to each user."""
    engines = {version: Engine(load_bundle(bundles / version)) for version in (FIRST, SECOND)}
    return {
        (version, user): _shown(engine.recommend(RecommendQuestion(user, k=3)))
        for version, engine in engines.items()
        for user in USERS
    }


def _shown(found):
    return list(zip(found.movie_ids, found.scores, strict=True))


@pytest.mark.parametrize("kept", ["0", "100"])
def test_twenty_swaps_under_load(home, tmp_path, expected, kept):
    values = {"API_WORKERS": "2", "RELOAD_SECONDS": "0.02", "ANSWER_CACHE": kept}
    with server(home, tmp_path, **values) as running, Load(running.url, USERS) as load:
        for swap in range(SWAPS):
            version = (SECOND, FIRST)[swap % 2]
            set_current(home, version)
            begun = len(load.answers)
            until(lambda begun=begun: len(load.answers) > begun + 20)
            until(lambda version=version: all(_serves(running, version) for _ in range(3)))
        assert "marquee_bundle_refusals_total 0.0" in running.get("/metrics").text
    assert load.failures == []
    assert {answer["model_version"] for answer in load.answers} == {FIRST, SECOND}
    for answer in load.answers:
        shown = [(movie["movie_id"], movie["score"]) for movie in answer["recommendations"]]
        assert shown == expected[answer["model_version"], answer["user_id"]]


def _serves(running, version):
    return running.get("/health").json()["model_version"] == version
