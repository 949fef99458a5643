"""Recommenders by name: one file each, one interface, one conformance suite."""

from models_py.recommenders.als import Als
from models_py.recommenders.base import FactorRecommender, Recommender
from models_py.recommenders.ease import Ease
from models_py.recommenders.item_item import ItemItem
from models_py.recommenders.popularity import PopularityAllTime, PopularityDecayed
from models_py.recommenders.time_aware import TimeAware
from warehouse.errors import TrainingError

RECOMMENDERS: dict[str, type[Recommender]] = {
    recommender.name: recommender
    for recommender in (PopularityAllTime, PopularityDecayed, ItemItem, Als, Ease, TimeAware)
}

__all__ = ["RECOMMENDERS", "FactorRecommender", "Recommender", "recommender_class"]


def recommender_class(name: str) -> type[Recommender]:
    """Return the class registered under a name.

    Raises
    ------
    TrainingError
        No recommender has that name.
    """
    if name not in RECOMMENDERS:
        raise TrainingError(f"recommender={name!r}: expected one of {', '.join(RECOMMENDERS)}")
    return RECOMMENDERS[name]
