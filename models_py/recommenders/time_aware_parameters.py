"""The hyper-parameters of the time-aware combination, by what they govern.

The prior for everybody has no weight of its own: it is the unit that every
other weight is measured in.
"""

from models_py.recommenders.confidence import WEIGHT_OF_FIVE
from models_py.recommenders.parameters import Parameter


def _prior(audience: str, half_life: int, smoothing: float) -> tuple[Parameter, ...]:
    return (
        Parameter(
            f"{audience}_half_life_days",
            int,
            half_life,
            1,
            36_500,
            "Days after which a positive counts half; one that the warehouse counts.",
        ),
        Parameter(
            f"{audience}_smoothing",
            float,
            smoothing,
            0.0001,
            1_000.0,
            "Added to the decayed popularity before its logarithm is taken.",
        ),
    )


def _blend(view: str, weight: float, returning: float, shrinkage: float) -> tuple[Parameter, ...]:
    return (
        Parameter(f"{view}_weight", float, weight, 0.0, 10.0, "Weight for newcomers."),
        Parameter(
            f"{view}_returning_weight", float, returning, 0.0, 10.0, "Weight for long histories."
        ),
        Parameter(
            f"{view}_shrinkage",
            float,
            shrinkage,
            0.0,
            100.0,
            "Entries at which a history counts half.",
        ),
    )


def _half_life(view: str, days: float) -> Parameter:
    return Parameter(
        f"{view}_half_life_days",
        float,
        days,
        0.1,
        1_000_000.0,
        "Days after which an interaction counts half in the regression.",
    )


def _regression(view: str, l2: float, penalty: float, rank: int) -> tuple[Parameter, ...]:
    return (
        Parameter(f"{view}_l2", float, l2, 0.001, 1_000_000.0, "Weight of the ridge penalty."),
        Parameter(
            f"{view}_popularity_penalty",
            float,
            penalty,
            0.0,
            2.0,
            "Power of the popularity that the regression's answers are divided by.",
        ),
        Parameter(f"{view}_rank", int, rank, 1, 1_024, "Length of the view's vectors."),
    )


PARAMETERS: tuple[Parameter, ...] = (
    *_prior("popularity", 14, 0.1),
    *_prior("returning", 10, 1.0),
    Parameter("returning_weight", float, 0.5, 0.0, 10.0, "Weight of what returning people like."),
    Parameter("release_half_life_years", float, 2.0, 0.05, 100.0, "Years in which newness halves."),
    Parameter("release_weight", float, 0.5, 0.0, 10.0, "Weight of newness, for long histories."),
    Parameter("returning_length", float, 18.0, 0.5, 10_000.0, "Entries that make half a returner."),
    Parameter("returning_power", float, 6.0, 0.5, 50.0, "How sudden the change is."),
    WEIGHT_OF_FIVE,
    _half_life("recent", 60.0),
    *_regression("recent", 200.0, 1.0, 48),
    *_blend("recent", 0.6, 0.9, 3.0),
    _half_life("lasting", 1_000_000.0),
    *_regression("lasting", 200.0, 0.5, 32),
    *_blend("lasting", 0.25, 0.0, 3.0),
    *_regression("directed", 2000.0, 0.5, 32),
    *_blend("directed", 0.0, 0.0, 3.0),
    *_blend("genre", 0.35, 0.5, 3.0),
    Parameter(
        "cosine_pair_shrinkage", float, 30.0, 0.0, 10_000.0, "Added to both popularities of a pair."
    ),
    Parameter("cosine_rank", int, 16, 1, 1_024, "Length of the view's vectors."),
    *_blend("cosine", 1.0, 0.0, 1.0),
)
