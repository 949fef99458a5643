"""Hand-made editions of every family, and settings for a home of the test's own."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from warehouse.home import Home
from warehouse.settings import Settings


def _flags(*places: int) -> str:
    return "".join(f"|{int(place in places)}" for place in range(19))


TAB_FILES = {
    "ml/u.data": b"7\t1\t5\t880000003\n8\t2\t3\t880000001\n7\t2\t4\t880000002\n",
    "ml/u.item": (
        f"1|Toy Story (1995)|01-Jan-1995||http://x{_flags(3, 4, 5)}\n"
        f"2|Cérémonie, La (1995)|01-Jan-1995||http://x{_flags(8)}\n"
        f"267|unknown|||{_flags(0)}\n"
    ).encode("iso-8859-1"),
    "ml/u.user": b"7|24|M|technician|85711\n8|53|F|other|T8H1N\n",
    "ml/u1.base": b"not read",
}
DOUBLE_COLON_FILES = {
    "ml/ratings.dat": b"1::1::5::978300760\n2::2::3::978302109\n",
    "ml/movies.dat": (
        "1::Toy Story (1995)::Animation|Children's\n2::Léon :: Director's Cut (1994)::Drama\n"
    ).encode("iso-8859-1"),
    "ml/users.dat": b"1::F::1::10::48067\n2::M::56::16::70072-1234\n",
}
HALF_STAR_FILES = {
    "ml/ratings.dat": b"1::1::4.5::978300760\n1::2::0.5::978302109\n",
    "ml/movies.dat": "1::Heat (1995)::Action\n2::Amélie (2001)::(no genres listed)\n".encode(),
    "ml/tags.dat": b"1::1::good::1215184630\n",
}
CSV_FILES = {
    "ml/ratings.csv": (
        b"userId,movieId,rating,timestamp\r\n1,1,4.0,964982703\r\n1,3,0.5,964981247\r\n"
    ),
    "ml/movies.csv": (
        b"movieId,title,genres\r\n"
        b'1,"American President, The (1995)",Comedy|Drama\r\n'
        b'3,"""Great Performances"" Cats (1998) ",Musical\r\n'
        b"4,Fawlty Towers (1975-1979),Comedy\r\n"
        b"5,Babylon 5,(no genres listed)\r\n"
    ),
}


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def make_zip(tmp_path: Path) -> Callable[..., Path]:
    def make(files: dict[str, bytes], name: str = "tiny.zip") -> Path:
        path = tmp_path / name
        path.write_bytes(zipped(files))
        return path

    return make


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    def make(dataset: object, max_reject_share: float = 0.01) -> Settings:
        return Settings.from_environment(
            {
                "MARQUEE_HOME": str(tmp_path / "home"),
                "MARQUEE_DATASET": str(dataset),
                "MARQUEE_MAX_REJECT_SHARE": str(max_reject_share),
                "MARQUEE_DOWNLOAD_TIMEOUT": "2",
                "MARQUEE_THREADS": "1",
            }
        )

    return make


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(output: io.StringIO) -> Console:
    return Console(file=output, width=300)
