"""The three shapes in which MovieLens has been published, and how to tell them apart."""

import re
from dataclasses import dataclass

from warehouse.errors import InvalidDataError
from warehouse.sources.archive import Archive


@dataclass(frozen=True)
class RatingScale:
    """Stars that an edition allows: from `minimum` to `maximum` in steps of `step`."""

    minimum: float
    maximum: float
    step: float


WHOLE_STARS = RatingScale(1.0, 5.0, 1.0)
HALF_STARS = RatingScale(0.5, 5.0, 0.5)


@dataclass(frozen=True)
class Family:
    """Names and syntax of one family of editions.

    Attributes
    ----------
    name : str
        ``tab`` (ML-100K), ``double_colon`` (ML-1M, ML-10M) or ``csv`` (all later ones).
    ratings, movies : str
        Base names of the files.
    users : str or None
        Base name of the file of users, where the family may have one.
    separator : str
        Between the four fields of a rating.
    header : bytes
        How a heading line of the ratings file begins; empty where there is none.
    """

    name: str
    ratings: str
    movies: str
    users: str | None
    separator: str
    header: bytes = b""

    @property
    def rating_line(self) -> str:
        """RE2 pattern of a well-formed line: user, movie, rating, epoch seconds."""
        separator = re.escape(self.separator)
        fields = ("[0-9]{1,10}", "[0-9]{1,10}", r"-?[0-9]{1,4}(\.[0-9]{1,6})?", "-?[0-9]{1,15}")
        return "^" + separator.join(fields) + r"\r?\n$"


TAB = Family("tab", "u.data", "u.item", "u.user", "\t")
DOUBLE_COLON = Family("double_colon", "ratings.dat", "movies.dat", "users.dat", "::")
CSV = Family("csv", "ratings.csv", "movies.csv", None, ",", header=b"userId,")
FAMILIES = (TAB, DOUBLE_COLON, CSV)


@dataclass(frozen=True)
class Layout:
    """Where an archive keeps its files, and the scale that its family implies."""

    family: Family
    ratings: str
    movies: str
    users: str | None
    scale: RatingScale


def recognise(archive: Archive) -> Layout:
    """Find out by its file names which family an archive belongs to.

    Raises
    ------
    InvalidDataError
        When it holds no family's ratings, or ratings without their movies.
    """
    for family in FAMILIES:
        ratings = archive.find(family.ratings)
        if ratings is None:
            continue
        movies = archive.find(family.movies)
        if movies is None:
            raise InvalidDataError(
                f"{archive.path}: holds {ratings} but no {family.movies}",
                hint=f"put {family.movies} of the same edition beside {family.ratings}",
            )
        users = archive.find(family.users) if family.users else None
        return Layout(family, ratings, movies, users, _scale(family, users))
    expected = ", ".join(family.ratings for family in FAMILIES)
    raise InvalidDataError(
        f"{archive.path}: no MovieLens edition; expected one of the files {expected}",
        hint="give the publisher's zip, or the folder that it unpacks to",
    )


def _scale(family: Family, users: str | None) -> RatingScale:
    # ML-10M brought half stars and dropped the file of users, both at once.
    if family is CSV or (family is DOUBLE_COLON and users is None):
        return HALF_STARS
    return WHOLE_STARS
