"""The table of settings: name, default, reader and help line of each."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warehouse.settings import readers

PROJECT_ROOT = Path(__file__).resolve().parents[2]
PROFILES = ("dev", "staging", "prod")
_MOST_WORKERS = 64


def _cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class SettingSpec:
    """One setting: its environment name, default, reader and help line.

    Parameters
    ----------
    name, default : str
    parse : callable
        From the text to the value; ``ValueError`` where it cannot be used.
    expects : str
        What a value must be, for the error.
    help : str
    by_profile : mapping
        Profile -> default, where it differs from `default`.
    """

    name: str
    default: str
    parse: Callable[[str], Any]
    expects: str
    help: str
    by_profile: Mapping[str, str] = field(default_factory=dict)

    def default_of(self, profile: str) -> str:
        """Default under a profile."""
        return self.by_profile.get(profile, self.default)

    @property
    def described_default(self) -> str:
        """Default in words, the same on every machine."""
        if "(default: all cores)" in self.help:
            return "all cores"
        plain = self.default.removeprefix(f"{PROJECT_ROOT}/") or "empty"
        others = ", ".join(f"{profile} {value}" for profile, value in self.by_profile.items())
        return f"{plain}; {others}" if others else plain


PROFILE = SettingSpec(
    "MARQUEE_PROFILE",
    "dev",
    readers.one_of(*PROFILES),
    f"one of {', '.join(PROFILES)}",
    "Set of defaults: dev, staging or prod.",
)

PIPELINE = (
    SettingSpec(
        "MARQUEE_HOME",
        str(PROJECT_ROOT / "warehouse" / "data"),
        readers.home,
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
        "MARQUEE_AS_OF",
        "",
        readers.as_of,
        "an ISO time (UTC), or a quantile of the edition's rating times such as 0.8",
        "Ratings from this time, or quantile of the edition's, on are unknown; empty: none are.",
    ),
    SettingSpec(
        "MARQUEE_MAX_REJECT_SHARE",
        "0.01",
        readers.share,
        "a number from 0 to 1",
        "Largest share of bad rows that an edition may hold before it is refused.",
    ),
    SettingSpec(
        "MARQUEE_DOWNLOAD_TIMEOUT",
        "20",
        readers.whole(1),
        "a whole number of seconds",
        "Seconds without an answer after which a download source is given up.",
    ),
    SettingSpec(
        "MARQUEE_MEMORY_LIMIT",
        "2GB",
        readers.memory,
        "a size such as 2GB or 800MB",
        "Memory that the build of the warehouse may use, dbt and DuckDB together.",
    ),
    SettingSpec(
        "MARQUEE_THREADS",
        str(_cores()),
        readers.whole(1),
        "a whole number from 1",
        "Threads for SQL and for fitting ALS (default: all cores).",
    ),
    SettingSpec(
        "MARQUEE_KEEP_VERSIONS",
        "5",
        readers.whole(1),
        "a whole number from 1",
        "Published warehouses and bundles that are kept, the current ones included.",
    ),
    SettingSpec(
        "MARQUEE_RETRAIN_CRON",
        "0 4 * * *",
        readers.cron,
        "a cron expression of five fields, such as 0 4 * * *",
        "When make schedule retrains: minute, hour, day, month, weekday (UTC).",
    ),
)

SERVING = (
    SettingSpec(
        "MARQUEE_API_HOST",
        "127.0.0.1",
        str,
        "an address of this machine",
        "Address that the API listens on; 0.0.0.0 opens it to the network.",
    ),
    SettingSpec(
        "MARQUEE_API_PORT",
        "8000",
        readers.whole(1, 65535),
        "a port from 1 to 65535",
        "Port of the API.",
    ),
    SettingSpec(
        "MARQUEE_API_WORKERS",
        str(min(_cores(), _MOST_WORKERS)),
        readers.whole(1, _MOST_WORKERS),
        f"a whole number from 1 to {_MOST_WORKERS}",
        "Processes that answer requests (default: all cores).",
    ),
    SettingSpec(
        "MARQUEE_DRAIN_SECONDS",
        "0",
        readers.seconds,
        "a number of seconds",
        "How long a stopping API says not ready, so that a balancer looks away, and still answers.",
        {"staging": "2", "prod": "5"},
    ),
    SettingSpec(
        "MARQUEE_RELOAD_SECONDS",
        "1",
        readers.seconds,
        "a number of seconds",
        "Pause between two looks at which bundle is to serve; 0 looks once, at the start.",
    ),
    SettingSpec(
        "MARQUEE_MAX_K",
        "100",
        readers.whole(1, 1000),
        "a whole number from 1 to 1000",
        "Longest list that may be asked for.",
    ),
    SettingSpec(
        "MARQUEE_MAX_BODY",
        "65536",
        readers.whole(1024),
        "a whole number of bytes from 1024",
        "Largest body of a request, in bytes.",
    ),
    SettingSpec(
        "MARQUEE_ANSWER_CACHE",
        "4096",
        readers.whole(0),
        "a whole number from 0",
        "Answers, and rankings of users and of movies, that each worker keeps; 0 keeps none.",
    ),
    SettingSpec(
        "MARQUEE_CORS_ORIGINS",
        "",
        readers.origins,
        "origins such as https://example.org:8443, separated by commas, or * for all",
        "Web origins whose pages may call the API, separated by commas; empty: none but its own.",
    ),
    SettingSpec(
        "MARQUEE_TRUSTED_PROXIES",
        "0",
        readers.whole(0, 10),
        "a whole number from 0 to 10",
        "Proxies in front whose X-Forwarded-For and -Proto are believed.",
    ),
    SettingSpec(
        "MARQUEE_LOG_LEVEL",
        "info",
        readers.one_of("debug", "info", "warning", "error"),
        "one of debug, info, warning, error",
        "Least serious message that the API logs.",
    ),
    SettingSpec(
        "MARQUEE_LOG_FORMAT",
        "console",
        readers.one_of("console", "json"),
        "console or json",
        "How the API logs: for people, or one JSON object a line.",
        {"staging": "json", "prod": "json"},
    ),
    SettingSpec(
        "MARQUEE_SIMULATED_TIME",
        "false",
        readers.truth,
        "true or false",
        "Whether a request may say in X-Marquee-Time when it was asked, for simulations.",
    ),
    SettingSpec(
        "MARQUEE_EXPLORATION",
        "none",
        readers.one_of("none", "epsilon", "softmax"),
        "one of none, epsilon, softmax",
        "How recommendations are drawn by chance: not at all, epsilon-greedily, by softmax.",
    ),
    SettingSpec(
        "MARQUEE_EXPLORATION_RATE",
        "0.1",
        readers.share,
        "a number from 0 to 1",
        "Of epsilon: probability that a place gets any of the candidates and not the best.",
    ),
    SettingSpec(
        "MARQUEE_EXPLORATION_DEPTH",
        "50",
        readers.whole(1, 1000),
        "a whole number from 1 to 1000",
        "How many of the best movies are candidates of exploration.",
    ),
    SettingSpec(
        "MARQUEE_EXPLORATION_TEMPERATURE",
        "1.0",
        readers.above_zero,
        "a number above 0",
        "Of softmax: the higher, the more is explored; in standard deviations of the scores.",
    ),
)

STORE = (
    SettingSpec(
        "MARQUEE_STORE_URL",
        "",
        readers.store_url,
        "a SQLAlchemy address of SQLite or PostgreSQL, such as postgresql+psycopg://user@host/name",
        "Database of the operational store, SQLite or PostgreSQL; empty: app.db in the home.",
    ),
    SettingSpec(
        "MARQUEE_REQUEST_LOG_QUEUE",
        "10000",
        readers.whole(1),
        "a whole number from 1",
        "Requests that may wait to be logged, in each worker.",
    ),
    SettingSpec(
        "MARQUEE_REQUEST_LOG_WAIT",
        "0.05",
        readers.seconds,
        "a number of seconds",
        "How long a request waits where that queue is full; then its log row is dropped, counted.",
    ),
    SettingSpec(
        "MARQUEE_REQUEST_LOG_FLUSH",
        "0.2",
        readers.seconds,
        "a number of seconds",
        "Longest time in seconds that a logged request waits before it is written.",
    ),
    SettingSpec(
        "MARQUEE_LOG_DAYS",
        "30",
        readers.whole(7),
        "a whole number from 7",
        "Days that requests stay in the store before they are archived to Parquet.",
    ),
)

SETTINGS: tuple[SettingSpec, ...] = (PROFILE, *PIPELINE, *SERVING, *STORE)
