"""Titles, and what people type for them, brought to one form."""

import html
import re
import unicodedata
from typing import NamedTuple

_ENGLISH, _FRENCH = ("the", "a", "an"), ("la", "le", "les", "l", "un", "une")
_SPANISH, _ITALIAN, _GERMAN = ("el", "los", "las"), ("il", "lo", "gli"), ("der", "die", "das")
ARTICLES = frozenset((*_ENGLISH, *_FRENCH, *_SPANISH, *_ITALIAN, *_GERMAN))
# Where a comma sets it apart ("Vitelloni, I"), a word is an article that else might be another.
_APART = "|".join(sorted(ARTICLES | {"i", "o", "os", "as", "de", "den", "det", "uma"}))
_MOVED = re.compile(rf",\s*({_APART})['’]?\s*$", re.IGNORECASE)
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"}
)
_ELIDED = re.compile(r"\bl['’](?=\w)")
_SILENT = re.compile(r"['’‘`´]|(?<=\b\w)\.(?=\w\b)")
_AND = re.compile(r"\s*&\s*")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_IN_PARENTHESES = re.compile(r"\(([^()]*)\)")
_ALSO_KNOWN_AS = re.compile(r"^\s*(?:a\.?k\.?a\.?)\s+", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\w)\(?((?:18|19|20)\d\d)\)?(?!\w)")
_DIGITS = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}


class Typed(NamedTuple):
    """What a person has typed, read in one way.

    Attributes
    ----------
    text : str
        Plain text, not empty.
    year : int or None
        Year that was named beside the text.
    """

    text: str
    year: int | None


def plain(text: str) -> str:
    """Lower-case words without accents and punctuation, one space between them.

    >>> plain("Thelma & Louise"), plain("L'Été: Alien³"), plain("L.A. Confidential")
    ('thelma and louise', 'l ete alien3', 'la confidential')
    """
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = _SILENT.sub("", _ELIDED.sub("l ", bare))
    return _BETWEEN_WORDS.sub(" ", _AND.sub(" and ", words)).strip()


def with_digits(text: str) -> str:
    """Plain text with Roman numerals of two letters and more as digits.

    >>> with_digits("rocky iv")
    'rocky 4'
    """
    return " ".join(_DIGITS.get(word, word) for word in text.split(" "))


def without_article(text: str) -> str:
    """Plain text without the article that it begins with, if more follows.

    >>> without_article("the matrix"), without_article("the")
    ('matrix', 'the')
    """
    first, _, rest = text.partition(" ")
    return rest if rest and first in ARTICLES else text


def title_keys(title: str) -> list[str]:
    """Every plain text that stands for a title.

    The title as a whole comes first; then its main part and those in
    parentheses, articles in their place, left out, and with digits.

    >>> title_keys("Seventh Seal, The (Sjunde inseglet, Det)")[1:]
    ['the seventh seal', 'seventh seal', 'det sjunde inseglet', 'sjunde inseglet']
    """
    title = html.unescape(title)
    parts = [_IN_PARENTHESES.sub(" ", title), *_IN_PARENTHESES.findall(title)]
    keys = [plain(title)]
    for part in parts:
        name = _ALSO_KNOWN_AS.sub("", part).strip()
        article = _MOVED.search(name)
        rest = plain(name[: article.start()] if article else name)
        front = f"{plain(article[1])} {rest}" if article else rest
        keys += [front, rest, without_article(rest), with_digits(rest), with_digits(front)]
    return [key for key in dict.fromkeys(keys) if key]


def readings(typed: str) -> list[Typed]:
    """Every way to read what was typed, the most literal first.

    >>> readings("The Matrix (1999)")[1:]
    [Typed(text='the matrix', year=1999), Typed(text='matrix', year=1999)]
    """
    moved = _MOVED.search(typed)
    if moved:
        typed = f"{moved[1]} {typed[: moved.start()]}"
    found = [Typed(plain(typed), None)]
    years = _YEAR.findall(typed)
    if years:
        found.append(Typed(plain(_YEAR.sub(" ", typed)), int(years[-1])))
    for text, year in tuple(found):
        found += [Typed(with_digits(text), year), Typed(without_article(text), year)]
    if years:
        found = [reading for reading in found if reading.year or reading == found[0]]
    return [reading for reading in dict.fromkeys(found) if reading.text]
