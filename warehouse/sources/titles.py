"""Taking the year of release off the end of a MovieLens title."""

import re

# "Heat (1995)", "Fawlty Towers (1975-1979)", "Big Bang Theory, The (2007-)", with any dash,
# and the marks "(V)" and "(TV)" that ML-100K sets after the year.
_YEAR_AT_END = re.compile(
    r"^(?P<title>.*\S)\s*"
    r"\((?P<year>(?:18|19|20)\d{2})(?:\s*[-\u2010-\u2015]\s*(?:\d{4})?)?\s*\)"
    r"(?:\s*\((?:V|TV)\))?\s*$"
)


def split_title(source_title: str) -> tuple[str, int | None]:
    """Split a title into its name and its year.

    Parameters
    ----------
    source_title : str
        As the edition spells it.

    Returns
    -------
    title : str
        Without the trailing year and without surrounding blanks.
    year : int or None
        The first year of a range; None where the title ends in no year.

    Examples
    --------
    >>> split_title("Toy Story (1995)")
    ('Toy Story', 1995)
    >>> split_title("Fawlty Towers (1975-1979)")
    ('Fawlty Towers', 1975)
    >>> split_title("Babylon 5")
    ('Babylon 5', None)
    """
    found = _YEAR_AT_END.match(source_title)
    if found is None:
        return source_title.strip(), None
    return found["title"].strip(), int(found["year"])
