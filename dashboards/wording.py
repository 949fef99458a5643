"""Numbers as people read them: on a page, in a table, in a chart."""

from collections.abc import Callable
from datetime import datetime

NOTHING = "–"


def count(value: float | None) -> str:
    """Whole number with separators, such as ``1,234``."""
    return NOTHING if value is None else f"{value:,.0f}"


def decimal(value: float | None) -> str:
    """Three significant digits at most, such as ``0.0312`` or ``12.3``."""
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def share(value: float | None) -> str:
    """Per cent, such as ``12.3 %``."""
    return NOTHING if value is None else f"{value:.1%}".replace("%", " %")


def milliseconds(value: float | None) -> str:
    """Milliseconds, such as ``12.3 ms``."""
    return NOTHING if value is None else f"{decimal(value)} ms"


def fraction(value: float | None) -> str:
    """Three decimals, such as ``0.231``."""
    return NOTHING if value is None else f"{value:.3f}"


def figure(value: float | None) -> str:
    """Four decimals, such as ``0.2314``, for figures that are compared closely."""
    return NOTHING if value is None else f"{value:.4f}"


def signed(value: float | None) -> str:
    """Three decimals with the sign, such as ``+0.012``."""
    return NOTHING if value is None else f"{value:+.3f}"


def interval(
    low: float | None, high: float | None, written: Callable[[float | None], str] = fraction
) -> str:
    """Both ends, such as ``0.201 to 0.243``."""
    return NOTHING if low is None or high is None else f"{written(low)} to {written(high)}"


def instant(value: datetime | None) -> str:
    """Day and minute, such as ``2026-11-20 14:05``."""
    return NOTHING if value is None else f"{value:%Y-%m-%d %H:%M}"


def counted(n: int, one: str, several: str | None = None) -> str:
    """Put number and noun together, such as ``1 request`` or ``1,234 requests``."""
    return f"{n:,} {one if n == 1 else several or one + 's'}"


def short_version(version: str) -> str:
    """Model version on two lines, its name above its fingerprint, for the axis of a chart."""
    name, dash, fingerprint = version.rpartition("-")
    return f"{name}<br>{fingerprint}" if dash else version
