"""One small bundle on disk, its contents, and an engine on it."""

import pytest

from tests.webapp.recommender.small_bundle import make_contents
from warehouse.bundle.layout import BundleContents
from warehouse.bundle.reader import Bundle, load_bundle
from warehouse.bundle.writer import write_bundle
from warehouse.home import Home
from webapp.recommender.engine import Engine


@pytest.fixture(scope="session")
def contents() -> BundleContents:
    return make_contents()


@pytest.fixture(scope="session")
def bundle(contents, tmp_path_factory) -> Bundle:
    return load_bundle(write_bundle(Home(tmp_path_factory.mktemp("home")), contents))


@pytest.fixture(scope="session")
def engine(bundle) -> Engine:
    return Engine(bundle)
