"""Reading an edition's files out of a zip, a tar, or a folder, without unpacking any to disk.

Members are only ever streamed, never written under the name that the archive
gives them, so a hostile name such as ``../../x`` has nothing to climb out of.
"""

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from warehouse.errors import InvalidDataError, SourceError

_FOLDER_DEPTH = 3
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # an encrypted zip
    NotImplementedError,  # a compression that this Python lacks
)


class Archive:
    """A zip file, a (compressed) tar file or a folder, seen as named byte streams.

    Parameters
    ----------
    path : Path

    Raises
    ------
    SourceError
        When `path` does not exist or cannot be read.
    InvalidDataError
        When `path` is a file but no readable archive.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._sizes = dict(self._list())
        except _DAMAGE as error:
            raise self._damaged(error) from error
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror or error}") from error

    def find(self, base_name: str) -> str | None:
        """Name of the shallowest member with this base name, or None."""
        matches = [name for name in self._sizes if name.rsplit("/", 1)[-1] == base_name]
        return min(matches, key=lambda name: (name.count("/"), name), default=None)

    def size(self, member: str) -> int:
        """Uncompressed bytes of a member."""
        return self._sizes[member]

    def read(self, member: str) -> bytes:
        """Whole contents of a small member."""
        with self.open(member) as stream:
            return stream.read()

    @contextmanager
    def open(self, member: str) -> Iterator[IO[bytes]]:
        """Stream a member; damage found on the way is an `InvalidDataError`."""
        try:
            if self.path.is_dir():
                with (self.path / member).open("rb") as stream:
                    yield stream
            elif zipfile.is_zipfile(self.path):
                with zipfile.ZipFile(self.path) as zipped, zipped.open(member) as stream:
                    yield stream
            else:
                with tarfile.open(self.path) as tarred:
                    content = tarred.extractfile(member)
                    if content is None:
                        raise InvalidDataError(f"{self.path}: {member} is not a plain file")
                    with content as stream:
                        yield stream
        except _DAMAGE as error:
            raise self._damaged(error) from error

    def _list(self) -> Iterator[tuple[str, int]]:
        if self.path.is_dir():
            for file in _files_below(self.path, _FOLDER_DEPTH):
                yield file.relative_to(self.path).as_posix(), file.stat().st_size
        elif zipfile.is_zipfile(self.path):
            with zipfile.ZipFile(self.path) as archive:
                for entry in archive.infolist():
                    if not entry.is_dir() and not entry.filename.startswith("__MACOSX/"):
                        yield entry.filename, entry.file_size
        else:
            with tarfile.open(self.path) as archive:
                for member in archive:
                    if member.isfile():
                        yield member.name, member.size

    def _damaged(self, error: Exception) -> InvalidDataError:
        return InvalidDataError(
            f"{self.path}: not a readable zip, tar or folder ({error})",
            hint="fetch or copy the file again; a download may have been cut short",
        )


def _files_below(folder: Path, depth: int) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_file():
            yield entry
        elif depth > 1 and entry.is_dir() and not entry.is_symlink():
            yield from _files_below(entry, depth - 1)
