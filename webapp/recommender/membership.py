"""Whether numbers are among others, quickly where those are sorted and many."""

import numpy as np

from warehouse.bundle.components import Array


def are_among(numbers: Array, ascending: Array) -> Array:
    """Whether each of the numbers is in an ascending array, bool.

    Takes the logarithm of the longer one's length where numpy's own test takes
    the whole of it, and does not make numpy import its masked arrays.
    """
    if len(ascending) == 0:
        return np.zeros(len(numbers), dtype=np.bool_)
    places = np.minimum(ascending.searchsorted(numbers), len(ascending) - 1)
    return np.asarray(ascending[places] == numbers)
