"""``python -m warehouse``: fetch editions, build with dbt, query what is published."""

import sys

import click
import duckdb

from warehouse import connection, stamps
from warehouse.command_line import MarqueeGroup, console
from warehouse.dbt import run_dbt
from warehouse.errors import MarqueeError
from warehouse.home import Home
from warehouse.known import resolve_known
from warehouse.lock import exclusive
from warehouse.ml_tables import ensure_schemas
from warehouse.refresh import LOGS_STAGE, loading_logs
from warehouse.refresh import refresh as refresh_logs
from warehouse.settings import SETTINGS, Settings
from warehouse.sources.command import editions, fetch
from warehouse.sources.datasets import ensure_dataset
from warehouse.store.command import store


@click.group(cls=MarqueeGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Fetch MovieLens, build the warehouse, ask it questions."""


main.add_command(fetch)
main.add_command(editions)
main.add_command(store)


@main.command()
@click.argument("dbt_arguments", nargs=-1, type=click.UNPROCESSED)
def build(dbt_arguments: tuple[str, ...]) -> None:
    """Run dbt build; further DBT_ARGUMENTS are handed on (after --)."""
    home = _dbt("build", *dbt_arguments)
    console.print(f"built {home.build_file}", soft_wrap=True)


@main.command()
def refresh() -> None:
    """Load what was logged, make KPIs and replay figures again, and publish."""
    settings = Settings.from_environment()
    version = refresh_logs(settings, console)
    console.print(f"published {version}: {settings.home.pointer}", soft_wrap=True)


@main.command()
def docs() -> None:
    """Generate the dbt documentation and say where it is."""
    home = _dbt("docs", "generate", "--static")
    page = home.root / "dbt" / "target" / "static_index.html"
    console.print(f"the documentation is one page: {page}", soft_wrap=True)


@main.command()
@click.argument("query")
@click.option("--rows", default=40, show_default=True, help="Most rows to print.")
def sql(query: str, rows: int) -> None:
    """Run QUERY on the published warehouse, read-only, and print the answer."""
    home = Settings.from_environment().home
    with connection.open_published(home) as warehouse:
        try:
            answer = warehouse.sql(query)
            if answer is not None:
                answer.show(max_rows=rows, max_width=_width())
        except duckdb.Error as error:
            raise connection.damage_behind(home, error) or MarqueeError(
                str(error), "`show all tables` lists what there is"
            ) from error


@main.command()
def settings() -> None:
    """List every setting with its default, as the README does."""
    for spec in SETTINGS:
        console.print(f"[bold]{spec.name}[/] (default {spec.described_default})\n  {spec.help}")


def _width() -> int:
    """Columns to print on: those of a terminal, and no limit into a file or a pipe."""
    return console.width if sys.stdout.isatty() else 10_000


def _dbt(*arguments: str) -> Home:
    settings = Settings.from_environment()
    with exclusive(settings.home):
        settings, known = resolve_known(settings, ensure_dataset(settings, console))
        ensure_schemas(settings.home, known.dataset)
        # Whatever this run leaves in the build, the pipeline must not take it for its own.
        for stage in ("build", "publish"):
            stamps.begin(settings.home, stage)
        if arguments == ("build",):
            with loading_logs(settings.home, known) as further:
                run_dbt(settings, known.dataset, [*arguments, *further], console)
        else:
            stamps.begin(settings.home, LOGS_STAGE)
            run_dbt(settings, known.dataset, arguments, console)
    return settings.home


if __name__ == "__main__":
    main(prog_name="python -m warehouse")
