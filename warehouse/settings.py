"""The only reader of the environment: every setting, its default and its help line."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.errors import SettingError
from warehouse.home import Home

PROJECT_ROOT = Path(__file__).resolve().parent.parent


def _home(text: str) -> Path:
    path = Path(text).expanduser().resolve()
    # dbt writes it into SQL literals, and DuckDB reads the folders below it with a glob.
    if re.search(r"""['"*?\[\n\r]""", str(path)):
        raise ValueError(text)
    return path


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise ValueError(text)
    return share


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _memory(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d*(\.\d+)?(MB|GB|TB)", text.upper()):
        raise ValueError(text)
    return text.upper()


@dataclass(frozen=True)
class SettingSpec:
    """One setting: its environment name, default, reader and help line."""

    name: str
    default: str
    parse: Callable[[str], Any]
    expects: str
    help: str


SETTINGS: tuple[SettingSpec, ...] = (
    SettingSpec(
        "MARQUEE_HOME",
        str(PROJECT_ROOT / "warehouse" / "data"),
        _home,
        "a folder whose path has no quote, *, ?, [ or line break",
        "Folder that holds all state; two homes live side by side.",
    ),
    SettingSpec(
        "MARQUEE_DATASET",
        "ml-100k",
        str,
        "an edition's name, or a path to a zip or folder of one",
        "MovieLens edition to work on, or a path to a zip or folder of one.",
    ),
    SettingSpec(
        "MARQUEE_MAX_REJECT_SHARE",
        "0.01",
        _share,
        "a number from 0 to 1",
        "Largest share of bad rows that an edition may hold before it is refused.",
    ),
    SettingSpec(
        "MARQUEE_DOWNLOAD_TIMEOUT",
        "20",
        _positive,
        "a whole number of seconds",
        "Seconds without an answer after which a download source is given up.",
    ),
    SettingSpec(
        "MARQUEE_MEMORY_LIMIT",
        "2GB",
        _memory,
        "a size such as 2GB or 800MB",
        "Memory that the build of the warehouse may use, dbt and DuckDB together.",
    ),
    SettingSpec(
        "MARQUEE_THREADS",
        str(os.cpu_count() or 1),
        _positive,
        "a whole number from 1",
        "Threads for SQL and for fitting ALS (default: all cores).",
    ),
    SettingSpec(
        "MARQUEE_KEEP_VERSIONS",
        "5",
        _positive,
        "a whole number from 1",
        "Published warehouses and bundles that are kept, the current ones included.",
    ),
)


@dataclass(frozen=True)
class Settings:
    """The settings of one process, read once.

    Attributes
    ----------
    home : Home
        Where every file that the program makes belongs.
    dataset : str
        Edition name, or a path to a zip or folder.
    max_reject_share : float
        Between 0 and 1.
    download_timeout : int
        Seconds.
    memory_limit : str
        In DuckDB's notation, ``2GB``.
    threads : int
    keep_versions : int
    """

    home: Home
    dataset: str
    max_reject_share: float
    download_timeout: int
    memory_limit: str
    threads: int
    keep_versions: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read every setting from the environment.

        Raises
        ------
        SettingError
            Naming the setting, its value and what was expected.
        """
        values = os.environ if environment is None else environment
        read = {spec.name: _read(spec, values) for spec in SETTINGS}
        return cls(
            home=Home(read["MARQUEE_HOME"]),
            dataset=read["MARQUEE_DATASET"],
            max_reject_share=read["MARQUEE_MAX_REJECT_SHARE"],
            download_timeout=read["MARQUEE_DOWNLOAD_TIMEOUT"],
            memory_limit=read["MARQUEE_MEMORY_LIMIT"],
            threads=read["MARQUEE_THREADS"],
            keep_versions=read["MARQUEE_KEEP_VERSIONS"],
        )


def _read(spec: SettingSpec, values: Mapping[str, str]) -> Any:
    text = values.get(spec.name, "").strip() or spec.default
    try:
        return spec.parse(text)
    except ValueError as error:
        raise SettingError(f"{spec.name}={text!r}: expected {spec.expects}") from error
