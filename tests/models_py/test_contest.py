"""Recipes side by side: the same figures on one thread and on two, and no waiting for an end."""

import subprocess
import sys

import numpy as np
from rich.console import Console
from threadpoolctl import threadpool_limits

from models_py.contest import contest, report_on_test
from models_py.fitting import Windows
from warehouse.connection import open_build
from warehouse.settings import PROJECT_ROOT

QUIET = Console(quiet=True)


def test_one_thread_and_two_give_the_same_figures(home, built) -> None:
    found = []
    with open_build(home.home) as connection, threadpool_limits(limits=1, user_api="blas"):
        windows = Windows(connection, built[1].dataset)
        for threads in (1, 2):
            contestants = contest(windows, "inputs", threads, QUIET)
            found.append(report_on_test(contestants, windows, threads, QUIET))

    alone, together = found
    assert [each.model_version for each in alone] == [each.model_version for each in together]
    for one, two in zip(alone, together, strict=True):
        assert one.validation.rows == two.validation.rows
        assert one.test is not None
        assert two.test is not None
        assert one.test.rows == two.test.rows
        for population, lists in one.test.lists.items():
            np.testing.assert_array_equal(lists.items, two.test.lists[population].items)


def test_an_interrupt_does_not_wait_for_the_fits_to_end() -> None:
    code = """
import os, signal, threading, time
from rich.console import Console
from models_py.contest import _side_by_side
threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    list(_side_by_side(lambda _: time.sleep(300), [1, 2, 3], 2, "x", Console(quiet=True)))
except KeyboardInterrupt:
    print("interrupted")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert done.stdout == "interrupted\n"
