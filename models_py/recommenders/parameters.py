"""Declared hyper-parameters: each has a kind, a range, a default and a help line."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.errors import TrainingError

ParameterValue = int | float


@dataclass(frozen=True)
class Parameter:
    """One hyper-parameter of a recommender.

    Attributes
    ----------
    name : str
    kind : int or float
        A whole number is accepted where a float is declared, never the reverse.
    default, low, high : number
        The default lies within the closed range from low to high.
    help : str
    """

    name: str
    kind: type[int] | type[float]
    default: ParameterValue
    low: ParameterValue
    high: ParameterValue
    help: str

    @property
    def expects(self) -> str:
        """What a value must be, in words."""
        noun = "a whole number" if self.kind is int else "a number"
        return f"{noun} from {self.low:g} to {self.high:g}"

    def check(self, value: Any) -> ParameterValue:
        """Return the value in its declared kind.

        Raises
        ------
        TrainingError
            Naming the parameter, its value and what was expected.
        """
        allowed = (int,) if self.kind is int else (int, float)
        # bool is an int to Python, but nobody means 1 by writing true.
        if (
            isinstance(value, bool)
            or not isinstance(value, allowed)
            or not math.isfinite(value)
            or not self.low <= value <= self.high
        ):
            raise TrainingError(f"{self.name}={value!r}: expected {self.expects}")
        return self.kind(value)


def checked(
    owner: str, declared: Sequence[Parameter], given: Mapping[str, Any]
) -> dict[str, ParameterValue]:
    """Fill in defaults and check every value.

    Raises
    ------
    TrainingError
        A name that `owner` does not declare, or a value out of its range.
    """
    names = [parameter.name for parameter in declared]
    for name, value in given.items():
        if name not in names:
            expected = ", ".join(names) if names else "no parameter at all"
            raise TrainingError(f"{owner}: {name}={value!r}: unknown, expected {expected}")
    values = {}
    for parameter in declared:
        try:
            values[parameter.name] = parameter.check(given.get(parameter.name, parameter.default))
        except TrainingError as error:
            raise TrainingError(f"{owner}: {error.message}", error.hint) from None
    return values
