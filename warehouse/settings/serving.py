"""Settings of the API, by what they are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ExplorationSettings:
    """Whether recommendations are drawn by chance, and how.

    Attributes
    ----------
    policy : {"none", "epsilon", "softmax"}
    rate : float
        Of epsilon: probability that a place is drawn by chance.
    depth : int
        How many of the best are candidates.
    temperature : float
        Of softmax, in standard deviations of the candidates' scores.
    """

    policy: str
    rate: float
    depth: int
    temperature: float


@dataclass(frozen=True)
class ServingSettings:
    """What the API goes by.

    Attributes
    ----------
    profile : str
        ``dev``, ``staging`` or ``prod``.
    host : str
    port, workers : int
    drain_seconds, reload_seconds : float
    max_k : int
    max_body : int
        Bytes.
    answer_cache : int
        Answers a worker keeps; 0 keeps none.
    cors_origins : tuple of str
    trusted_proxies : int
    log_level, log_format : str
    simulated_time : bool
        Whether a request may say when it was asked.
    exploration : ExplorationSettings
    """

    profile: str
    host: str
    port: int
    workers: int
    drain_seconds: float
    reload_seconds: float
    max_k: int
    max_body: int
    answer_cache: int
    cors_origins: tuple[str, ...]
    trusted_proxies: int
    log_level: str
    log_format: str
    simulated_time: bool
    exploration: ExplorationSettings

    @classmethod
    def of(cls, profile: str, read: Mapping[str, Any]) -> "ServingSettings":
        """Take them out of all settings.

        Parameters
        ----------
        profile : str
        read : mapping of str
            Value of every setting by its name in the environment.
        """
        return cls(
            profile=profile,
            host=read["MARQUEE_API_HOST"],
            port=read["MARQUEE_API_PORT"],
            workers=read["MARQUEE_API_WORKERS"],
            drain_seconds=read["MARQUEE_DRAIN_SECONDS"],
            reload_seconds=read["MARQUEE_RELOAD_SECONDS"],
            max_k=read["MARQUEE_MAX_K"],
            max_body=read["MARQUEE_MAX_BODY"],
            answer_cache=read["MARQUEE_ANSWER_CACHE"],
            cors_origins=read["MARQUEE_CORS_ORIGINS"],
            trusted_proxies=read["MARQUEE_TRUSTED_PROXIES"],
            log_level=read["MARQUEE_LOG_LEVEL"],
            log_format=read["MARQUEE_LOG_FORMAT"],
            simulated_time=read["MARQUEE_SIMULATED_TIME"],
            exploration=ExplorationSettings(
                policy=read["MARQUEE_EXPLORATION"],
                rate=read["MARQUEE_EXPLORATION_RATE"],
                depth=read["MARQUEE_EXPLORATION_DEPTH"],
                temperature=read["MARQUEE_EXPLORATION_TEMPERATURE"],
            ),
        )
