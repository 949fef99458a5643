"""Values of requests as errors show them."""

from typing import Any

import orjson

_SHOWN = 80


def shown(value: Any) -> str:
    """Value as JSON, cut where it is long; whatever could be parsed can be shown."""
    try:
        text = orjson.dumps(value, default=str).decode()
    except orjson.JSONEncodeError:
        # It reads four times as many levels as it writes. Each takes a character at least, so what
        # is left out below is beyond the cut anyway.
        text = orjson.dumps(_without_depths(value, _SHOWN), default=str).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _without_depths(value: Any, levels: int) -> Any:
    if isinstance(value, list):
        return [_without_depths(entry, levels - 1) for entry in value] if levels else []
    if isinstance(value, dict):
        within = value.items() if levels else ()
        return {name: _without_depths(entry, levels - 1) for name, entry in within}
    return value
