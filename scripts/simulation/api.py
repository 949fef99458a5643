"""The API as people of the past ask it: over HTTP, with the time that they ask at."""

import time
from collections import Counter
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import requests

from scripts.simulation.behaviour import Question
from warehouse.errors import MarqueeError

TIME_HEADER = "X-Marquee-Time"
_TIMEOUT_SECONDS = 20
_LOOK_SECONDS = 0.2
# A movie that is rated need not be one that the model knows.
_EXPECTED = {HTTPStatus.OK, HTTPStatus.NOT_FOUND}


class Api:
    """One connection to a running API.

    Parameters
    ----------
    url : str
    patience : float
        Seconds to wait for a bundle that may yet come into service.

    Attributes
    ----------
    statuses : Counter of int
        Answers by HTTP status.
    """

    def __init__(self, url: str, patience: float = 0.0) -> None:
        self._url, self._patience = url.rstrip("/"), patience
        self._session = requests.Session()
        # Proxies of the environment have no part in this, and looking for them takes time.
        self._session.trust_env = False
        self.statuses: Counter[int] = Counter()

    def require_past(self, asked_at: float) -> str:
        """Make sure that the model that serves has seen nothing from an instant on.

        Parameters
        ----------
        asked_at : float
            Of the first request, in seconds since the epoch.

        Returns
        -------
        str
            Version of the model.

        Raises
        ------
        MarqueeError
            It has, or the API does not answer, or serves no model.
        """
        deadline = time.monotonic() + self._patience
        while True:
            health = self._get("/health")
            version, cutoff = health.get("model_version"), str(health.get("data_cutoff"))
            if version and datetime.fromisoformat(cutoff).timestamp() <= asked_at:
                return str(version)
            if time.monotonic() >= deadline:
                break
            time.sleep(_LOOK_SECONDS)
        if not version:
            raise MarqueeError(f"{self._url}: serves no model", "`make pipeline` makes one")
        raise MarqueeError(
            f"{self._url}: serves {version}, which has seen the ratings before {cutoff}: expected "
            f"a model that has not seen the future of the first request, of {_iso(asked_at)}",
            "`make simulate AS_OF=0.8` begins anew, with a bundle of that time",
        )

    def genres(self) -> list[str]:
        """Genres that may be asked for."""
        return [entry["genre"] for entry in self._get("/genres")["genres"]]

    def ask(self, question: Question) -> None:
        """Ask a question at its time.

        Raises
        ------
        MarqueeError
            It was not answered as every such question can be.
        """
        try:
            response = self._session.request(
                "GET" if question.body is None else "POST",
                self._url + question.path,
                json=question.body,
                headers={TIME_HEADER: _iso(question.at)},
                timeout=_TIMEOUT_SECONDS,
            )
        except requests.RequestException as error:
            raise _unreachable(self._url, error) from error
        self.statuses[response.status_code] += 1
        if response.status_code not in _EXPECTED:
            raise MarqueeError(
                f"{self._url}{question.path}: answered {response.status_code} to {question.body}: "
                f"{response.text[:500]}",
                "an API of your own needs MARQUEE_SIMULATED_TIME=true"
                if TIME_HEADER in response.text
                else None,
            )

    def _get(self, path: str) -> dict[str, Any]:
        try:
            response = self._session.get(self._url + path, timeout=_TIMEOUT_SECONDS)
            response.raise_for_status()
            answer: dict[str, Any] = response.json()
        except requests.RequestException as error:
            raise _unreachable(self._url, error) from error
        return answer


def _unreachable(url: str, error: Exception) -> MarqueeError:
    return MarqueeError(f"{url}: expected Marquee's API: {error}", "`make api` runs one")


def _iso(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
