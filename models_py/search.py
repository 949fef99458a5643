"""``make tune``: a search on validation, every trial in MLflow, the best written back."""

from rich.console import Console

from models_py.recipes.configuration import load_recipe
from models_py.recipes.tuning import Trial, TuningResult, tune, write_tuned
from models_py.records import TUNING
from models_py.tracking.runs import Tracker
from warehouse.connection import open_build
from warehouse.ml_tables import ensure_schemas, make_table, write_table
from warehouse.settings import Settings
from warehouse.sources.datasets import ensure_dataset


def search(settings: Settings, name: str, trials: int, seed: int, console: Console) -> None:
    """Tune one recipe for the edition of the settings.

    The recipe's file changes only once the search is over, whole. What the
    search has read goes to ``ml.training_reads``, where a dbt test holds it
    against the start of test.

    Raises
    ------
    MarqueeError
        No such recipe, nothing to search, or the warehouse has not been built.
    """
    manifest = ensure_dataset(settings, console)
    recipe = load_recipe(name, manifest.dataset)
    tracker = Tracker(settings.home, manifest.dataset)
    ensure_schemas(settings.home, manifest.dataset)
    tags = {"kind": "search", "recipe": name, "data_fingerprint": manifest.fingerprint}
    with open_build(settings.home) as connection, tracker.run(f"tune {name}", tags) as parent:

        def log(trial: Trial) -> None:
            with tracker.run(f"trial {trial.number}", {"kind": "trial"}, parent) as run:
                run.log_parameters(trial.parameters)
                parts = {f"validation.{p}.ndcg_at_10": v for p, v in trial.by_population.items()}
                run.log_metrics({"validation.objective": trial.value, **parts})

        result = tune(recipe, connection, trials, seed, threads=settings.threads, on_trial=log)
        parent.log_parameters({**result.recipe.parameters, "trials": trials, "seed": seed})
        parent.log_metrics({"validation.objective": result.best.value})
    _record_reads(settings, manifest.dataset, name, result)
    write_tuned(result, manifest.fingerprint)
    console.print(
        f"{name}: validation {result.first.value:.4f} -> {result.best.value:.4f} "
        f"in {trials} trials, written to {result.recipe.path}"
    )


def _record_reads(settings: Settings, dataset: str, name: str, result: TuningResult) -> None:
    columns = {
        "model_version": f"{TUNING}{name}",
        "purpose": "tuning",
        # Fitted on `train` and measured on validation: it has read all of this window.
        "fit_window": "train_validation",
        "last_interaction_at": [result.last_read_at],
        "n_interactions": [result.n_interactions],
    }
    table = make_table("training_reads", columns)
    write_table(settings.home, "training_reads", dataset, f"{TUNING}{name}", table)
