"""The bundle that serves follows ``CURRENT``, and a bad one changes nothing."""

import gc
import json
import shutil
import weakref

import pytest

from tests.webapp.conftest import FIRST, SECOND
from warehouse.bundle.pointer import set_current


@pytest.fixture
def live(service):
    return service.live


def spoil(home, version):
    file = home.bundles / version / "item_embeddings.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def test_it_swaps_when_current_moves(app, home, live):
    client = app.test_client()
    before = client.post("/recommend", json={"user_id": 10}).json
    set_current(home, SECOND)
    live.refresh()
    after = client.post("/recommend", json={"user_id": 10}).json
    assert (before["model_version"], after["model_version"]) == (FIRST, SECOND)
    assert before["recommendations"] != after["recommendations"]
    assert client.get("/health").json["model_version"] == SECOND


def test_it_stays_while_current_does(live):
    serving = live.current
    live.refresh()
    assert live.current is serving


def test_an_answer_begun_on_the_old_bundle_ends_on_it(home, live):
    taken = live.current
    set_current(home, SECOND)
    live.refresh()
    shutil.rmtree(home.bundles / FIRST)
    answer = json.loads(taken.answers.recommend(b'{"user_id": 12}').body("id"))
    assert answer["model_version"] == FIRST


def test_the_old_engine_is_freed_as_soon_as_nobody_uses_it(home, live):
    gc.disable()
    try:
        live.current.answers.recommend(b'{"user_id": 10}')
        old = [weakref.ref(live.current.answers), weakref.ref(live.current.engine)]
        set_current(home, SECOND)
        live.refresh()
        assert [reference() for reference in old] == [None, None]
    finally:
        gc.enable()


def test_the_garbage_collector_passes_a_loaded_bundle_by(home, live):
    set_current(home, SECOND)
    before = gc.get_freeze_count()
    live.refresh()
    assert gc.get_freeze_count() > before
    assert gc.isenabled()
    passed_by = {id(one) for one in gc.get_objects()}
    assert id(live.current.engine.__dict__) not in passed_by


def test_a_damaged_bundle_is_refused_and_the_old_one_serves_on(app, home, live):
    spoil(home, SECOND)
    set_current(home, SECOND)
    live.refresh()
    client = app.test_client()
    health = client.get("/health").json
    assert (health["status"], health["model_version"]) == ("ok", FIRST)
    assert SECOND in health["model_refused"]
    assert "item_embeddings.npy" in health["model_refused"]
    assert client.get("/readyz").status_code == 200
    metrics = client.get("/metrics").text
    assert "marquee_bundle_refused 1.0" in metrics
    assert "marquee_bundle_refusals_total 1.0" in metrics


def test_a_refused_bundle_is_not_read_again_and_again(app, home, live):
    spoil(home, SECOND)
    set_current(home, SECOND)
    for _ in range(3):
        live.refresh()
    assert "marquee_bundle_refusals_total 1.0" in app.test_client().get("/metrics").text


def test_a_mended_bundle_serves(app, bundles, home, live):
    spoil(home, SECOND)
    set_current(home, SECOND)
    live.refresh()
    shutil.rmtree(home.bundles / SECOND)
    shutil.copytree(bundles / SECOND, home.bundles / SECOND)
    live.refresh()
    assert live.current.engine.model_version == SECOND
    assert live.refusal is None
    assert "marquee_bundle_refused 0.0" in app.test_client().get("/metrics").text


def test_a_refusal_ends_when_current_moves_back(home, live):
    spoil(home, SECOND)
    set_current(home, SECOND)
    live.refresh()
    set_current(home, FIRST)
    live.refresh()
    assert live.refusal is None


@pytest.mark.parametrize("content", ["gone\n", "../elsewhere\n", "\n", "\x00"])
def test_a_strange_pointer_is_refused(home, live, content):
    (home.bundles / "CURRENT").write_text(content)
    live.refresh()
    assert live.current.engine.model_version == FIRST


def test_a_process_that_begins_with_a_damaged_bundle_takes_the_newest_good_one(make_app, home):
    spoil(home, FIRST)
    health = make_app().test_client().get("/health").json
    assert health["model_version"] == SECOND
    assert FIRST in health["model_refused"]


def test_what_is_refused_is_what_current_names_and_no_substitute(make_app, home):
    spoil(home, FIRST)
    spoil(home, SECOND)
    client = make_app().test_client()
    health = client.get("/health").json
    assert (health["status"], health["model_version"]) == ("no_model", None)
    assert health["model_refused"].startswith(FIRST)
    assert SECOND not in health["model_refused"]
    assert "marquee_bundle_refusals_total 1.0" in client.get("/metrics").text


def test_it_waits_for_the_first_bundle(make_app, home):
    (home.bundles / "CURRENT").unlink()
    app = make_app()
    client = app.test_client()
    assert client.get("/health").json["status"] == "no_model"
    assert client.get("/readyz").status_code == 503
    set_current(home, SECOND)
    app.extensions["marquee"].live.refresh()
    assert client.get("/readyz").json == {"status": "ready", "model_version": SECOND}
