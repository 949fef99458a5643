"""Quality on MovieLens 1M beside the figures that RePlay publishes for the same protocol."""

import multiprocessing
import resource
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from rich.table import Table

from models_py.evaluation.bootstrap import mean_intervals
from models_py.evaluation.metrics import MetricKey, accuracy
from models_py.evaluation.ranking import rank
from models_py.recipes.configuration import load_recipe
from models_py.recommenders import RECOMMENDERS, FactorRecommender
from scripts.measuring import machine, run_fresh
from scripts.replay_protocol import EDITION, Protocol
from warehouse.command_line import MarqueeGroup, console
from warehouse.settings import Settings

RAW_EDITION = "ml-1m"
DEPTH = 20
# What each recommender looks at beside who liked which movie.
READS = {
    "popularity_decayed": "times",
    "item_item": "stars",
    "als": "stars",
    "ease": "stars",
    "time_aware": "stars, times, years of release",
}
# NDCG@10 from the documentation of RePlay, https://github.com/sb-ai-lab/RePlay.
PUBLISHED = {"ALS": 0.265, "LightFM": 0.263, "SLIM": 0.261, "ItemKNN": 0.258, "PopRec": 0.244}


@dataclass(frozen=True)
class Measured:
    """One recommender on one split, over the users of all its folds.

    Attributes
    ----------
    name : str
    ndcg, recall : array of float64 (n_users,)
        At 10, of each user.
    dimensions : int or None
        Length of the embeddings; None where it is not served as embeddings.
    seconds : float
        Of the fits, per fold.
    peak_megabytes : float
        Of the process, which has fitted and ranked nothing else.
    """

    name: str
    ndcg: NDArray[np.float64]
    recall: NDArray[np.float64]
    dimensions: int | None
    seconds: float
    peak_megabytes: float


@click.group(cls=MarqueeGroup, invoke_without_command=True)
@click.option(
    "--split",
    type=click.Choice(["test", "validation"]),
    default="test",
    show_default=True,
    help="test: the published protocol. validation: folds inside train, for choosing parameters.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    type=click.Choice(list(RECOMMENDERS)),
    help="Measure this recommender only; may be given several times.",
)
def main(split: str, models: tuple[str, ...]) -> None:
    """Measure every recommender by RePlay's protocol on MovieLens 1M."""
    console.print("fetching MovieLens 1M, unless it is there")
    run_fresh("warehouse", ["fetch"], {"MARQUEE_DATASET": RAW_EDITION})
    raw = Settings.from_environment().home.raw(RAW_EDITION)
    console.print(f"protocol reproduced: {Protocol(raw).check_counts()}")
    names = models or tuple(RECOMMENDERS)
    measured = [
        _in_fresh_process(name, raw, split) for name in track(names, "measuring", console=console)
    ]
    console.print(quality_table(measured, split))
    console.print(_footnote(measured, split), highlight=False)


def measure(name: str, raw: Path, split: str) -> Measured:
    """Fit one recommender on every fold of a split and rank for the fold's users."""
    ndcg, recall, seconds = [], [], []
    dimensions = None
    for fold in Protocol(raw).folds(split):
        started = time.perf_counter()
        recommender = load_recipe(name, EDITION).build().fit(fold.training_set)
        seconds.append(time.perf_counter() - started)
        if isinstance(recommender, FactorRecommender):
            dimensions = recommender.item_factors.shape[1]
        lists = rank(recommender, fold.evaluation_set, DEPTH)
        values = accuracy(lists, fold.evaluation_set.targets)
        ndcg.append(values[MetricKey("ndcg", 10)])
        recall.append(values[MetricKey("recall", 10)])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(
        name,
        np.concatenate(ndcg),
        np.concatenate(recall),
        dimensions,
        float(np.mean(seconds)),
        peak,
    )


def quality_table(measured: Sequence[Measured], split: str) -> Table:
    """Table of what was measured and, for test, what is published, best first."""
    table = Table(
        "model", "NDCG@10", "95 %", "Recall@10", "dimensions", "fit s", "peak MB", title=split
    )
    rows: list[tuple[float, tuple[str, ...]]] = []
    for each in measured:
        low, high = mean_intervals(each.ndcg[:, None])[0]
        figures: tuple[str, ...] = (
            each.name,
            f"{each.ndcg.mean():.3f}",
            f"{low:.3f}-{high:.3f}",
            f"{each.recall.mean():.3f}",
            str(each.dimensions or "-"),
            f"{each.seconds:.1f}",
            f"{each.peak_megabytes:.0f}",
        )
        rows.append((float(each.ndcg.mean()), figures))
    if split == "test":
        rows += [
            (value, (f"RePlay {name}", f"{value:.3f}", *[""] * 5))
            for name, value in PUBLISHED.items()
        ]
    for _, figures in sorted(rows, key=lambda row: -row[0]):
        style = "dim" if figures[0].startswith("RePlay") else None
        table.add_row(*figures, style=style)
    return table


def _in_fresh_process(name: str, raw: Path, split: str) -> Measured:
    # Started anew, so that the peak of memory is this recommender's own.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(measure, name, raw, split).result()


def _footnote(measured: Sequence[Measured], split: str) -> str:
    reads = "; ".join(
        f"{each.name} reads {READS[each.name]}" for each in measured if each.name in READS
    )
    lines = [
        "Ratings >= 3, oldest 80 % train, cold users and movies dropped, movies of train not "
        "listed again. No instant lies on both sides of a cut.",
        f"Beside who liked what: {reads or 'nothing is read'}.",
        f"95 %: bootstrap over {len(measured[0].ndcg):,} users"
        + ("." if split == "test" else " of all folds; who is in two folds counts twice."),
        "Published figures: documentation of RePlay, https://github.com/sb-ai-lab/RePlay."
        if split == "test"
        else "The parameters for this protocol were chosen on these folds.",
        machine(),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main(prog_name="python -m scripts.benchmark_quality")
