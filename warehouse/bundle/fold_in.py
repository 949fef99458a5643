"""A user's vector from a history: one home of the algebra, for training and for serving.

The vector is the row of its components' blocks (`components`). Training and
the API call the same code, so a vector computed when a request arrives equals
the stored one, and the serving process needs no training library.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from warehouse.bundle.components import (
    AlsComponent,
    Array,
    Component,
    ConstantComponent,
    HistoryWeights,
    LinearComponent,
)
from warehouse.errors import BundleError

_KINDS: Mapping[str, type[Component]] = {
    kind.kind: kind for kind in (AlsComponent, ConstantComponent, LinearComponent)
}
_ARRAYS = ("factors", "covariance")


@dataclass(frozen=True)
class FoldIn:
    """All components of a recommender, in the order of their blocks.

    Parameters
    ----------
    components : sequence of Component
        At least one; those with factors over the same catalogue.
    """

    components: Sequence[Component]

    @property
    def dimensions(self) -> int:
        """Length of the user vector."""
        return sum(component.dimensions for component in self.components)

    def vector(self, indices: Array, ratings: Array, ages: Array) -> Array:
        """One user's vector.

        Parameters
        ----------
        indices : int array (n,)
            Catalogue rows of the liked movies; may be empty.
        ratings, ages : float arrays (n,)
            Stars, and days from the rating to the model's cutoff (0 for one made since).

        Returns
        -------
        float32 array (dimensions,)
        """
        blocks = [component.block(indices, ratings, ages) for component in self.components]
        return np.concatenate(blocks).astype(np.float32)

    def vectors(self, indptr: Array, indices: Array, ratings: Array, ages: Array) -> Array:
        """Vectors, float32 ``(n_users, dimensions)``, of histories as CSR arrays.

        Users are solved one at a time, so that a user's vector does not depend on the batch.
        """
        out = np.empty((len(indptr) - 1, self.dimensions), dtype=np.float32)
        for row in range(len(out)):
            part = slice(int(indptr[row]), int(indptr[row + 1]))
            out[row] = self.vector(indices[part], ratings[part], ages[part])
        return out

    def describe(self) -> list[dict[str, Any]]:
        """Describe every component as JSON-serialisable fields, true where an array belongs."""
        return [_describe(component) for component in self.components]

    def arrays(self) -> dict[str, Array]:
        """Arrays of the components, by the name that `restore` asks for."""
        return {
            f"fold_in_{number}_{name}": array
            for number, component in enumerate(self.components)
            for name in _ARRAYS
            if (array := getattr(component, name, None)) is not None
        }

    @classmethod
    def restore(
        cls, description: Sequence[Mapping[str, Any]], load: Callable[[str], Array]
    ) -> "FoldIn":
        """Rebuild from `describe` and a function from an array's name to the array.

        Raises
        ------
        BundleError
            A component of a kind that this code does not know.
        """
        components = []
        for number, entry in enumerate(description):
            options = dict(entry)
            kind = str(options.pop("kind"))
            if kind not in _KINDS:
                raise BundleError(f"fold-in component {kind!r}: expected one of {sorted(_KINDS)}")
            if "history_weights" in options:
                options["history_weights"] = HistoryWeights(**options["history_weights"])
            for name in _ARRAYS:
                if options.pop(name, False):
                    options[name] = load(f"fold_in_{number}_{name}")
            components.append(_KINDS[kind](**options))
        return cls(tuple(components))


def _describe(component: Component) -> dict[str, Any]:
    """Fields of a component by name; an array becomes whether it is there."""
    described: dict[str, Any] = {"kind": component.kind}
    for entry in fields(component):
        value = getattr(component, entry.name)
        if entry.name in _ARRAYS:
            value = value is not None
        elif isinstance(value, HistoryWeights):
            value = dict(vars(value))
        described[entry.name] = value
    return described
