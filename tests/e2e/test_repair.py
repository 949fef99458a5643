"""What somebody has broken by hand, the next run mends."""

import os
import subprocess
from collections.abc import Callable

from warehouse.bundle import current_version, load_bundle
from warehouse.connection import open_published
from warehouse.home import Home

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_a_damaged_bundle_and_a_build_by_hand_are_made_again(pipeline_home: Home, run: Run) -> None:
    version = current_version(pipeline_home)
    assert version is not None
    damaged = pipeline_home.bundles / version / "item_embeddings.npy"
    os.truncate(damaged, 100)
    by_hand = run(pipeline_home, "warehouse", "build", "--", "--select", "dim_genres")
    assert by_hand.returncode == 0, by_hand.stderr

    done = run(pipeline_home, "models_py", "pipeline")

    assert done.returncode == 0, done.stderr
    assert "item_embeddings.npy" in done.stderr
    assert "up to date" not in done.stderr
    assert current_version(pipeline_home) == version
    assert load_bundle(pipeline_home.bundles / version).model_version == version


def test_a_lost_build_is_made_again_and_published(pipeline_home: Home, run: Run) -> None:
    pipeline_home.build_file.unlink()
    pipeline_home.pointer.unlink()

    done = run(pipeline_home, "models_py", "pipeline")

    assert done.returncode == 0, done.stderr
    with open_published(pipeline_home) as connection:
        (count,) = connection.sql("select count(*) from marts.dim_item_embeddings").fetchall()
    assert count[0] > 0


def test_two_editions_take_turns_in_one_home(pipeline_home: Home, run: Run) -> None:
    real = current_version(pipeline_home)
    other = run(pipeline_home, "models_py", "pipeline", MARQUEE_DATASET="synthetic-20k")
    assert other.returncode == 0, other.stderr
    assert current_version(pipeline_home) != real

    back = run(pipeline_home, "models_py", "pipeline")

    assert back.returncode == 0, back.stderr
    assert current_version(pipeline_home) == real
    with open_published(pipeline_home) as connection:
        (count,) = connection.sql("select count(*) from marts.fct_interactions").fetchall()
    assert count == (53_164,)
