"""The metrics of several processes, added up from the files that each of them writes."""

import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.multiprocess import MultiProcessCollector

# What reading raises where a file changes or goes meanwhile.
_UNREADABLE = (OSError, ValueError, RuntimeError, struct.error)


class MetricsFiles:
    """Collector of what the processes of a server have written.

    Parameters
    ----------
    folder : Path
        That of Prometheus's client, with one file for each process and kind of
        metric.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """Add up all files; what dead processes counted stays, and their gauges go."""
        try:
            return self._merged()
        except _UNREADABLE:
            # Another process may forget a dead one at this moment; the second time it has.
            return self._merged()

    def _merged(self) -> Iterable[Metric]:
        files = [str(file) for file in self._of_the_living()]
        merged: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return merged

    def _of_the_living(self) -> Iterator[Path]:
        for file in self._folder.glob("*_[0-9]*.db"):
            if _is_gone(file) and file.name.startswith("gauge_live"):
                file.unlink(missing_ok=True)
            # A process has begun the file and not yet come, or never came, to write into it.
            elif file.stat().st_size:
                yield file


def _is_gone(file: Path) -> bool:
    try:
        os.kill(int(file.stem.rpartition("_")[2]), 0)
    except (ProcessLookupError, PermissionError):
        # All workers are of one user, so it is another program that has the number now.
        return True
    return False
