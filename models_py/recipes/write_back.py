"""What a search found, written into the recipe's own file."""

from datetime import UTC, date, datetime
from typing import Any

import tomlkit

from models_py.recipes.configuration import DEFAULT_EDITION
from models_py.recipes.objective import Trial
from models_py.recipes.tuning import TuningResult
from warehouse.files import write_text


def write_tuned(
    result: TuningResult, found: Trial, data_fingerprint: str, today: date | None = None
) -> None:
    """Write what a search ended with, and its provenance, into the recipe's own file.

    Comments and layout stay. The values of ml-100k are the defaults; another
    edition gets a table of its own.

    Parameters
    ----------
    result : TuningResult
    found : Trial
        One of its trials, or its present values: then only the provenance changes, and
        tells that these have stood against a search.
    data_fingerprint : str
    today : date, optional
    """
    recipe = result.recipe
    document = tomlkit.parse(recipe.path.read_text(encoding="utf-8"))
    if found is not result.present:
        if recipe.dataset == DEFAULT_EDITION:
            values = _table(document, "parameters")
        else:
            values = _table(_table(document, "editions"), recipe.dataset)
        for name in recipe.search_space:
            values[name] = found.parameters[name]
    provenance = _table(_table(document, "provenance"), recipe.dataset)
    provenance.update(
        {
            "data": data_fingerprint,
            "folds": list(result.folds),
            "seed": result.seed,
            "trials": len(result.trials),
            "trial": found.number,
            "validation_objective": round(found.value, 6),
            "date": (today or datetime.now(UTC).date()).isoformat(),
        }
    )
    write_text(recipe.path, tomlkit.dumps(document))


def _table(parent: Any, name: str) -> Any:
    if name not in parent:
        # A table that only holds tables needs no header of its own.
        parent[name] = tomlkit.table(is_super_table=name in {"editions", "provenance"})
    return parent[name]
