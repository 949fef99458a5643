"""Genres that may be asked for: those of the edition that serves."""

from collections.abc import Iterable
from difflib import get_close_matches

from marshmallow import ValidationError

from webapp.questions import Asked
from webapp.schemas.showing import shown


class Genres:
    """The genres of one edition. A misspelt one is an error, not an empty list of movies.

    Parameters
    ----------
    names : iterable of str

    Attributes
    ----------
    names : list of str
        In alphabetical order.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(names)
        self._known = {*self.names, *(name.casefold() for name in self.names)}

    def check(self, asked: Asked) -> None:
        """Check ``filters.genres`` of a loaded request.

        Raises
        ------
        ValidationError
            By position: the genre, and the closest one that there is.
        """
        genres = asked["filters"].get("genres") if "filters" in asked else None
        if genres:
            unknown = {
                place: [self._refusal(name)]
                for place, name in enumerate(genres)
                if name not in self._known and name.casefold() not in self._known
            }
            if unknown:
                raise ValidationError({"filters": {"genres": unknown}})

    def check_one(self, asked: Asked) -> None:
        """Check ``genre`` of a loaded query.

        Raises
        ------
        ValidationError
        """
        name = asked.get("genre")
        if name is not None and name.casefold() not in self._known:
            raise ValidationError({"genre": [self._refusal(name)]})

    def _refusal(self, name: str) -> str:
        close = get_close_matches(name.title(), self.names, n=1)
        suggested = f"; did you mean {close[0]}?" if close else ""
        return f"{shown(name)}: expected one of {', '.join(self.names)}{suggested}"
