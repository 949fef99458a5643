from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from warehouse.sources.catalogue import EDITIONS
from warehouse.sources.command import sources

from .conftest import TAB_FILES


def test_fetch_shows_counts_and_rejects(
    tmp_path: Path, make_zip: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARQUEE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MARQUEE_MAX_REJECT_SHARE", "1")
    monkeypatch.setenv("COLUMNS", "200")
    path = make_zip(TAB_FILES | {"ml/u.data": TAB_FILES["ml/u.data"] + b"bad\n"})
    for arguments in (
        ["fetch", "--dataset", str(path)],
        ["fetch", "--dataset", str(path), "--refresh"],
    ):
        done = CliRunner().invoke(sources, arguments, catch_exceptions=False)
        assert done.exit_code == 0
        assert "tiny (custom)" in done.output
        assert "rejected: malformed" in done.output
        assert str(tmp_path / "home" / "raw" / "tiny") in done.output


def test_editions_lists_the_whole_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    done = CliRunner().invoke(sources, ["editions"], catch_exceptions=False)
    for name, edition in EDITIONS.items():
        assert name in done.output
        assert f"{edition.releases[0].ratings:,}" in done.output
    assert "10.1145/2827872" in done.output
    assert "research use" in done.output
    assert "synthetic-<ratings>[k|m][-half]" in done.output
