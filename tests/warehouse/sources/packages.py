"""Hand-made packages in a folder that pip takes for its only index."""

import io
import tarfile
import zipfile
from pathlib import Path

ALARM = "import pathlib; pathlib.Path({path!r}).write_text('ran')\n"


def make_wheel(index: Path, name: str, version: str, files: dict[str, bytes]) -> Path:
    stem = f"{name.replace('-', '_')}-{version}"
    path = index / f"{stem}-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Python: <3\n"
    wheel = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in files.items():
            archive.writestr(member, content)
        archive.writestr(f"{stem}.dist-info/METADATA", metadata)
        archive.writestr(f"{stem}.dist-info/WHEEL", wheel)
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    return path


PROJECT = (
    b'[build-system]\nrequires = ["setuptools", "none-such"]\n'
    b'build-backend = "setuptools.build_meta"\n'
)


def make_sdist(
    index: Path,
    name: str,
    version: str,
    files: dict[str, bytes],
    alarm: Path,
    project: bytes = PROJECT,
) -> Path:
    """Make a source distribution whose build, if ever run, writes `alarm`."""
    stem = f"{name.replace('-', '_')}-{version}"
    path = index / f"{stem}.tar.gz"
    built = {
        "pyproject.toml": project,
        "setup.py": ALARM.format(path=str(alarm)).encode(),
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
    }
    with tarfile.open(path, "w:gz") as archive:
        for member, content in (files | built).items():
            entry = tarfile.TarInfo(f"{stem}/{member}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path
