"""The time that a request tells: for simulations, in which days pass within seconds."""

from datetime import UTC, datetime, timedelta

from marshmallow import ValidationError

from webapp.recommender.facts import Facts
from webapp.schemas.showing import shown

HEADER = "X-Marquee-Time"
# As WSGI names it.
VARIABLE = "HTTP_X_MARQUEE_TIME"
EXAMPLE = "1998-04-23T12:00:00Z"


class SimulatedTimeError(ValidationError):
    """The time that a request tells cannot be used.

    Parameters
    ----------
    text : str
        As told.
    expected : str
    """

    def __init__(self, text: str, expected: str) -> None:
        super().__init__({HEADER: [f"{shown(text)}: expected {expected}"]})


def told_time(text: str, is_allowed: bool) -> float:
    """Seconds since the epoch of a told time.

    Parameters
    ----------
    text : str
        ISO 8601, in UTC and saying so.
    is_allowed : bool
        Whether requests may tell a time at all.

    Raises
    ------
    SimulatedTimeError
    """
    if not is_allowed:
        raise SimulatedTimeError(
            text, "no such header: MARQUEE_SIMULATED_TIME=true would allow requests to tell a time"
        )
    try:
        moment = datetime.fromisoformat(text)
        seconds = moment.timestamp()
        # The last instants of the last year are rounded into one that there is not.
        datetime.fromtimestamp(seconds, UTC)
        is_utc = moment.utcoffset() == timedelta(0)
    except (ValueError, OverflowError):
        is_utc = False
    if not is_utc:
        raise SimulatedTimeError(text, f"an ISO 8601 time in UTC, such as {EXAMPLE}")
    return seconds


def require_unseen(text: str, seconds: float, facts: Facts) -> None:
    """Make sure that a model has not seen what came after a told time.

    Raises
    ------
    SimulatedTimeError
    """
    if seconds < datetime.fromisoformat(facts.cutoff).timestamp():
        raise SimulatedTimeError(
            text,
            f"a time from {facts.cutoff} on: {facts.model_version} has seen the ratings before it, "
            "so its answer would know the future",
        )
