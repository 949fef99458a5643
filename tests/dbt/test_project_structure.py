"""The project's shape, read off the manifest that dbt wrote."""

import json
import re

import pytest

from warehouse.settings import PROJECT_ROOT

PREFIXES = {
    "staging": r"stg_(movielens|ml|interactions|operational)__[a-z_]+",
    "intermediate": r"int_[a-z_]+",
    "marts": r"(dim|fct)_[a-z_]+",
    "reports": r"rpt_[a-z_]+",
}


@pytest.fixture(scope="module")
def manifest(built):
    return json.loads((built / "dbt" / "target" / "manifest.json").read_text())


@pytest.fixture(scope="module")
def models(manifest):
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


@pytest.fixture(scope="module")
def public(models):
    return [model for model in models if model["schema"] in ("marts", "reports")]


def test_names_say_the_layer(models):
    for model in models:
        assert re.fullmatch(PREFIXES[model["path"].split("/")[0]], model["name"]), model["name"]


def test_only_staging_reads_sources_and_nothing_reads_upwards(manifest, models):
    order = list(PREFIXES)
    for model in models:
        layer = order.index(model["path"].split("/")[0])
        for parent in model["depends_on"]["nodes"]:
            if parent.startswith("source."):
                assert layer == 0, model["name"]
                continue
            if parent.startswith("seed."):
                continue
            parent_layer = order.index(manifest["nodes"][parent]["path"].split("/")[0])
            # evaluation, and what is made of the request log, stand between marts and reports
            between = ("intermediate/ml/", "intermediate/logs/")
            limit = 2 if model["path"].startswith(between) else layer
            assert parent_layer <= limit, (model["name"], parent)


def test_every_model_states_its_grain_and_every_column_is_described(models):
    for model in models:
        assert re.search(r"\bone row\b", model["description"], re.IGNORECASE), model["name"]
        assert model["columns"], model["name"]
        for column in model["columns"].values():
            assert column["description"], (model["name"], column["name"])


def test_every_public_model_has_an_enforced_contract(public):
    for model in public:
        assert model["config"]["contract"]["enforced"], model["name"]


def test_every_public_model_has_a_tested_key(manifest, public):
    keyed = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("kwargs", {}).get("key")
    }
    assert {model["unique_id"] for model in public} <= keyed


def test_every_public_model_has_a_consumer(manifest, public):
    exposures = manifest["exposures"].values()
    used = {node for exposure in exposures for node in exposure["depends_on"]["nodes"]}
    assert {model["unique_id"] for model in public} <= used


@pytest.mark.parametrize(
    ("exposure", "reads"),
    [
        ("training", lambda path: "serving" not in path.parts),
        ("bundle_export", lambda path: "serving" in path.parts),
    ],
)
def test_exposures_name_what_the_code_reads(manifest, exposure, reads):
    names = "|".join(
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    )
    code = (path for path in (PROJECT_ROOT / "models_py").rglob("*.py") if reads(path))
    read = {
        name
        for path in code
        for name in re.findall(rf"\bmarts\.({names})\b", path.read_text(encoding="utf-8"))
    }
    (depends_on,) = (
        each["depends_on"]["nodes"]
        for each in manifest["exposures"].values()
        if each["name"] == exposure
    )
    assert {node.split(".")[-1] for node in depends_on} == read


def test_every_test_is_an_error(manifest):
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    assert {test["config"]["severity"].lower() for test in tests} == {"error"}
