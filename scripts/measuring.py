"""How the benchmarks measure: fresh processes, medians, the machine named."""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import MarqueeError
from warehouse.settings import PROJECT_ROOT


@dataclass(frozen=True)
class Run:
    """One run of a command: wall-clock seconds and the peak resident set of its largest process."""

    seconds: float
    peak_megabytes: float


def run_fresh(module: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run ``python -m module`` in a process of its own and measure it.

    Raises
    ------
    MarqueeError
        When the command fails, with the end of what it printed.
    """
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise MarqueeError(f"python -m {module} failed:\n{output[-2000:]}")
    return Run(time.perf_counter() - started, usage.ru_maxrss / 1024)


def median(values: Sequence[float]) -> float:
    """Median, the figure that the benchmarks report."""
    return statistics.median(values)


def machine() -> str:
    """One line that names the machine: processor, cores, memory, Python."""
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        models = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        processor = models[0].split(":", 1)[1].strip() if models else processor
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{processor}, {cores} cores, {gigabytes:.0f} GiB, Python {platform.python_version()}"
