"""What is broken is refused by name; what interrupts a writer leaves the last good state."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.bundle import current_version, load_bundle, prune, set_current, writer
from warehouse.bundle.layout import REQUIRED_FILES
from warehouse.bundle.manifest import sealed
from warehouse.bundle.pointer import versions
from warehouse.bundle.writer import write_bundle
from warehouse.errors import BundleError

HERE = Path(__file__).parent


@pytest.fixture
def folder(home, contents):
    path = write_bundle(home, contents)
    set_current(home, path.name)
    return path


def _flip_a_bit(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", [*REQUIRED_FILES, "manifest.json", "fold_in_1_factors.npy"])
@pytest.mark.parametrize(
    "damage",
    [
        _flip_a_bit,
        lambda path: path.write_bytes(path.read_bytes()[:-3]),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
    ],
    ids=["flipped", "truncated", "emptied", "missing"],
)
def test_a_damaged_file_is_refused_by_its_name(folder, name, damage):
    damage(folder / name)
    with pytest.raises(BundleError, match=name):
        load_bundle(folder)


def test_another_schema_version_is_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(sealed({**manifest, "schema_version": 99})))
    with pytest.raises(BundleError, match="schema_version 99, expected 2"):
        load_bundle(folder)


def test_a_damaged_bundle_is_mended_by_writing_it_again(home, contents, folder):
    _flip_a_bit(folder / "item_prior.npy")
    write_bundle(home, contents)
    load_bundle(folder)
    assert sorted(p.name for p in home.bundles.iterdir()) == ["CURRENT", "SERVED", folder.name]


def test_an_error_between_files_leaves_the_old_bundle_and_pointer(
    home, changed, folder, monkeypatch
):
    real, calls = writer._write_array, []

    def fail_later(path, array):
        calls.append(path)
        if len(calls) == 7:
            raise OSError(28, "No space left on device")
        real(path, array)

    monkeypatch.setattr(writer, "_write_array", fail_later)
    with pytest.raises(OSError, match="No space left"):
        write_bundle(home, changed(model_version="toy-next"))
    assert sorted(p.name for p in home.bundles.iterdir()) == ["CURRENT", "SERVED", folder.name]
    assert current_version(home) == folder.name
    load_bundle(folder)


def test_a_killed_writer_leaves_the_old_bundle_and_the_next_one_cleans_up(home, changed, folder):
    script = f"""
import os, signal, sys
sys.path.insert(0, {str(HERE)!r})
from pathlib import Path
from conftest import make_contents
from warehouse.bundle import writer
from warehouse.home import Home
real, calls = writer._write_json, []
def kill_later(path, content, indent=None):
    calls.append(path)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    real(path, content, indent)
writer._write_json = kill_later
writer.write_bundle(Home(Path({str(home.root)!r})), make_contents("toy-next"))
"""
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert versions(home) == [folder.name]
    assert current_version(home) == folder.name
    load_bundle(folder)
    leftovers = [p for p in home.bundles.iterdir() if p.name.endswith(".tmp")]
    assert len(leftovers) == 1
    write_bundle(home, changed(model_version="toy-next"))
    assert versions(home) == [folder.name, "toy-next"]
    assert not [p for p in home.bundles.iterdir() if p.name.endswith(".tmp")]


def test_the_pointer_only_moves_to_a_readable_bundle(home, folder):
    for version in ("nowhere", "", "../etc", ".hidden"):
        with pytest.raises(BundleError):
            set_current(home, version)
    assert current_version(home) == folder.name


def test_there_is_no_current_version_before_the_first(home):
    assert current_version(home) is None


def test_pruning_keeps_the_newest_and_always_the_current(home, changed, folder):
    for version in ("toy-2", "toy-3", "toy-4"):
        write_bundle(home, changed(model_version=version))
    assert prune(home, keep=2) == ["toy-2", "toy-3"]
    assert versions(home) == [folder.name, "toy-4"]
    assert prune(home, keep=1) == ["toy-4"]
    assert current_version(home) == folder.name


def test_pruning_goes_by_when_bundles_last_served(home, changed):
    for version in ("toy-1", "toy-2", "toy-3"):
        write_bundle(home, changed(model_version=version))
        set_current(home, version)
    set_current(home, "toy-1")
    write_bundle(home, changed(model_version="toy-4"))
    set_current(home, "toy-4")

    assert prune(home, keep=3) == ["toy-2"]
    assert prune(home, keep=2) == ["toy-3"]
    assert sorted(versions(home)) == ["toy-1", "toy-4"]


def test_what_served_before_the_order_was_on_record_is_not_first_to_go(home, changed):
    for version in ("toy-1", "toy-2", "toy-3"):
        write_bundle(home, changed(model_version=version))
    (home.bundles / "CURRENT").write_text("toy-1\n")
    set_current(home, "toy-3")

    assert prune(home, keep=2) == ["toy-2"]
