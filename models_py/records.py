"""What a training leaves behind: ML tables for dbt, runs in MLflow, versions in the registry."""

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa
from matplotlib.figure import Figure

from models_py.evaluation.evaluate import EvaluationResult
from models_py.evaluation.metrics import hit_matrix
from models_py.fitting import Trained, Window
from models_py.promotion.registry import Registry
from models_py.tracking.figures import (
    metric_bars,
    popularity_against_exposure,
    recall_by_depth,
    recall_curve,
)
from models_py.tracking.runs import TrackedRun, Tracker, metric_names
from warehouse.home import Home
from warehouse.ml_tables import make_table, remove_others, write_table

BARS = ("ndcg@10", "recall@20", "hit_rate@10")
TUNING = "tuning-"
_TABLES: Mapping[str, Callable[[EvaluationResult, str], pa.Table]] = {
    "model_metrics": EvaluationResult.metrics_table,
    "evaluation_lists": EvaluationResult.evaluation_lists_table,
    "item_exposure": EvaluationResult.item_exposure_table,
}


def write_tables(home: Home, dataset: str, contestants: Sequence[Trained]) -> None:
    """Write metrics, lists, exposure and reads of every recipe.

    Lists, exposure and reads of earlier trainings go: they belong to a split
    that may no longer exist. Metrics stay; they are the history.
    """
    kept = [each.model_version for each in contestants]
    for each in contestants:
        results = [each.validation, *([each.test] if each.test else [])]
        for name, rows_of in _TABLES.items():
            rows = pa.concat_tables(rows_of(result, each.model_version) for result in results)
            write_table(home, name, dataset, each.model_version, rows)
        write_reads(home, dataset, each)
    for name in ("evaluation_lists", "item_exposure"):
        remove_others(home, name, dataset, kept)
    searches = [path.stem for path in home.ml("training_reads", dataset).glob(f"{TUNING}*.parquet")]
    remove_others(home, "training_reads", dataset, [*kept, *searches])


def write_reads(home: Home, dataset: str, trained: Trained) -> None:
    """Write what the fits of one recipe have read."""
    columns = {
        "model_version": trained.model_version,
        "purpose": "fit",
        "fit_window": [read.fit_window for read in trained.reads],
        "last_interaction_at": [read.last_interaction_at for read in trained.reads],
        "n_interactions": [read.n_interactions for read in trained.reads],
    }
    table = make_table("training_reads", columns)
    write_table(home, "training_reads", dataset, trained.model_version, table)


def register(
    tracker: Tracker,
    registry: Registry,
    window: Window,
    contestants: Sequence[Trained],
    tags: Mapping[str, str],
) -> None:
    """Log a run for the training and one below it for every recipe, each a registered version.

    The run of the training compares the recipes; those below hold parameters,
    metrics, environment and plots of their own. A version that an interrupted
    training has registered already is left as it is.
    """
    with tracker.run("training", {"kind": "training", **tags}) as parent:
        parent.log_environment()
        for name, figure in _comparing_figures(window, contestants).items():
            parent.log_figure(name, figure)
        for each in contestants:
            run_id = tracker.finished_run(each.model_version)
            if run_id is None:
                all_tags = {"model_version": each.model_version, "kind": "recipe", **tags}
                with tracker.run(each.recipe.name, all_tags, parent) as run:
                    _log(run, each, window)
                run_id = run.run_id
            recipe = {"parameters": dict(each.recipe.parameters), "seed": each.recipe.seed}
            registry.register(each.model_version, each.recipe.name, run_id, recipe)


def _log(run: TrackedRun, trained: Trained, window: Window) -> None:
    recipe = trained.recipe
    run.log_parameters({**recipe.parameters, "seed": recipe.seed})
    configuration = {
        "recommender": recipe.name,
        "dataset": recipe.dataset,
        "parameters": dict(recipe.parameters),
        "seed": recipe.seed,
    }
    run.log_json("model/configuration", configuration)
    run.log_environment()
    metrics = {f"seconds.fit.{name}": seconds for name, seconds in trained.seconds.items()}
    for result in (trained.validation, trained.test):
        if result is not None:
            metrics |= metric_names(result.metrics_table(trained.model_version))
    run.log_metrics(metrics)
    for name, arrays in trained.arrays.items():
        run.log_arrays(name, arrays)
    training_set = window.training_set
    exposure = popularity_against_exposure(
        training_set.popularity[None],
        trained.validation.exposure,
        training_set.n_users,
        f"{recipe.name}: popularity and exposure",
    )
    run.log_figure("popularity", exposure)


def _comparing_figures(window: Window, contestants: Sequence[Trained]) -> Mapping[str, Figure]:
    """Draw the recipes side by side on the warm users of validation."""
    bars = {
        metric: {
            each.recipe.name: (row.value, *(row.interval or (None, None)))
            for each in contestants
            for row in [each.validation.row(metric)]
        }
        for metric in BARS
    }
    targets = window.evaluation_sets["warm"].targets
    curves = {
        each.recipe.name: recall_by_depth(
            hit_matrix(each.validation.lists["warm"].items, targets), targets.sum(axis=1)
        )
        for each in contestants
    }
    best = max(contestants, key=lambda each: each.validation.value("ndcg@10")).recipe.name
    people = f"{targets.shape[0]} warm users of validation"
    return {
        "metrics": metric_bars(bars, f"Recipes on {people}", highlighted=best),
        "recall": recall_curve(curves, f"Recall by length of the list, {people}", highlighted=best),
    }
