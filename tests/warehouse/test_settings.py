import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from warehouse.errors import SettingError
from warehouse.settings import PROJECT_ROOT, SETTINGS, Settings


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_environment({})

    assert settings.dataset == "ml-100k"
    assert settings.home.root == PROJECT_ROOT / "warehouse" / "data"
    assert settings.max_reject_share == 0.01


def test_the_environment_wins_over_the_default(tmp_path: Path) -> None:
    settings = Settings.from_environment({"MARQUEE_HOME": str(tmp_path), "MARQUEE_THREADS": "3"})

    assert settings.home.root == tmp_path
    assert settings.threads == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MARQUEE_HOME", "/data/o'brien"),
        ("MARQUEE_HOME", '/data/the "big" disk'),
        ("MARQUEE_HOME", "/data/two\nlines"),
        ("MARQUEE_HOME", "/data/[old]/*"),
        ("MARQUEE_THREADS", "none"),
        ("MARQUEE_THREADS", "0"),
        ("MARQUEE_MAX_REJECT_SHARE", "1.5"),
        ("MARQUEE_MEMORY_LIMIT", "lots"),
        ("MARQUEE_MEMORY_LIMIT", "-1GB"),
        ("MARQUEE_MEMORY_LIMIT", "nanGB"),
        ("MARQUEE_MEMORY_LIMIT", "0GB"),
        ("MARQUEE_MAX_REJECT_SHARE", "nan"),
        ("MARQUEE_AS_OF", "1"),
        ("MARQUEE_AS_OF", "0.0"),
        ("MARQUEE_AS_OF", "yesterday"),
        ("MARQUEE_RETRAIN_CRON", "hourly"),
        ("MARQUEE_RETRAIN_CRON", "0 4 * *"),
        ("MARQUEE_PROFILE", "production"),
        ("MARQUEE_API_PORT", "70000"),
        ("MARQUEE_SIMULATED_TIME", "1"),
        ("MARQUEE_EXPLORATION", "greedy"),
        ("MARQUEE_EXPLORATION_RATE", "1.01"),
        ("MARQUEE_EXPLORATION_DEPTH", "0"),
        ("MARQUEE_EXPLORATION_TEMPERATURE", "0"),
        ("MARQUEE_EXPLORATION_TEMPERATURE", "inf"),
        ("MARQUEE_STORE_URL", "mysql://host/name"),
        ("MARQUEE_STORE_URL", "app.db"),
        ("MARQUEE_REQUEST_LOG_FLUSH", "nan"),
        ("MARQUEE_CORS_ORIGINS", "https://*.example.org"),
        ("MARQUEE_CORS_ORIGINS", "https://example.org, *"),
        ("MARQUEE_CORS_ORIGINS", "https://example.org/"),
        ("MARQUEE_CORS_ORIGINS", "https://example.org:99999"),
        ("MARQUEE_CORS_ORIGINS", "https://(a|b).example"),
        ("MARQUEE_CORS_ORIGINS", "https://someone@example.org"),
        ("MARQUEE_CORS_ORIGINS", "example.org"),
        ("MARQUEE_CORS_ORIGINS", "null"),
    ],
)
def test_a_bad_value_is_named_with_what_was_expected(name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        Settings.from_environment({name: value})

    assert name in str(caught.value)
    assert repr(value) in str(caught.value)
    assert "expected" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("", ()),
        ("*", ("*",)),
        (
            "https://Example.org:8443, http://localhost",
            ("https://example.org:8443", "http://localhost"),
        ),
    ],
)
def test_origins_are_listed_one_by_one_or_all(value: str, origins: tuple[str, ...]) -> None:
    settings = Settings.from_environment({"MARQUEE_CORS_ORIGINS": value})

    assert settings.serving.cors_origins == origins


@pytest.mark.parametrize(
    ("value", "as_of"),
    [
        ("", None),
        ("0.8", 0.8),
        (".25", 0.25),
        ("1998-03-08", datetime(1998, 3, 8)),
        ("1998-03-08T12:00:00Z", datetime(1998, 3, 8, 12)),
        ("1998-03-08T12:00:00+02:00", datetime(1998, 3, 8, 10)),
    ],
)
def test_what_is_known_ends_at_an_instant_or_a_quantile(value: str, as_of: object) -> None:
    assert Settings.from_environment({"MARQUEE_AS_OF": value}).as_of == as_of


@pytest.mark.parametrize(
    "value", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00", "soon", "1.5"]
)
def test_an_instant_that_no_calendar_has_is_refused(value: str) -> None:
    with pytest.raises(SettingError, match=r"MARQUEE_AS_OF='.*expected an ISO time"):
        Settings.from_environment({"MARQUEE_AS_OF": value})


def test_a_home_may_have_spaces_and_any_letter() -> None:
    settings = Settings.from_environment({"MARQUEE_HOME": "/große daten/映画"})

    assert settings.home.root == Path("/große daten/映画")


def test_the_readme_lists_every_setting_as_the_code_has_it() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")

    for spec in SETTINGS:
        assert f"| `{spec.name}` | {spec.described_default} | {spec.help} |" in readme


def test_every_default_can_be_used_on_a_machine_of_many_cores() -> None:
    code = (
        "import os; os.sched_getaffinity = lambda _: set(range(192))\n"
        "from warehouse.settings import Settings; read = Settings.from_environment({})\n"
        "print(read.threads, read.serving.workers)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["192", "64"]


def test_a_misspelt_setting_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SettingError, match="did you mean MARQUEE_THREADS"):
        Settings.from_environment({"MARQUEE_THREAD": "2"})


def test_a_profile_changes_the_defaults_and_nothing_that_is_set() -> None:
    prod = Settings.from_environment({"MARQUEE_PROFILE": "prod"}).serving
    chosen = Settings.from_environment(
        {"MARQUEE_PROFILE": "prod", "MARQUEE_LOG_FORMAT": "console"}
    ).serving

    assert (prod.log_format, prod.drain_seconds) == ("json", 5)
    assert (chosen.log_format, chosen.drain_seconds) == ("console", 5)


def test_the_store_lies_in_the_home_unless_an_address_is_set(tmp_path: Path) -> None:
    own = Settings.from_environment({"MARQUEE_HOME": str(tmp_path)})
    url = "postgresql+psycopg://someone@localhost/marquee"

    assert own.store.url == f"sqlite:///{tmp_path}/app.db"
    assert Settings.from_environment({"MARQUEE_STORE_URL": url}).store.url == url


def test_the_password_of_the_store_is_not_shown() -> None:
    url = "postgresql+psycopg://someone:hunter2@localhost/marquee"

    assert "hunter2" not in repr(Settings.from_environment({"MARQUEE_STORE_URL": url}))


def test_only_the_settings_module_reads_the_environment() -> None:
    readers = [
        path.relative_to(PROJECT_ROOT).as_posix()
        for folder in ("warehouse", "models_py", "webapp", "scripts")
        for path in (PROJECT_ROOT / folder).rglob("*.py")
        if "os.environ.get" in path.read_text(encoding="utf-8")
        or "os.getenv" in path.read_text(encoding="utf-8")
    ]

    assert readers == []
