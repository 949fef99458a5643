"""The only reader of the environment: every setting, its default and its help line."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from warehouse.errors import SettingError
from warehouse.home import Home
from warehouse.settings.serving import ExplorationSettings, ServingSettings
from warehouse.settings.table import PROFILE, PROJECT_ROOT, SETTINGS, SettingSpec

__all__ = [
    "PROJECT_ROOT",
    "SETTINGS",
    "ExplorationSettings",
    "ServingSettings",
    "SettingSpec",
    "Settings",
    "StoreSettings",
]

# Set by one Marquee process for another, or by the Makefile; not a person's business.
_INTERNAL = (
    "MARQUEE_DATASET_NAME",
    "MARQUEE_IN_SIMULATION",
    "MARQUEE_STORE_TYPE",
    "MARQUEE_STORE_PATH",
    "MARQUEE_STORE_SCHEMA",
)


@dataclass(frozen=True)
class StoreSettings:
    """Where the operational store is, and how requests are logged into it.

    Attributes
    ----------
    url : str
        SQLAlchemy address.
    queue : int
        Rows that may wait in one process.
    wait_seconds : float
        How long a caller waits for room in a full queue.
    flush_seconds : float
        Longest time that a row waits.
    log_days : int
        Whole days that requests stay before they are archived.
    """

    url: str = field(repr=False)  # It may hold a password.
    queue: int
    wait_seconds: float
    flush_seconds: float
    log_days: int


@dataclass(frozen=True)
class Settings:
    """The settings of one process, read once.

    Attributes
    ----------
    home : Home
        Where every file that the program makes belongs.
    dataset : str
        Edition name, or a path to a zip or folder.
    as_of : datetime, float or None
        From when on ratings are unknown: an instant (UTC, without a zone), a
        quantile of the edition's times that is yet to be resolved
        (`warehouse.known`), or none.
    max_reject_share : float
        Between 0 and 1.
    download_timeout : int
        Seconds.
    memory_limit : str
        In DuckDB's notation, ``2GB``.
    threads : int
    keep_versions : int
    retrain_cron : str
    serving : ServingSettings
    store : StoreSettings
    in_simulation : bool
        No setting: whether `as_of`, once resolved, is that of the simulation that the
        home is in, and what that has handed in is known whole.
    """

    home: Home
    dataset: str
    as_of: datetime | float | None
    max_reject_share: float
    download_timeout: int
    memory_limit: str
    threads: int
    keep_versions: int
    retrain_cron: str
    serving: ServingSettings
    store: StoreSettings
    in_simulation: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read every setting from the environment.

        Raises
        ------
        SettingError
            Naming the setting, its value and what was expected; or a name
            that begins with ``MARQUEE_`` and is no setting.
        """
        values = os.environ if environment is None else environment
        _refuse_unknown(values)
        profile = _read(PROFILE, values, PROFILE.default)
        read = {spec.name: _read(spec, values, profile) for spec in SETTINGS}
        home = Home(read["MARQUEE_HOME"])
        return cls(
            home=home,
            dataset=read["MARQUEE_DATASET"],
            as_of=read["MARQUEE_AS_OF"],
            max_reject_share=read["MARQUEE_MAX_REJECT_SHARE"],
            download_timeout=read["MARQUEE_DOWNLOAD_TIMEOUT"],
            memory_limit=read["MARQUEE_MEMORY_LIMIT"],
            threads=read["MARQUEE_THREADS"],
            keep_versions=read["MARQUEE_KEEP_VERSIONS"],
            retrain_cron=read["MARQUEE_RETRAIN_CRON"],
            serving=ServingSettings.of(profile, read),
            store=StoreSettings(
                url=read["MARQUEE_STORE_URL"] or f"sqlite:///{home.store_file}",
                queue=read["MARQUEE_REQUEST_LOG_QUEUE"],
                wait_seconds=read["MARQUEE_REQUEST_LOG_WAIT"],
                flush_seconds=read["MARQUEE_REQUEST_LOG_FLUSH"],
                log_days=read["MARQUEE_LOG_DAYS"],
            ),
        )


def _read(spec: SettingSpec, values: Mapping[str, str], profile: str) -> Any:
    text = values.get(spec.name, "").strip() or spec.default_of(profile)
    try:
        return spec.parse(text)
    except ValueError as error:
        raise SettingError(f"{spec.name}={text!r}: expected {spec.expects}") from error


def _refuse_unknown(values: Mapping[str, str]) -> None:
    known = [spec.name for spec in SETTINGS]
    for name in values:
        if name.startswith("MARQUEE_") and name not in known and name not in _INTERNAL:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else None
            raise SettingError(
                f"{name}: no such setting",
                hint or "`.venv/bin/python -m warehouse settings` lists them",
            )
