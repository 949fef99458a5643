"""``make tune``: a search on folds before test, every trial in MLflow, the best written back."""

from rich.console import Console

from models_py.data.interactions import TuningSet
from models_py.evaluation.evaluate import evaluate
from models_py.folds import read_folds
from models_py.promotion.decision import Candidate, decide
from models_py.recipes.configuration import Recipe, load_promotion_rule, load_recipe
from models_py.recipes.objective import Trial
from models_py.recipes.tuning import TuningResult, tune
from models_py.recipes.write_back import write_tuned
from models_py.records import TUNING
from models_py.tracking.runs import Tracker
from warehouse.known import resolve_known
from warehouse.ml_tables import ensure_schemas, make_table, write_table
from warehouse.settings import Settings
from warehouse.sources.datasets import ensure_dataset


def search(settings: Settings, name: str, trials: int, seed: int, console: Console) -> None:
    """Tune one recipe for the edition of the settings.

    The best of many trials is better on the folds by chance too. So the file
    takes the best of those trials that the promotion rule would let succeed the present
    values, on the last fold; where there is none it keeps its values and notes the search. It
    changes only once the search is over, whole. What the search has read goes to
    ``ml.training_reads``, where a dbt test holds it against the start of test.

    Raises
    ------
    MarqueeError
        No such recipe, nothing to search, a fold that reaches into test, or
        the warehouse has not been built.
    """
    settings, known = resolve_known(settings, ensure_dataset(settings, console))
    recipe = load_recipe(name, known.dataset)
    tracker = Tracker(settings.home, known.dataset)
    ensure_schemas(settings.home, known.dataset)
    tags = {"kind": "search", "recipe": name, "data_fingerprint": known.fingerprint}
    folds = read_folds(settings, known, recipe, console)
    with tracker.run(f"tune {name}", tags) as parent:

        def log(trial: Trial) -> None:
            with tracker.run(f"trial {trial.number}", {"kind": "trial"}, parent) as run:
                run.log_parameters(trial.parameters)
                run.log_metrics(_metrics(trial))

        result = tune(recipe, folds, trials, seed, threads=settings.threads, on_trial=log)
        about = {"trials": trials, "seed": seed, "folds": list(result.folds)}
        parent.log_parameters({**result.best.parameters, **about})
        parent.log_metrics(_metrics(result.best))
    _record_reads(settings, known.dataset, name, result)
    with console.status(f"holding {len(result.better)} better trials against the present values"):
        found, reason = _successor(result, folds[max(folds)], settings.threads)
    write_tuned(result, found, known.fingerprint)
    console.print(
        f"{name}: mean of {len(folds)} folds {result.present.value:.4f}, best of {trials} trials "
        f"{result.best.value:.4f}; {reason}"
    )
    console.print(
        f"{recipe.path}: keeps its values, the search is noted"
        if found is result.present
        else f"{recipe.path}: has the values of trial {found.number}, {found.value:.4f}"
    )


def _successor(result: TuningResult, fold: TuningSet, threads: int) -> tuple[Trial, str]:
    """Find the best trial that the promotion rule takes, else the present values; and say why."""
    if not result.better:
        return result.present, "no trial is better"
    rule = load_promotion_rule()
    present = _candidate("present", result.present, result.recipe, fold, threads)
    reasons = []
    for trial in result.better:
        found = _candidate(f"trial {trial.number}", trial, result.recipe, fold, threads)
        decision = decide(found, present, rule)
        if decision.promoted:
            return trial, decision.reason
        reasons.append(decision.reason)
    return result.present, f"{len(reasons)} are better, none passes: the best {reasons[0]}"


def _candidate(name: str, trial: Trial, recipe: Recipe, fold: TuningSet, threads: int) -> Candidate:
    recommender = recipe.with_parameters(trial.parameters).build(threads).fit(fold.training_set)
    return Candidate(name, evaluate(recommender, fold.training_set, fold.evaluation_sets))


def _metrics(trial: Trial) -> dict[str, float]:
    """Name a trial's figures for MLflow."""
    return {
        "validation.objective": trial.value,
        **{f"validation.fold_{fold:g}": value for fold, value in trial.by_fold.items()},
        **{
            f"validation.{each.population}.{str(each.key).replace('@', '_at_')}": value
            for each, value in trial.by_criterion.items()
        },
    }


def _record_reads(settings: Settings, dataset: str, name: str, result: TuningResult) -> None:
    columns = {
        "model_version": f"{TUNING}{name}",
        "purpose": "tuning",
        # The last fold may end where test starts: then it has read all of this window.
        "fit_window": "train_validation",
        "last_interaction_at": [result.last_read_at],
        "n_interactions": [result.n_interactions],
    }
    table = make_table("training_reads", columns)
    write_table(settings.home, "training_reads", dataset, f"{TUNING}{name}", table)
