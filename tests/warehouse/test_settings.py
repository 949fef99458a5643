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
        ("MARQUEE_MAX_REJECT_SHARE", "nan"),
    ],
)
def test_a_bad_value_is_named_with_what_was_expected(name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        Settings.from_environment({name: value})

    assert name in str(caught.value)
    assert repr(value) in str(caught.value)
    assert "expected" in str(caught.value)


def test_a_home_may_have_spaces_and_any_letter() -> None:
    settings = Settings.from_environment({"MARQUEE_HOME": "/große daten/映画"})

    assert settings.home.root == Path("/große daten/映画")


def test_the_readme_lists_every_setting_as_the_code_has_it() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")

    for spec in SETTINGS:
        default = spec.default.removeprefix(f"{PROJECT_ROOT}/")
        default = "all cores" if spec.name == "MARQUEE_THREADS" else f"`{default}`"
        assert f"| `{spec.name}` | {default} | {spec.help} |" in readme


def test_only_the_settings_module_reads_the_environment() -> None:
    readers = [
        path.relative_to(PROJECT_ROOT).as_posix()
        for folder in ("warehouse", "models_py", "scripts")
        for path in (PROJECT_ROOT / folder).rglob("*.py")
        if "os.environ.get" in path.read_text(encoding="utf-8")
        or "os.getenv" in path.read_text(encoding="utf-8")
    ]

    assert readers == []
