"""A TOML file whose every complaint names file, key, value and expectation."""

import math
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from warehouse.errors import TrainingError


class TomlTable:
    """One table of a TOML file, which knows where it stands.

    Parameters
    ----------
    path : Path
    content : mapping
    key : str
        Dotted key of the table; empty for the file's root.
    """

    def __init__(self, path: Path, content: Mapping[str, Any], key: str = "") -> None:
        self.path = path
        self.content = content
        self.key = key

    @classmethod
    def read(cls, path: Path) -> "TomlTable":
        """Read a file.

        Raises
        ------
        TrainingError
            It is missing, or no TOML.
        """
        try:
            return cls(path, tomllib.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise TrainingError(f"{path}: cannot be read: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise TrainingError(f"{path}: is not TOML: {error}") from error

    def wrong(self, name: str, expected: str) -> TrainingError:
        """Error about one entry of this table."""
        value = self.content.get(name, "nothing")
        shown = value if value == "nothing" else repr(value)
        return TrainingError(f"{self.path}: {self.full(name)}={shown}: expected {expected}")

    def full(self, name: str) -> str:
        """Dotted key of an entry."""
        return f"{self.key}.{name}" if self.key else name

    def only(self, names: Iterable[str]) -> None:
        """Refuse entries of any other name."""
        allowed = sorted(names)
        for name in self.content:
            if name not in allowed:
                raise self.wrong(name, f"no such key, but some of {', '.join(allowed)}")

    def table(self, name: str) -> "TomlTable":
        """Table below this one; empty where the file has none."""
        value = self.content.get(name, {})
        if not isinstance(value, dict):
            raise self.wrong(name, "a table")
        return TomlTable(self.path, value, self.full(name))

    def tables(self, name: str) -> "list[TomlTable]":
        """Tables of an array of tables."""
        value = self.content.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(name, "an array of tables")
        return [
            TomlTable(self.path, each, f"{self.full(name)}[{n}]") for n, each in enumerate(value)
        ]

    def number(self, name: str, low: float, high: float) -> float:
        """Finite number from low to high."""
        value = self.content.get(name)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
            or not low <= value <= high
        ):
            raise self.wrong(name, f"a number from {low:g} to {high:g}")
        return value

    def whole(self, name: str, default: int, high: int = 2**32 - 1) -> int:
        """Whole number from 0."""
        value: Any = self.content.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= high:
            raise self.wrong(name, f"a whole number from 0 to {high}")
        return int(value)

    def text(self, name: str) -> str:
        """Text that is not empty."""
        value = self.content.get(name)
        if not isinstance(value, str) or not value:
            raise self.wrong(name, "a text")
        return value
