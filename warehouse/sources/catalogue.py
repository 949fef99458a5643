"""The editions of MovieLens: where each is published, how it is verified, what it holds."""

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from warehouse.sources.formats import (
    CSV,
    DOUBLE_COLON,
    HALF_STARS,
    TAB,
    WHOLE_STARS,
    Family,
    RatingScale,
)
from warehouse.sources.manifest import Contents
from warehouse.sources.mirrors import (
    ML_1M_EXACT,
    ML_100K_CONVERTED,
    ML_100K_EXACT,
    ML_LATEST_SMALL_2016,
    Mirror,
)

CITATION = (
    "F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and "
    "Context. ACM Transactions on Interactive Intelligent Systems (TiiS) 5, 4: 19:1-19:19. "
    "https://doi.org/10.1145/2827872"
)
LICENCE = (
    "GroupLens' own terms: research use with citation; no commercial use without permission. "
    "See the README inside each archive."
)
_PUBLISHER = "https://files.grouplens.org/datasets/movielens"


@dataclass(frozen=True)
class Checksum:
    """A published digest of a whole archive."""

    algorithm: str
    digest: str


@dataclass(frozen=True)
class Release:
    """What one release of an edition holds.

    Attributes
    ----------
    ratings, users, movies : int
        Ratings, users who rated, and rows of the file of movies.
    seconds : tuple of int, optional
        First and last rating, in epoch seconds.
    """

    ratings: int
    users: int
    movies: int
    seconds: tuple[int, int] | None = None

    def matches(self, contents: Contents) -> bool:
        """Whether converted contents are this release, by counts and by range of time."""
        expected = {"ratings": self.ratings, "users": self.users, "movies": self.movies}
        if contents.counts != expected:
            return False
        if self.seconds is None:
            return True
        ends = tuple(
            int((moment - datetime(1970, 1, 1)).total_seconds())
            for moment in (contents.rated_from, contents.rated_until)
        )
        return ends == self.seconds


@dataclass(frozen=True)
class Edition:
    """One named edition.

    Attributes
    ----------
    name : str
    size_mb : int
        Of the publisher's zip, rounded up.
    family : Family
    scale : RatingScale
    releases : tuple of Release
        All that have stood under this name, the newest first.
    checksum : Checksum or None
        Of the publisher's zip, where it is known.
    mirrors : tuple of Mirror
        In the order in which they are tried.
    changes : bool
        Whether the publisher replaces this edition from time to time.
    """

    name: str
    size_mb: int
    family: Family
    scale: RatingScale
    releases: tuple[Release, ...]
    checksum: Checksum | None = None
    mirrors: tuple[Mirror, ...] = ()
    changes: bool = False

    @property
    def archive_name(self) -> str:
        """File name of the publisher's zip."""
        return f"{self.name}.zip"

    @property
    def url(self) -> str:
        """Address of the publisher's zip."""
        return f"{_PUBLISHER}/{self.archive_name}"

    def holds(self, contents: Contents) -> bool:
        """Whether converted contents are one of the releases."""
        return any(release.matches(contents) for release in self.releases)


_ALL = (
    Edition(
        "ml-100k",
        5,
        TAB,
        WHOLE_STARS,
        (Release(100_000, 943, 1_682, (874724710, 893286638)),),
        Checksum("md5", "0e33842e24a9c977be4e0107933c0723"),
        (ML_100K_EXACT, ML_100K_CONVERTED),
    ),
    Edition(
        "ml-1m",
        6,
        DOUBLE_COLON,
        WHOLE_STARS,
        (Release(1_000_209, 6_040, 3_883, (956703932, 1046454590)),),
        Checksum("md5", "c4d9eecfca2ab87c1945afe126590906"),
        (ML_1M_EXACT,),
    ),
    Edition(
        "ml-latest-small",
        1,
        CSV,
        HALF_STARS,
        (Release(100_836, 610, 9_742), Release(100_004, 671, 9_125)),
        mirrors=(ML_LATEST_SMALL_2016,),
        changes=True,
    ),
    Edition(
        "ml-10m",
        63,
        DOUBLE_COLON,
        HALF_STARS,
        (Release(10_000_054, 69_878, 10_681),),
        Checksum("md5", "ce571fd55effeba0271552578f2648bd"),
    ),
    Edition(
        "ml-20m",
        190,
        CSV,
        HALF_STARS,
        (Release(20_000_263, 138_493, 27_278),),
        Checksum("md5", "cd245b17a1ae2cc31bb14903e1204af3"),
    ),
    Edition(
        "ml-25m",
        250,
        CSV,
        HALF_STARS,
        (Release(25_000_095, 162_541, 62_423),),
        Checksum("md5", "6b51fb2759a8657d3bfcbfc42b592ada"),
    ),
    Edition("ml-32m", 239, CSV, HALF_STARS, (Release(32_000_204, 200_948, 87_585),)),
)
EDITIONS = MappingProxyType({edition.name: edition for edition in _ALL})


def edition_of(contents: Contents) -> Edition | None:
    """Find the edition that converted contents are a release of, or None."""
    return next((edition for edition in _ALL if edition.holds(contents)), None)
