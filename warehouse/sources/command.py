"""The command line of the sources: fetch a dataset, list the editions."""

from dataclasses import replace

import click
from rich.console import Console
from rich.table import Table

from warehouse.settings import Settings
from warehouse.sources.catalogue import CITATION, EDITIONS, LICENCE
from warehouse.sources.datasets import ensure_dataset
from warehouse.sources.manifest import Manifest


@click.group()
def sources() -> None:
    """Fetch and convert MovieLens editions."""


@sources.command()
@click.option("--dataset", help="Edition, synthetic-<ratings>, or path; default: MARQUEE_DATASET.")
@click.option("--refresh", is_flag=True, help="Fetch and convert again.")
def fetch(dataset: str | None, refresh: bool) -> None:
    """Put a dataset's typed Parquet in place, if it is not there yet."""
    settings = Settings.from_environment()
    if dataset:
        settings = replace(settings, dataset=dataset)
    manifest = ensure_dataset(settings, Console(stderr=True), refresh)
    Console().print(_summary(manifest))
    Console().print(str(settings.home.raw(manifest.dataset)), soft_wrap=True, highlight=False)


@sources.command()
def editions() -> None:
    """List the editions, their sizes and their terms."""
    table = Table()
    for heading, justify in (
        ("edition", "left"),
        ("ratings", "right"),
        ("users", "right"),
        ("movies", "right"),
        ("stars", "left"),
        ("MB", "right"),
        ("mirror", "left"),
    ):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for edition in EDITIONS.values():
        release = edition.releases[0]
        table.add_row(
            edition.name,
            f"{release.ratings:,}",
            f"{release.users:,}",
            f"{release.movies:,}",
            f"{edition.scale.minimum:g}-{edition.scale.maximum:g}",
            str(edition.size_mb),
            "yes" if edition.mirrors else "no",
        )
    console = Console()
    console.print(table)
    console.print(
        "Or synthetic-<ratings>[k|m][-half][-seed<n>], or a path to a zip or folder.", markup=False
    )
    console.print(f"Terms: {LICENCE}\nCite: {CITATION}", highlight=False)


def _summary(manifest: Manifest) -> Table:
    table = Table("", "rows", title=f"{manifest.dataset} ({manifest.edition})")
    for what in ("ratings", "users", "movies"):
        table.add_row(what, f"{manifest.counts[what]:,}")
    for reason, count in manifest.rejected.items():
        table.add_row(f"rejected: {reason}", f"{count:,}", style="yellow")
    table.add_row("rejected in all", f"{sum(manifest.rejected.values()):,}")
    table.add_row("rated", f"{manifest.rated_from} to {manifest.rated_until} UTC")
    table.add_row("source", f"{manifest.source.kind}: {manifest.source.name}")
    table.add_row("fingerprint", manifest.fingerprint[:16])
    return table
