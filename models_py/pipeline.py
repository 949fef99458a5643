"""The spine: edition, warehouse, models, publication; each stage only if its inputs changed."""

import threading
from contextlib import suppress
from dataclasses import dataclass

from rich.console import Console

from models_py.tracking.environment import package_versions
from warehouse import publish, stamps
from warehouse.bundle import current_version, load_bundle
from warehouse.dbt import Dbt, run_dbt
from warehouse.errors import BundleError
from warehouse.files import fingerprint, remove_leftovers
from warehouse.home import Home
from warehouse.known import Known, resolve_known
from warehouse.lock import exclusive
from warehouse.ml_tables import ensure_schemas
from warehouse.refresh import loading_logs
from warehouse.settings import PROJECT_ROOT, Settings
from warehouse.sources.datasets import ensure_dataset
from warehouse.sources.manifest import Manifest


@dataclass(frozen=True)
class Inputs:
    """Fingerprints of what the stages are made from."""

    data: str
    sql: str
    models: str

    @classmethod
    def of(cls, known: Known) -> "Inputs":
        """Read the fingerprints of the data and of the code as they are now."""
        return cls(
            data=known.fingerprint,
            sql=stamps.fingerprint_of_files(PROJECT_ROOT / "dbt_project", "*.sql", "*.yml"),
            models=fingerprint(
                [
                    stamps.fingerprint_of_files(PROJECT_ROOT / "models_py", "*.py", "*.toml"),
                    stamps.fingerprint_of_files(PROJECT_ROOT / "warehouse" / "bundle", "*.py"),
                    package_versions(),
                ]
            ),
        )

    @property
    def build(self) -> str:
        """What the warehouse is made from."""
        return fingerprint([self.data, self.sql])

    @property
    def training(self) -> str:
        """What the models are made from."""
        return fingerprint([self.data, self.sql, self.models])


def run_pipeline(settings: Settings, console: Console) -> None:
    """Take the edition from its source to a published warehouse and a serving bundle.

    Stages whose inputs did not change are left as they are. An interrupted
    stage has lost its stamp and is made again by the next run. Without an
    `as_of` of its own it ends the simulation that the home is in.

    Raises
    ------
    MarqueeError
        Any failure that a person can act on; what was published stays.
    """
    with exclusive(settings.home):
        remove_leftovers(settings.home.root, spare=("raw", "downloads"))
        if settings.as_of is None:
            settings.home.simulation.unlink(missing_ok=True)
        bring_up_to_date(settings, take_edition(settings, console), console)


def bring_up_to_date(settings: Settings, manifest: Manifest, console: Console) -> None:
    """Build, train and publish what is known, as far as it has changed.

    Only for the process that holds the home's lock.
    """
    settings, known = resolve_known(settings, manifest)
    if settings.home.rollback.is_file():
        # Imported here: the registry takes seconds that other runs need not spend.
        from models_py.promotion.reversal import finish_pending  # noqa: PLC0415

        finish_pending(settings.home, console)
    if known.as_of:
        console.print(f"known of the edition: what was rated before {known.as_of}")
    if known.batches:
        rows = sum(batch.rows for batch in known.batches)
        console.print(f"known beside it: {rows:,} interactions in {len(known.batches)} batches")
    inputs = Inputs.of(known)
    _stage_build(settings, known, inputs, console)
    with Dbt(settings, known.dataset) as dbt:
        _stage_train(settings, known, inputs, dbt, console)
        publish_models(settings, known, inputs, dbt, console)


def take_edition(settings: Settings, console: Console) -> Manifest:
    """Put the edition's typed Parquet in place, and say what it holds."""
    console.rule("[bold]1/4 data", align="left")
    manifest = ensure_dataset(settings, console)
    counts, rejected = manifest.counts, sum(manifest.rejected.values())
    console.print(
        f"{manifest.dataset}: {counts['ratings']:,} ratings of {counts['movies']:,} movies "
        f"by {counts['users']:,} users, {rejected:,} rows rejected"
    )
    return manifest


def _stage_build(settings: Settings, known: Known, inputs: Inputs, console: Console) -> None:
    console.rule("[bold]2/4 warehouse", align="left")
    home = settings.home
    if stamps.is_current(home, "build", inputs.build) and home.build_file.is_file():
        console.print("up to date")
        return
    for stage in ("build", "publish"):
        stamps.begin(home, stage)
    ensure_schemas(home, known.dataset)
    arguments = ["build", "--exclude", "tag:ml", "tag:logs"]
    arguments += ["--exclude-resource-type", "unit_test"]
    # dbt works in a process of its own; MLflow takes as long to be imported and set up.
    meanwhile = threading.Thread(target=_prepare_models, args=(home,), daemon=True)
    meanwhile.start()
    run_dbt(settings, known.dataset, arguments, console)
    meanwhile.join()
    stamps.finish(home, "build", inputs.build)
    console.print(f"built {home.build_file}", soft_wrap=True)


def _stage_train(
    settings: Settings, known: Known, inputs: Inputs, dbt: Dbt, console: Console
) -> None:
    console.rule("[bold]3/4 models", align="left")
    home = settings.home
    serving = _whole_bundle(home, console)
    if stamps.is_current(home, "train", inputs.training) and serving:
        console.print(f"up to date: {serving} serves")
        return
    for stage in ("train", "publish"):
        stamps.begin(home, stage)
    # Its imports take seconds that pass here unnoticed.
    dbt.get_ready()
    # Imported here: the libraries take seconds that an unchanged run need not spend.
    from models_py.training import train  # noqa: PLC0415

    train(settings, known, inputs.training, console)
    stamps.finish(home, "train", inputs.training)


def publish_models(
    settings: Settings, known: Known, inputs: Inputs, dbt: Dbt, console: Console
) -> None:
    """Load what the models and the log have left, and publish, unless that is done."""
    console.rule("[bold]4/4 publication", align="left")
    home = settings.home
    if stamps.is_current(home, "publish", inputs.training) and home.pointer.exists():
        console.print(f"up to date: {home.pointer}")
        return
    stamps.begin(home, "publish")
    arguments = ["build", "--select", "tag:ml", "tag:logs"]
    arguments += ["--exclude-resource-type", "unit_test"]
    with loading_logs(home, known) as further:
        dbt.run([*arguments, *further], console)
    version = publish.publish(home, settings.keep_versions)
    stamps.finish(home, "publish", inputs.training)
    console.print(f"published {version}: {home.pointer}", soft_wrap=True)


def _whole_bundle(home: Home, console: Console) -> str | None:
    """Version that serves, if every file of its bundle is as it was written."""
    version = current_version(home)
    if version is None:
        return None
    try:
        load_bundle(home.bundles / version)
    except BundleError as error:
        console.print(
            f"[yellow]the bundle in service is made again:[/] {error.message}", soft_wrap=True
        )
        return None
    return version


def _prepare_models(home: Home) -> None:
    from models_py import training  # noqa: F401, PLC0415
    from models_py.tracking.store import open_client  # noqa: PLC0415

    # What fails here fails again in the training, which tells of it.
    with suppress(Exception):
        open_client(home).search_experiments(max_results=1)
