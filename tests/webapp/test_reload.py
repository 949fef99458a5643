"""A new bundle while requests come: none is dropped, and no answer is of two bundles."""

import pytest

from tests.webapp.conftest import FIRST, SECOND
from tests.webapp.server_process import Load, server, until
from warehouse.bundle.pointer import set_current
from warehouse.bundle.reader import load_bundle
from webapp.recommender.engine import Engine
from webapp.recommender.questions import RecommendQuestion

SWAPS = 20
WORKERS = 2
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
    values = {"API_WORKERS": str(WORKERS), "RELOAD_SECONDS": "0.02", "ANSWER_CACHE": kept}
    with server(home, tmp_path, **values) as running, Load(running.url, USERS) as load:
        for swap in range(SWAPS):
            version = (SECOND, FIRST)[swap % 2]
            set_current(home, version)
            begun = len(load.answers)
            until(lambda begun=begun: len(load.answers) > begun + 20)
            until(lambda version=version: _serving(running, version) == WORKERS)
        assert "marquee_bundle_refusals_total 0.0" in running.get("/metrics").text
    assert load.failures == []
    assert {answer["model_version"] for answer in load.answers} == {FIRST, SECOND}
    _are_right(load.answers, expected)


def test_a_damaged_bundle_under_load_fails_no_request(home, tmp_path, expected):
    values = {"API_WORKERS": str(WORKERS), "RELOAD_SECONDS": "0.02"}
    with server(home, tmp_path, **values) as running, Load(running.url, USERS) as load:
        until(lambda: len(load.answers) > 20)
        damaged = home.bundles / SECOND / "item_embeddings.npy"
        content = damaged.read_bytes()
        damaged.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        set_current(home, SECOND)
        until(lambda: f"marquee_bundle_refused {WORKERS}.0" in running.get("/metrics").text)
        refused = len(load.answers)
        until(lambda: len(load.answers) > refused + 100)
        assert _serving(running, FIRST) == WORKERS
    assert load.failures == []
    _are_right(load.answers, expected)
    assert {answer["model_version"] for answer in load.answers} == {FIRST}


def _serving(running, version):
    """How many workers serve a version."""
    label = f'marquee_model_info{{model_version="{version}"}} '
    lines = running.get("/metrics").text.splitlines()
    return sum(float(line.removeprefix(label)) for line in lines if line.startswith(label))


def _are_right(answers, expected):
    for answer in answers:
        shown = [(movie["movie_id"], movie["score"]) for movie in answer["recommendations"]]
        assert shown == expected[answer["model_version"], answer["user_id"]]
