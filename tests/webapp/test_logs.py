"""Log lines of a process, for people and for machines."""

import json
import logging

import pytest
import structlog

from warehouse.settings import Settings
from webapp.logs import configure_logs


@pytest.fixture
def configure():
    root, level = logging.getLogger(), logging.getLogger().level
    handlers = root.handlers[:]

    def set_up(**values):
        names = {f"MARQUEE_{name}": value for name, value in values.items()}
        configure_logs(Settings.from_environment(names).serving)

    yield set_up
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level
    for name in ("_granian", "granian.access"):
        logging.getLogger(name).handlers.clear()


def test_our_lines_and_those_of_others_are_json(configure, capsys):
    configure(LOG_FORMAT="json")
    structlog.get_logger("ours").info("it happened", request_id="7", count=2)
    logging.getLogger("theirs").warning("careful: %s", "ice")
    logging.getLogger("_granian").info("started")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    ours, theirs, server = lines
    assert (ours["event"], ours["request_id"], ours["level"]) == ("it happened", "7", "info")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == (
        "careful: ice",
        "warning",
        "theirs",
    )
    assert server["event"] == "started"
    assert all(line["timestamp"].endswith("Z") for line in lines)


def test_an_exception_stays_on_its_line(configure, capsys):
    configure(LOG_FORMAT="json")
    try:
        raise ValueError("no")
    except ValueError:
        structlog.get_logger("ours").exception("failed")
    [line] = capsys.readouterr().err.splitlines()
    [told] = json.loads(line)["exception"]
    assert (told["exc_type"], told["exc_value"]) == ("ValueError", "no")


@pytest.mark.parametrize("form", ["json", "console"])
def test_the_log_of_a_500_tells_where_and_nothing_that_was_there(make_app, configure, capsys, form):
    configure(LOG_FORMAT=form)
    app = make_app()
    answers = app.extensions["marquee"].live.current.answers

    def broken(body):
        password, asked = "hunter2", body  # noqa: F841 - here to be found in a traceback
        raise RuntimeError("out of order")

    answers.recommend = broken
    assert app.test_client().post("/recommend", json={"user_id": 31337}).status_code == 500
    printed = capsys.readouterr().err
    assert "RuntimeError" in printed
    assert "out of order" in printed
    assert "broken" in printed
    assert "31337" not in printed
    assert "locals" not in printed
    assert "hunter2" not in printed


def test_what_migrations_have_to_say_is_not_repeated(configure, capsys):
    configure()
    theirs = logging.getLogger("alembic.runtime.migration")
    theirs.info("Context impl SQLiteImpl.")
    theirs.warning("odd")
    [line] = capsys.readouterr().err.splitlines()
    assert "odd" in line


def test_the_level_is_a_setting(configure, capsys):
    configure(LOG_LEVEL="warning")
    structlog.get_logger("ours").info("quiet")
    logging.getLogger("theirs").info("quiet")
    structlog.get_logger("ours").warning("loud")
    printed = capsys.readouterr().err
    assert "loud" in printed
    assert "quiet" not in printed


@pytest.mark.parametrize(
    ("profile", "is_json"), [("dev", False), ("staging", True), ("prod", True)]
)
def test_profiles_choose_the_form(configure, capsys, profile, is_json):
    configure(PROFILE=profile)
    structlog.get_logger("ours").info("hello")
    assert capsys.readouterr().err.startswith("{") == is_json
