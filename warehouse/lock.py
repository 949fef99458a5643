"""One pipeline at a time in one home."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.errors import LockedError, SettingError
from warehouse.home import Home


@contextmanager
def exclusive(home: Home) -> Iterator[None]:
    """Hold the home's lock; the operating system frees it even after a kill.

    Raises
    ------
    LockedError
        Naming the process that holds the lock, and since when.
    SettingError
        When the home cannot be created or written.
    """
    lock = FileLock(home.lock_file)
    holder = home.lock_file.with_suffix(".holder.json")
    try:
        home.root.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(
            f"another pipeline is at work in {home.root} ({_describe(holder)})",
            "wait until it ends, or give this one a home of its own with MARQUEE_HOME",
        ) from error
    except OSError as error:
        raise SettingError(
            f"MARQUEE_HOME={str(home.root)!r}: cannot be written ({error.strerror})",
            "choose a folder that you may write, or mend its permissions",
        ) from error
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        holder.write_text(json.dumps({"pid": os.getpid(), "since": now}), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _describe(holder: Path) -> str:
    try:
        held = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {held['pid']}, since {held['since']}"
    except (OSError, ValueError, KeyError):
        return "process unknown"
