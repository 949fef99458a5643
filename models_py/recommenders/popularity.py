"""Popularity as the warehouse counts it: the baselines that every model must beat."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from models_py.data.interactions import Histories, TrainingSet
from models_py.recommenders.base import Recommender
from models_py.recommenders.parameters import Parameter
from warehouse.errors import TrainingError


def counted_popularity(
    owner: str, by_half_life: Mapping[int | None, NDArray[np.float64]], half_life: int | None
) -> NDArray[np.float64]:
    """Look up the popularity that the warehouse counted with one half-life (days).

    Raises
    ------
    TrainingError
        The warehouse does not count that half-life.
    """
    if half_life not in by_half_life:
        known = sorted(days for days in by_half_life if days is not None)
        raise TrainingError(
            f"{owner}: half_life_days={half_life}: expected one that the warehouse "
            f"counts: {', '.join(map(str, known)) or 'there is none'}",
            hint="add it to the half-lives in dbt_project/dbt_project.yml and build again",
        )
    return by_half_life[half_life]


class _Popularity(Recommender):
    """Gives everybody the same list, which is read from SQL and never recomputed here."""

    @abstractmethod
    def _half_life_days(self) -> int | None: ...

    def _fit(self, training_set: TrainingSet) -> None:
        counts = counted_popularity(self.name, training_set.popularity, self._half_life_days())
        self._popularity = counts.astype(np.float32)

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        return np.tile(self._popularity, (histories.n_users, 1))


class PopularityAllTime(_Popularity):
    """Number of positives up to the cutoff."""

    name = "popularity_all_time"

    def _half_life_days(self) -> None:
        return None


class PopularityDecayed(_Popularity):
    """Positives weighted by ``0.5 ** (age / half-life)``: what is liked lately."""

    name = "popularity_decayed"
    declared_parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            name="half_life_days",
            kind=int,
            default=14,
            low=1,
            high=36_500,
            help="Days after which a positive counts half; one that the warehouse counts.",
        ),
    )

    def _half_life_days(self) -> int:
        return int(self.parameters["half_life_days"])
