"""Time and memory of the whole pipeline from raw Parquet, in fresh homes and fresh processes."""

import shutil
import tempfile
from pathlib import Path

import click
from rich.progress import track
from rich.table import Table

from scripts.measuring import machine, median, run_fresh
from warehouse.command_line import MarqueeGroup, console
from warehouse.settings import Settings


@click.group(cls=MarqueeGroup, invoke_without_command=True)
@click.option("--edition", "editions", multiple=True, default=["ml-100k", "ml-1m"])
@click.option("--runs", default=5, show_default=True, help="Runs of each; the median counts.")
def main(editions: tuple[str, ...], runs: int) -> None:
    """Measure `python -m models_py pipeline` on each EDITION."""
    table = Table("edition", "runs", "seconds", "fastest", "slowest", "again", "peak MB")
    for edition in editions:
        raw = _fetch(edition)
        first, again = [], []
        for _ in track(range(runs), edition, console=console):
            with tempfile.TemporaryDirectory(prefix="marquee-bench-") as folder:
                shutil.copytree(raw, Path(folder) / "raw" / edition)
                environment = {"MARQUEE_HOME": folder, "MARQUEE_DATASET": edition}
                first.append(run_fresh("models_py", ["pipeline"], environment))
                again.append(run_fresh("models_py", ["pipeline"], environment))
        seconds = [run.seconds for run in first]
        table.add_row(
            edition,
            str(runs),
            f"{median(seconds):.1f}",
            f"{min(seconds):.1f}",
            f"{max(seconds):.1f}",
            f"{median([run.seconds for run in again]):.1f}",
            f"{max(run.peak_megabytes for run in first):.0f}",
        )
    console.print(table)
    console.print(f"from raw Parquet, median of {runs} runs; `again`: nothing changed; {machine()}")


def _fetch(edition: str) -> Path:
    run_fresh("warehouse", ["fetch"], {"MARQUEE_DATASET": edition})
    return Settings.from_environment().home.raw(edition)


if __name__ == "__main__":
    main(prog_name="python -m scripts.benchmark_pipeline")
