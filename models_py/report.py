"""What a training says on the console: the recipes side by side, and the decision."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from models_py.evaluation.evaluate import EvaluationResult
from models_py.fitting import Trained
from models_py.promotion import Decision
from warehouse.errors import TrainingError

COLUMNS = (
    ("NDCG@10 warm", "ndcg@10", "warm"),
    ("Recall@20 warm", "recall@20", "warm"),
    ("coverage@100", "coverage@100", "known"),
    ("NDCG@10 new, 0", "ndcg@10", "new_0"),
    ("NDCG@10 new, 10", "ndcg@10", "new_10"),
)


def print_results(contestants: Sequence[Trained], challenger: Trained, console: Console) -> None:
    """Print figures of validation and test, with intervals at 95 % where there are any."""
    for split in ("validation", "test"):
        table = Table("recipe", *(title for title, _, _ in COLUMNS), title=split, box=None)
        for each in contestants:
            result = each.validation if split == "validation" else each.test
            if result is not None:
                cells = (_cell(result, metric, population) for _, metric, population in COLUMNS)
                style = "bold" if each.model_version == challenger.model_version else ""
                table.add_row(each.recipe.name, *cells, style=style)
        console.print(table)


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


def _cell(result: EvaluationResult, metric: str, population: str) -> str:
    try:
        row = result.row(metric, population)
    except TrainingError:
        return "-"
    if row.interval is None:
        return f"{row.value:.3f}"
    low, high = row.interval
    return f"{row.value:.3f} ({low:.3f}-{high:.3f})"
