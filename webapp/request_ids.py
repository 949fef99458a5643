"""Request ids: UUIDs that begin with the time (version 7).

Ids of neighbouring requests are neighbours in the request log's index, so a
batch of rows changes a few pages of it and not one page for each row. The random
part is drawn in batches, because the system's generator is slow.
"""

import os
import time

_BATCH = 64
_VARIANT = "89ab"


def _random_ends(count: int) -> list[str]:
    """Version, variant and random digits: an id but for its first twelve digits."""
    digits = os.urandom(10 * count).hex()
    ends = []
    for start in range(0, len(digits), 20):
        one = digits[start : start + 20]
        variant = _VARIANT[int(one[3], 16) & 3]
        ends.append(f"7{one[:3]}-{variant}{one[4:7]}-{one[7:19]}")
    return ends


class RequestIds:
    """Source of request ids, for any number of threads; a forked process draws from its own."""

    def __init__(self) -> None:
        self._ends: list[str] = []
        os.register_at_fork(after_in_child=self._ends.clear)

    def __call__(self) -> str:
        """Make a new id, such as ``0199c2f4-6c1f-7d1e-9a77-5a1c7d8f2e10``."""
        while True:
            try:
                end = self._ends.pop()
            except IndexError:
                self._ends.extend(_random_ends(_BATCH))
            else:
                milliseconds = f"{time.time_ns() // 1_000_000:012x}"
                return f"{milliseconds[:8]}-{milliseconds[8:]}-{end}"


new_request_id = RequestIds()
