"""Fetching a package's file with pip's own download, and with nothing of it run.

pip verifies the file by its pinned sha256 before it opens it. For a source
distribution it then insists on the package's metadata, for which it would run
the package's build. `_STAND_IN` takes the place of the build system that the
verified archive names, setuptools: it answers with the bare name and version,
so no foreign code is started and no build requirement fetched.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from warehouse.errors import DownloadError
from warehouse.sources.mirrors import Package

_LONGEST_SECONDS = 1800
_PROBE_SECONDS = 60
_STAND_IN = """
import os, pathlib
NAME, VERSION = os.environ["MARQUEE_STAND_IN"].split("==")

def get_requires_for_build_wheel(config_settings=None):
    return []

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = f"{NAME.replace('-', '_')}-{VERSION}.dist-info"
    target = pathlib.Path(metadata_directory, folder)
    target.mkdir()
    lines = ["Metadata-Version: 2.1", f"Name: {NAME}", f"Version: {VERSION}", ""]
    (target / "METADATA").write_text("\\n".join(lines))
    return folder
"""


def fetch_package(package: Package, folder: Path, console: Console) -> Path:
    """Download one file of a package with pip.

    Parameters
    ----------
    package : Package
    folder : Path
        An empty folder that gets the file.
    console : Console

    Returns
    -------
    Path
        The wheel or the source archive.

    Raises
    ------
    DownloadError
        With pip's last words; when no file of the pinned sha256 is offered.
    """
    requirement = package.requirement
    name = requirement.partition("==")[0]
    kind = ["--only-binary", ":all:"] if package.is_wheel else ["--no-binary", name]
    options = ["--no-deps", "--ignore-requires-python", "--no-build-isolation", "--use-pep517"]
    quiet = ["--disable-pip-version-check", "--no-input", "--quiet", "--retries", "2"]
    with TemporaryDirectory(prefix="marquee-pip-") as scratch:
        pinned = Path(scratch) / "requirements.txt"
        pinned.write_text(f"{requirement} --hash=sha256:{package.sha256}\n", encoding="utf-8")
        wanted = ["--require-hashes", "--requirement", str(pinned), "--dest", str(folder)]
        arguments = ["download", *wanted, *kind, *options, *quiet]
        stand_in = Path(scratch) / "setuptools"
        stand_in.mkdir()
        (stand_in / "__init__.py").touch()
        (stand_in / "build_meta.py").write_text(_STAND_IN, encoding="utf-8")
        environment = os.environ | {"PYTHONPATH": scratch, "MARQUEE_STAND_IN": requirement}
        with _ticking(console, f"fetching {requirement} with pip"):
            run = _run([*find_pip(), *arguments], environment, _LONGEST_SECONDS)
    files = sorted(folder.iterdir())
    if run.returncode or len(files) != 1:
        last_words = (run.stderr.strip().splitlines() or ["no file came"])[-1].strip()
        if "DO NOT MATCH THE HASHES" in run.stderr:
            last_words = f"its sha256 is not the pinned {package.sha256} ({last_words})"
        raise DownloadError(f"pip download {requirement}: {last_words}")
    return files[0]


def find_pip() -> list[str]:
    """Find a pip that runs; environments made by uv have none of their own.

    Returns
    -------
    list of str
        How its command line begins.

    Raises
    ------
    DownloadError
        When there is none.
    """
    for command in _candidates():
        if _run([*command, "--version"], dict(os.environ), _PROBE_SECONDS).returncode == 0:
            return command
    raise DownloadError(
        f"no pip beside {sys.executable}, in its base installation, in ensurepip or through uv"
    )


def _candidates() -> Iterator[list[str]]:
    yield [sys.executable, "-m", "pip"]
    base = getattr(sys, "_base_executable", sys.executable)
    if base != sys.executable:
        yield [base, "-m", "pip"]
    # A wheel of pip runs in place: Python takes it for a zipped program.
    for folder in _wheel_folders():
        for wheel in sorted(folder.glob("pip-*.whl"), reverse=True):
            yield [sys.executable, str(wheel / "pip")]
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path.home() / ".local" / "bin"))
    if uv:
        yield [uv, "tool", "run", "--quiet", "pip"]


def _wheel_folders() -> Iterator[Path]:
    ensurepip = importlib.util.find_spec("ensurepip")
    if ensurepip and ensurepip.origin:
        yield Path(ensurepip.origin).parent / "_bundled"
    yield Path("/usr/share/python-wheels")  # where Debian keeps them


def _run(
    command: list[str], environment: dict[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))


def _ticking(console: Console, what: str) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    progress = Progress(*columns, console=console, transient=True)
    progress.add_task(what, total=None)
    return progress
