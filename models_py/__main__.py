"""``python -m models_py``: run the pipeline, search hyper-parameters, open MLflow."""

import gc
import os
import sys

import click

from warehouse.command_line import MarqueeGroup, console
from warehouse.errors import MarqueeError
from warehouse.lock import exclusive
from warehouse.settings import Settings


@click.group(cls=MarqueeGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Train, tune, promote and export recommenders."""


@main.command()
def pipeline() -> None:
    """Do everything that changed: fetch, build, train, promote, export, publish."""
    # Imported here, like below: MLflow and implicit take seconds that --help should not.
    from models_py.pipeline import run_pipeline  # noqa: PLC0415

    # Libraries make objects by the million that live to the end; see `warehouse.tethered`.
    gc.set_threshold(200_000, 20, 20)
    run_pipeline(Settings.from_environment(), console)


@main.command()
@click.option("--dry-run", is_flag=True, help="Show what would happen, and change nothing.")
def retrain(dry_run: bool) -> None:
    """Take in new interactions, rebuild, train, and promote or keep what serves."""
    from models_py.retraining import retrain as run_retraining  # noqa: PLC0415

    gc.set_threshold(200_000, 20, 20)
    run_retraining(Settings.from_environment(), console, dry_run)


@main.command()
@click.option("--version", help="Model version to put back; default: the one before.")
def rollback(version: str | None) -> None:
    """Put an earlier bundle back into service, and record it."""
    from models_py.rollback import roll_back  # noqa: PLC0415

    roll_back(Settings.from_environment(), version, console)


@main.command()
def schedule() -> None:
    """Retrain by the clock, as MARQUEE_RETRAIN_CRON says, until Ctrl-C."""
    from models_py.schedule import Schedule  # noqa: PLC0415

    Schedule(Settings.from_environment(), console).run()


@main.command()
@click.argument("recipe")
@click.option("--trials", default=100, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True, help="Of the search, not of the recipe.")
def tune(recipe: str, trials: int, seed: int) -> None:
    """Search RECIPE's hyper-parameters on validation and write the best into its file."""
    from models_py.search import search  # noqa: PLC0415

    settings = Settings.from_environment()
    with exclusive(settings.home):
        search(settings, recipe, trials, seed, console)


@main.command()
@click.option("--port", default=5000, show_default=True)
def mlflow(port: int) -> None:
    """Serve MLflow's pages on the tracking store, on this machine only."""
    home = Settings.from_environment().home
    if not home.mlflow_database.is_file():
        raise MarqueeError(f"{home.mlflow_database} does not exist", "run `make pipeline` first")
    from models_py.tracking.store import open_client  # noqa: PLC0415

    open_client(home)
    store = f"sqlite:///{home.mlflow_database}"
    console.print(f"MLflow starts on http://127.0.0.1:{port} in some seconds; Ctrl-C ends it")
    address = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    arguments = ["ui", "--backend-store-uri", store, *address]
    os.execv(sys.executable, [sys.executable, "-m", "mlflow", *arguments])  # noqa: S606


if __name__ == "__main__":
    main(prog_name="python -m models_py")
