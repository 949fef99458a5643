"""Killed at any stage, the next run finishes the work, and readers keep what they had."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from warehouse.bundle import current_version, load_bundle
from warehouse.home import Home
from warehouse.publish import current_version as published_version
from warehouse.settings import PROJECT_ROOT


@pytest.fixture
def kill_once(tmp_path: Path) -> Callable[[Home, Callable[[], bool]], str]:
    """Start the pipeline, kill it with SIGKILL as soon as a condition holds; return its output."""

    def killed(home: Home, moment: Callable[[], bool]) -> str:
        log = tmp_path / "log"
        environment = {**os.environ, "MARQUEE_HOME": str(home.root), "MARQUEE_DATASET": "ml-100k"}
        with (
            log.open("w") as output,
            subprocess.Popen(
                [sys.executable, "-m", "models_py", "pipeline"],
                cwd=PROJECT_ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            ) as process,
        ):
            deadline = time.monotonic() + 300
            while not moment():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            process.wait()
        return log.read_text()

    return killed


def test_a_pipeline_killed_in_every_stage_ends_in_the_same_bundle(
    fresh_home: Callable[[str], Home],
    pipeline_home: Home,
    kill_once: Callable[[Home, Callable[[], bool]], str],
    run: Callable[..., "subprocess.CompletedProcess[str]"],
) -> None:
    home = fresh_home("killed")
    metrics = home.ml("model_metrics", "ml-100k")
    moments: dict[str, Callable[[], bool]] = {
        "while dbt builds": home.build_file.exists,
        "when models begin": (home.stamps / "build").exists,
        "when the bundle is in place": lambda: current_version(home) is not None,
        "when figures are written": lambda: any(metrics.glob("time_aware*.parquet")),
        "while it is published": (home.stamps / "train").exists,
    }
    for moment, holds in moments.items():
        kill_once(home, holds)
        assert published_version(home) is None, moment
        served = current_version(home)
        if served is not None:
            assert load_bundle(home.bundles / served).model_version == served

    done = run(home, "models_py", "pipeline")
    assert done.returncode == 0, done.stderr

    version = current_version(home)
    assert version == current_version(pipeline_home)
    assert version is not None
    mended, straight = (load_bundle(each.bundles / version) for each in (home, pipeline_home))
    assert mended.manifest["content_hash"] == straight.manifest["content_hash"]
    assert published_version(home) is not None
    assert not [path for path in home.root.rglob("*.tmp") if "dbt" not in path.parts]


def test_an_interrupt_while_dbt_builds_ends_it_too(
    fresh_home: Callable[[str], Home], tmp_path: Path
) -> None:
    home, log = fresh_home("interrupted"), tmp_path / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            [sys.executable, "-m", "models_py", "pipeline"],
            cwd=PROJECT_ROOT,
            env={**os.environ, "MARQUEE_HOME": str(home.root), "MARQUEE_DATASET": "ml-100k"},
            stdout=output,
            stderr=output,
        ) as process,
    ):
        deadline = time.monotonic() + 120
        while not home.build_file.exists():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130

    assert "interrupted; the next run finishes the work" in log.read_text()
    assert "Traceback" not in log.read_text()
    # dbt has let go of the warehouse: it can be opened for writing.
    duckdb.connect(str(home.build_file)).close()


def test_a_second_pipeline_is_locked_out_with_a_clear_message(
    pipeline_home: Home, run: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    hold = (
        "import sys; from pathlib import Path; from warehouse.home import Home;"
        "from warehouse.lock import exclusive\n"
        "with exclusive(Home(Path(sys.argv[1]))): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(pipeline_home.root)],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        done = run(pipeline_home, "models_py", "pipeline")
        holder.kill()

    assert done.returncode == 75
    assert f"process {holder.pid}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dataset_with_too_few_users_is_refused(
    tmp_path: Path, run: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    edition = tmp_path / "tiny"
    edition.mkdir()
    (edition / "movies.csv").write_text("movieId,title,genres\n1,Heat (1995),Crime\n")
    (edition / "ratings.csv").write_text(
        "userId,movieId,rating,timestamp\n" + "".join(f"{u},1,5,{10**9 + u}\n" for u in range(1, 9))
    )
    home = Home(tmp_path / "home")

    done = run(home, "models_py", "pipeline", MARQUEE_DATASET=str(edition))

    assert done.returncode not in (0, 75)
    assert "Traceback" not in done.stderr
    assert "error: 0 users and 0 movies are left after the filter" in done.stderr
    assert "hint: choose a larger edition" in done.stderr
    assert not home.pointer.exists()


def test_a_home_that_cannot_be_used_is_named(
    tmp_path: Path, run: Callable[..., "subprocess.CompletedProcess[str]"]
) -> None:
    (tmp_path / "file").write_text("in the way")

    done = run(Home(tmp_path / "file" / "home"), "models_py", "pipeline")

    assert done.returncode != 0
    assert "MARQUEE_HOME" in done.stderr
    assert "Traceback" not in done.stderr
