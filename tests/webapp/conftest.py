"""Homes with small bundles, applications on them, and the rows that they log."""

import shutil
import time
from pathlib import Path

import pytest

from tests.webapp.recommender.small_bundle import make_contents
from warehouse.bundle.pointer import set_current
from warehouse.bundle.writer import write_bundle
from warehouse.home import Home
from warehouse.settings import Settings
from warehouse.store.engine import open_engine
from warehouse.store.migrate import upgrade
from warehouse.store.reading import recent
from webapp.app import create_app

FIRST, SECOND = "small-0000000001", "small-0000000002"


@pytest.fixture(scope="session")
def bundles(tmp_path_factory) -> Path:
    """Two bundles that rank differently; nobody writes here."""
    home = Home(tmp_path_factory.mktemp("bundles"))
    write_bundle(home, make_contents(FIRST, seed=3))
    write_bundle(home, make_contents(SECOND, seed=4))
    set_current(home, FIRST)
    return home.bundles


@pytest.fixture
def home(bundles, tmp_path) -> Home:
    """A home of one's own, with both bundles and the first one current."""
    shutil.copytree(bundles, tmp_path / "bundles")
    return Home(tmp_path)


def _app(home, surroundings=None, **values):
    environment = {"MARQUEE_HOME": str(home.root), "MARQUEE_RELOAD_SECONDS": "0"}
    environment |= {f"MARQUEE_{name}": value for name, value in values.items()}
    settings = Settings.from_environment(environment)
    upgrade(settings.store.url)
    return create_app(settings, surroundings)


@pytest.fixture
def make_app(home):
    """Make applications on the home, with settings given without their prefix."""
    made = []

    def make(surroundings=None, **values):
        made.append(_app(home, surroundings, **values))
        return made[-1]

    yield make
    for app in made:
        app.extensions["marquee"].close()


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture(scope="session")
def shared_app(bundles, tmp_path_factory):
    """An application for tests that only ask."""
    app = _app(Home(bundles.parent), STORE_URL=f"sqlite:///{tmp_path_factory.mktemp('s')}/app.db")
    yield app
    app.extensions["marquee"].close()


@pytest.fixture
def client(shared_app):
    return shared_app.test_client()


@pytest.fixture
def service(app):
    return app.extensions["marquee"]


@pytest.fixture
def logged(service):
    """Wait for a number of logged requests, and give them, the oldest first."""
    store = open_engine(service.settings.store.url)

    def wait(count):
        deadline = time.monotonic() + 20
        while len(rows := recent(store, 1_000)) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(rows) == count
        return sorted(rows, key=lambda row: row.timestamp)

    yield wait
    store.dispose()
