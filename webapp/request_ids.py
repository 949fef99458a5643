"""Request ids: random UUIDs (version 4), made in batches because the system's generator is slow."""

import os

_BATCH = 64
_VARIANT = "89ab"


def _random_ids(count: int) -> list[str]:
    digits = os.urandom(16 * count).hex()
    made = []
    for start in range(0, len(digits), 32):
        one = digits[start : start + 32]
        variant = _VARIANT[int(one[16], 16) & 3]
        made.append(f"{one[:8]}-{one[8:12]}-4{one[13:16]}-{variant}{one[17:20]}-{one[20:]}")
    return made


class RequestIds:
    """Source of request ids, for any number of threads; a forked process draws from its own."""

    def __init__(self) -> None:
        self._ready: list[str] = []
        os.register_at_fork(after_in_child=self._ready.clear)

    def __call__(self) -> str:
        """Make a new id, such as ``0b8c2a52-6c1f-4d1e-9a77-5a1c7d8f2e10``."""
        while True:
            try:
                return self._ready.pop()
            except IndexError:
                self._ready.extend(_random_ids(_BATCH))


new_request_id = RequestIds()
