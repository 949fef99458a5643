"""What a training says on the console: the recipes side by side, and the decision."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from models_py.evaluation.evaluate import EvaluationResult
from models_py.fitting import Trained
from models_py.promotion.decision import Decision
from warehouse.errors import TrainingError

COLUMNS = (
    ("NDCG@10", "ndcg@10", "warm"),
    ("Recall@20", "recall@20", "warm"),
    ("coverage", "coverage@100", "known"),
    ("new, n=0", "ndcg@10", "new_0"),
    ("n=3", "ndcg@10", "new_3"),
    ("n=10", "ndcg@10", "new_10"),
)


def print_results(contestants: Sequence[Trained], challenger: str, console: Console) -> None:
    """Print figures of validation and test, and how sure those of the challenger are.

    `challenger` is its model version.
    """
    for split in ("validation", "test"):
        table = Table("", *(title for title, _, _ in COLUMNS), box=None)
        for each in contestants:
            result = _result(each, split)
            cells = (_cell(result, metric, population) for _, metric, population in COLUMNS)
            is_challenger = each.model_version == challenger
            name = each.recipe.name if each.servable else f"{each.recipe.name} *"
            table.add_row(name, *cells, style="bold" if is_challenger else "")
            if is_challenger:
                users = {name: len(ids) for name, ids in result.user_ids.items()}
                console.print(
                    f"\n[bold]{split}[/]: {users.get('warm', 0)} warm users, "
                    f"{users.get('new_0', 0)} new; {each.recipe.name} NDCG@10 {_interval(result)}"
                )
        console.print(table)
    console.print("* scores by no embeddings, so no bundle can hold it: it is not a challenger\n")


def print_outcome(decision: Decision | None, serving: str | None, console: Console) -> None:
    """Print the decision in words, and what serves now."""
    if decision is None:
        console.print("the best recipe is in production already")
    else:
        console.print(f"[bold]{decision.challenger_version}[/]: {decision.reason}")
        if decision.difference is not None:
            difference = decision.difference
            console.print(
                f"paired bootstrap: {difference.difference:+.4f} "
                f"({difference.ci_low:+.4f} to {difference.ci_high:+.4f}), "
                f"P(better) {difference.p_better:.2f}"
            )
    console.print(f"serving: [bold]{serving}[/]")


def _result(trained: Trained, split: str) -> EvaluationResult:
    result = trained.validation if split == "validation" else trained.test
    if result is None:
        raise TrainingError(f"{trained.model_version}: was not measured on {split}")
    return result


def _interval(result: EvaluationResult) -> str:
    try:
        interval = result.row("ndcg@10").interval
    except TrainingError:
        interval = None
    return f"95 % from {interval[0]:.3f} to {interval[1]:.3f}" if interval else "not measured"


def _cell(result: EvaluationResult, metric: str, population: str) -> str:
    try:
        return f"{result.value(metric, population):.3f}"
    except TrainingError:
        # A small edition may have no such population.
        return "-"
