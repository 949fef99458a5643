"""Readers of settings: text to value, ``ValueError`` for what cannot be used."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path


def home(text: str) -> Path:
    """Folder that dbt and DuckDB can use as it is written."""
    path = Path(text).expanduser().resolve()
    # dbt writes it into SQL literals, and DuckDB reads the folders below it with a glob.
    if re.search(r"""['"*?\[\n\r]""", str(path)):
        raise ValueError(text)
    return path


def share(text: str) -> float:
    """Share of a whole, from 0 to 1."""
    number = float(text)
    if not 0 <= number <= 1:
        raise ValueError(text)
    return number


def whole(at_least: int, at_most: int | None = None) -> Callable[[str], int]:
    """Make the reader of whole numbers within bounds."""

    def read(text: str) -> int:
        number = int(text)
        if number < at_least or (at_most is not None and number > at_most):
            raise ValueError(text)
        return number

    return read


def seconds(text: str) -> float:
    """Finite number of seconds, 0 or more."""
    number = float(text)
    if not 0 <= number < float("inf"):
        raise ValueError(text)
    return number


def above_zero(text: str) -> float:
    """Finite number above zero."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError(text)
    return number


def memory(text: str) -> str:
    """Size in DuckDB's notation, above zero."""
    size = text.upper().replace(" ", "")
    if not re.fullmatch(r"\d+(\.\d+)?(MB|GB|TB)", size) or float(size[:-2]) <= 0:
        raise ValueError(text)
    return size


def one_of(*choices: str) -> Callable[[str], str]:
    """Make the reader of one word out of `choices`, in any case."""

    def read(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(text)
        return text.lower()

    return read


def truth(text: str) -> bool:
    """Whether the text says ``true`` and not ``false``, in any case."""
    return one_of("true", "false")(text) == "true"


def origins(text: str) -> tuple[str, ...]:
    """Comma-separated origins of the web, none where empty; a lone ``*`` means all of them."""
    listed = tuple(one.strip().lower() for one in text.split(",") if one.strip())
    if listed != ("*",) and not all(map(_is_origin, listed)):
        raise ValueError(text)
    return listed


def _is_origin(text: str) -> bool:
    # No pattern of a name either: one that is not anchored matches hosts of other people.
    found = re.fullmatch(r"[a-z][a-z0-9-]*://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(?::(\d{1,5}))?", text)
    return found is not None and 1 <= int(found[2] or 1) <= 65535


def cron(text: str) -> str:
    """Five fields of a cron expression; what they say is looked at where it is used."""
    if not re.fullmatch(r"[0-9a-z*/,\-]+(\s+[0-9a-z*/,\-]+){4}", text.lower()):
        raise ValueError(text)
    return text


def store_url(text: str) -> str:
    """Address of a SQLite or PostgreSQL database; empty: the home's own file."""
    if text and not re.match(r"(sqlite|postgresql)(\+\w+)?://", text):
        raise ValueError(text)
    return text


def as_of(text: str) -> datetime | float | None:
    """Instant (UTC, without a zone), quantile strictly between 0 and 1, or none where empty."""
    if not text:
        return None
    if re.fullmatch(r"0?\.\d+", text) and float(text) > 0:
        return float(text)
    instant = datetime.fromisoformat(text)
    try:
        return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant
    except OverflowError as error:
        raise ValueError(text) from error
