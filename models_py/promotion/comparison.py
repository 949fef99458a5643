"""Two values of one metric, and how much better the first is; knows which way is better."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from models_py.recipes.configuration import Criterion

LOWER_IS_BETTER = frozenset({"gini", "mean_popularity"})
# Two values that differ by less than this are equal.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Comparison:
    """One criterion and what both reached on it.

    Attributes
    ----------
    criterion : Criterion
    challenger, champion : float
    """

    criterion: Criterion
    challenger: float
    champion: float

    @property
    def name(self) -> str:
        """Population and metric, ``warm.ndcg@10``."""
        return f"{self.criterion.population}.{self.criterion.key}"

    @property
    def gain(self) -> float:
        """Relative change, positive where better; infinite where the champion is at 0."""
        change = self.challenger - self.champion
        if self.criterion.key.metric in LOWER_IS_BETTER:
            change = -change
        if abs(change) <= ROUNDING:
            return 0.0
        return change / abs(self.champion) if self.champion else float(np.copysign(np.inf, change))

    def in_words(self) -> str:
        """Name both values and the change: ``warm.mrr 0.42 against 0.40 (5.0 % better)``."""
        worded = f"{abs(self.gain):.1%} ".replace("%", " %") if np.isfinite(self.gain) else ""
        direction = "better" if self.gain > 0 else "worse"
        change = "equal" if self.gain == 0 else f"{worded}{direction}"
        return f"{self.name} {self.challenger:.4f} against {self.champion:.4f} ({change})"

    def numbers(self) -> dict[str, Any]:
        """Give every number, null for an infinite gain."""
        return {
            "criterion": self.name,
            "challenger": self.challenger,
            "champion": self.champion,
            "relative_gain": self.gain if np.isfinite(self.gain) else None,
        }
