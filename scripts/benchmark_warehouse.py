"""Time and memory of dbt on a large edition, beside the same SQL run bare in DuckDB."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click
from rich.progress import track
from rich.table import Table

from scripts.bare_sql import SKIPPED_TAGS
from scripts.measuring import Run, machine, median, run_fresh
from warehouse.command_line import MarqueeGroup, console
from warehouse.settings import Settings

_MODELS_ONLY = (
    "--exclude",
    *(f"tag:{tag}" for tag in SKIPPED_TAGS),
    *("--exclude-resource-types", "test", "unit_test"),
)


@dataclass(frozen=True)
class Comparison:
    """Interleaved runs of the same models through dbt and bare, and one build with every test."""

    dbt: list[Run]
    bare: list[Run]
    tested: Run
    slowest_test: tuple[str, float]

    @property
    def ratio(self) -> float:
        """Median seconds through dbt over median seconds bare."""
        return median([run.seconds for run in self.dbt]) / median(
            [run.seconds for run in self.bare]
        )


@click.group(
    cls=MarqueeGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--edition", default="synthetic-25m", show_default=True, help="Edition to build.")
@click.option("--runs", default=3, show_default=True, help="Runs of each; the median counts.")
def main(edition: str, runs: int) -> None:
    """Measure dbt on EDITION: the models against the same SQL bare, then all with tests."""
    settings = Settings.from_environment()
    with console.status(f"fetching {edition}"):
        run_fresh("warehouse", ["fetch"], {"MARQUEE_DATASET": edition})
    compared = compare(settings.home.raw(edition), runs)
    table = Table("what", "runs", "seconds", "fastest", "slowest", "peak MB")
    _add_row(table, "models through dbt", compared.dbt)
    _add_row(table, "the same SQL bare", compared.bare)
    _add_row(table, "dbt build, every test", [compared.tested])
    console.print(table)
    name, seconds = compared.slowest_test
    console.print(f"{edition}: dbt takes {compared.ratio:.2f} times as long as the bare SQL")
    console.print(f"slowest test: {seconds:.1f} s, {name}")
    console.print(
        f"median of {runs} runs in fresh homes and processes; memory limit "
        f"{settings.memory_limit}, {settings.threads} threads; {machine()}"
    )


def compare(raw: Path, runs: int) -> Comparison:
    """Build the edition in `raw` `runs` times both ways, in turn, then once with tests.

    Parameters
    ----------
    raw : Path
        Folder of typed Parquet, named as the edition; only read.
    runs : int
        At least 1.
    """
    dbt, bare = [], []
    for _ in track(range(runs), "models through dbt, then bare", console=console):
        with tempfile.TemporaryDirectory(prefix="marquee-bench-") as folder:
            environment = _environment(Path(folder), raw)
            dbt.append(run_fresh("warehouse", ["build", "--", *_MODELS_ONLY], environment))
            target = str(Path(folder) / "dbt" / "target")
            arguments = [target, str(Path(folder) / "bare")]
            bare.append(run_fresh("scripts.bare_sql", arguments, environment))
    with (
        tempfile.TemporaryDirectory(prefix="marquee-bench-") as folder,
        console.status("building once more, with every test"),
    ):
        tested = run_fresh("warehouse", ["build"], _environment(Path(folder), raw))
        slowest = _slowest_test(Path(folder) / "dbt" / "target" / "run_results.json")
    return Comparison(dbt, bare, tested, slowest)


def _environment(home: Path, raw: Path) -> dict[str, str]:
    shutil.copytree(raw, home / "raw" / raw.name, copy_function=_link)
    return {"MARQUEE_HOME": str(home), "MARQUEE_DATASET": raw.name}


def _link(source: str, target: str) -> None:
    # Gigabytes need not be copied to be read.
    Path(target).symlink_to(Path(source).resolve())


def _slowest_test(run_results: Path) -> tuple[str, float]:
    results = json.loads(run_results.read_text())["results"]
    tests = [each for each in results if each["unique_id"].startswith("test.")]
    slowest = max(tests, key=lambda each: float(each["execution_time"]))
    return slowest["unique_id"].split(".")[2], float(slowest["execution_time"])


def _add_row(table: Table, what: str, runs: list[Run]) -> None:
    seconds = [run.seconds for run in runs]
    table.add_row(
        what,
        str(len(runs)),
        f"{median(seconds):.1f}",
        f"{min(seconds):.1f}",
        f"{max(seconds):.1f}",
        f"{max(run.peak_megabytes for run in runs):.0f}",
    )


if __name__ == "__main__":
    main(prog_name="python -m scripts.benchmark_warehouse")
