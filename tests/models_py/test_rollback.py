"""An earlier bundle put back: pointer, registry and record agree."""

import io

import pyarrow.parquet as pq
import pytest
from rich.console import Console

from models_py.promotion.registry import Registry
from models_py.rollback import roll_back
from warehouse.bundle import current_version
from warehouse.errors import BundleError
from warehouse.settings import Settings

DATASET = "synthetic-20k"
VERSIONS = ("als-first", "als-second", "als-third")


@pytest.fixture
def settings(home: Settings, put_in_production) -> Settings:
    """Settings of a home where three versions came into production one after another."""
    for version in VERSIONS:
        put_in_production("all", version)
    return Settings.from_environment(
        {"MARQUEE_HOME": str(home.home.root), "MARQUEE_DATASET": DATASET}
    )


def back(settings: Settings, version: str | None = None) -> str:
    return roll_back(settings, version, Console(quiet=True))


def serving(settings: Settings) -> tuple[str | None, str | None]:
    production = Registry(settings.home, DATASET).production()
    return current_version(settings.home), production.model_version if production else None


def test_the_version_before_serves_again_and_it_is_on_record(settings: Settings) -> None:
    said = io.StringIO()
    assert roll_back(settings, None, Console(file=said, width=300)) == "als-second"

    assert serving(settings) == ("als-second", "als-second")
    registry = Registry(settings.home, DATASET)
    assert [each.stage for each in registry.versions()] == ["Archived", "Production", "Archived"]
    (file,) = settings.home.ml("promotion_decisions", DATASET).glob("rollback-*.parquet")
    (row,) = pq.read_table(file).to_pylist()
    assert (row["challenger_version"], row["champion_version"]) == ("als-second", "als-third")
    assert row["promoted"]
    assert row["reason"] == "rolled back by hand from als-third; no comparison was made"
    assert row["reason"] in said.getvalue()
    assert "`make pipeline` finishes the warehouse first" in said.getvalue()


def test_going_back_again_goes_further_and_never_to_what_was_left(settings: Settings) -> None:
    assert [back(settings), back(settings)] == ["als-second", "als-first"]

    with pytest.raises(BundleError, match="not rolled back itself") as caught:
        back(settings)
    assert "als-second, als-third" in str(caught.value)
    assert serving(settings) == ("als-first", "als-first")
    assert back(settings, "als-third") == "als-third"


@pytest.mark.parametrize(
    ("version", "complaint"),
    [
        ("als-third", "is in production already"),
        ("als-ninth", "no bundle of this version is kept"),
        ("../als-first", "no bundle of this version is kept"),
    ],
)
def test_a_version_that_cannot_serve_is_refused_by_name(
    settings: Settings, version: str, complaint: str
) -> None:
    with pytest.raises(BundleError, match=f"{version}: {complaint}"):
        back(settings, version)
    assert serving(settings) == ("als-third", "als-third")


def test_a_damaged_bundle_is_not_put_back(settings: Settings) -> None:
    file = settings.home.bundles / "als-second" / "item_embeddings.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)

    with pytest.raises(BundleError, match="item_embeddings"):
        back(settings)
    assert serving(settings) == ("als-third", "als-third")
