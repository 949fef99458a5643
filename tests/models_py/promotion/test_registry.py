"""The registry on a real MLflow store: one production version an edition."""

from contextlib import suppress

import pytest

from models_py.promotion.registry import Registry
from models_py.tracking.runs import Tracker
from models_py.tracking.store import open_client
from warehouse.errors import TrainingError
from warehouse.home import Home


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return Home(tmp_path_factory.mktemp("home"))


@pytest.fixture
def registry(home, request):
    """A registered model of its own for every test, in one store."""
    dataset = request.node.name.replace("_", "-")[-40:]
    with Tracker(home, dataset).run("als") as run:
        pass
    registry = Registry(home, dataset)
    for name in ("als-1", "als-2", "als-3"):
        registry.register(name, "als", run.run_id, {"parameters": {"factors": 8}, "seed": 1})
    return registry


def _stages(registry):
    return {name: registry.find(name).stage for name in ("als-1", "als-2", "als-3")}


def test_registering_again_adds_nothing(registry):
    first = registry.find("als-1")
    assert registry.register("als-1", "als", "other", {}) == first
    assert first.recipe == {"parameters": {"factors": 8}, "seed": 1}
    assert registry.find("als-9") is None


def test_versions_go_from_none_to_staging_to_production_to_archived(registry):
    assert registry.production() is None
    registry.to_staging("als-1")
    assert _stages(registry) == {"als-1": "Staging", "als-2": "None", "als-3": "None"}
    registry.to_production("als-1")
    registry.to_staging("als-2")
    registry.to_staging("als-3")
    assert _stages(registry) == {"als-1": "Production", "als-2": "None", "als-3": "Staging"}
    registry.to_production("als-3")
    assert _stages(registry) == {"als-1": "Archived", "als-2": "None", "als-3": "Production"}
    assert registry.production().model_version == "als-3"
    assert registry.staging().model_version == "als-3"


def test_a_promotion_cut_short_is_mended_by_the_next(home, registry):
    registry.to_production("als-1")
    number = registry.find("als-2").number
    open_client(home).set_registered_model_alias(registry.name, "production", number)
    registry.to_production("als-2")
    assert _stages(registry) == {"als-1": "Archived", "als-2": "Production", "als-3": "None"}


@pytest.mark.parametrize("writes", range(4))
def test_a_promotion_killed_after_any_write_is_dated_by_the_next(registry, monkeypatch, writes):
    registry.to_production("als-1")
    done = []

    def dying(write):
        def perform(*arguments):
            if len(done) == writes:
                raise KeyboardInterrupt
            done.append(write(*arguments))

        return perform

    with monkeypatch.context() as patched, suppress(KeyboardInterrupt):
        for name in ("set_registered_model_alias", "set_model_version_tag"):
            patched.setattr(registry._client, name, dying(getattr(registry._client, name)))
        registry.to_production("als-2")

    registry.to_production("als-2")
    assert registry.production().model_version == "als-2"
    assert registry.find("als-1").in_production_at < registry.find("als-2").in_production_at
    assert _stages(registry) == {"als-1": "Archived", "als-2": "Production", "als-3": "None"}


def test_editions_in_one_home_do_not_meet(home, registry):
    registry.to_production("als-1")
    assert Registry(home, "elsewhere").production() is None


def test_a_version_that_is_not_there_is_named(registry):
    with pytest.raises(TrainingError, match="als-9: not registered in marquee-"):
        registry.to_production("als-9")


def test_an_alias_on_a_foreign_version_is_explained(home, registry):
    client = open_client(home)
    foreign = client.create_model_version(registry.name, source="file:///nowhere").version
    client.set_registered_model_alias(registry.name, "production", foreign)
    with pytest.raises(TrainingError, match="has no tag 'model_version'"):
        registry.production()
