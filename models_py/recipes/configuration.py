"""Recipes and the promotion rule, read from the TOML files in ``configs/``.

The file of a recipe bears the name of its recommender and holds::

    seed = 0
    [parameters]             # values for ml-100k, and for editions without their own
    [editions.ml-1m]         # what differs for one edition, and for larger ones
    [search.<parameter>]     # low and high (and log), or choices
    [tuning]                 # folds: train shares, on whose mean a search decides
    [tuning.weights]         # "population metric" = weight: what a search maximises
    [tuning.floors.<edition>]  # "population metric" = value: falling below it costs as much
    [provenance.<edition>]   # written by a search: where the values come from
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from models_py.evaluation.metrics import MetricKey
from models_py.recipes.toml_file import TomlTable
from models_py.recommenders import Recommender, recommender_class
from models_py.recommenders.parameters import Parameter, ParameterValue
from warehouse.errors import TrainingError

CONFIGS = Path(__file__).resolve().parent.parent / "configs"
DEFAULT_EDITION = "ml-100k"
# Editions that were not searched themselves start from the searched one nearest in size.
NEAREST_EDITION = dict.fromkeys(("ml-10m", "ml-20m", "ml-25m", "ml-32m"), "ml-1m")
PROMOTION = "promotion"
# One validation window of a hundred people overfits a recipe of many parameters. With the
# warehouse's own shares, the last of these ends where test starts.
DEFAULT_FOLDS = (0.55, 0.60, 0.65, 0.70)


@dataclass(frozen=True)
class SearchRange:
    """Where a search looks for one parameter: in a closed range, or among choices."""

    parameter: Parameter
    low: ParameterValue | None = None
    high: ParameterValue | None = None
    log: bool = False
    choices: tuple[ParameterValue, ...] = ()


@dataclass(frozen=True)
class Criterion:
    """One metric of one population that a promotion or a search looks at."""

    key: MetricKey
    population: str

    def __str__(self) -> str:
        return f"{self.population} {self.key}"


@dataclass(frozen=True)
class Recipe:
    """A recommender with its hyper-parameters, ready to be fitted.

    Attributes
    ----------
    name : str
        Of the recommender.
    dataset : str
        The edition that the parameters are for.
    parameters : mapping
        Complete and checked.
    seed : int
    search_space : mapping of parameter name to SearchRange
    weights : mapping of Criterion to float
        A search maximises their mean, so weighted.
    floors : mapping of Criterion to float
        What one of these falls below its floor is taken off that mean.
    folds : tuple of float
        Train shares, ascending; a search maximises the mean over them.
    path : Path
        Where the recipe was read from.
    """

    name: str
    dataset: str
    parameters: Mapping[str, ParameterValue]
    seed: int
    search_space: Mapping[str, SearchRange] = field(repr=False)
    weights: Mapping[Criterion, float] = field(repr=False)
    floors: Mapping[Criterion, float] = field(repr=False)
    folds: tuple[float, ...] = field(repr=False)
    path: Path = field(repr=False)

    def build(self, threads: int = 1) -> Recommender:
        """Make the recommender, not fitted yet."""
        return recommender_class(self.name)(self.parameters, self.seed, threads)

    def with_parameters(self, parameters: Mapping[str, Any]) -> "Recipe":
        """Return the recipe with some values replaced.

        Raises
        ------
        TrainingError
            A value is unknown or out of range.
        """
        merged = {**self.parameters, **parameters}
        return replace(self, parameters=recommender_class(self.name)(merged).parameters)


@dataclass(frozen=True)
class PromotionRule:
    """When a challenger takes over.

    Attributes
    ----------
    primary : Criterion
    min_relative_gain : float
        Share of the champion's value by which the primary metric must be better.
    secondary : tuple of Criterion
    max_relative_drop : float
        Share by which none of the secondary metrics may be worse.
    """

    primary: Criterion
    min_relative_gain: float
    secondary: tuple[Criterion, ...]
    max_relative_drop: float


def recipe_names(folder: Path = CONFIGS) -> list[str]:
    """Names of all recipes."""
    return sorted(path.stem for path in folder.glob("*.toml") if path.stem != PROMOTION)


def load_recipe(name: str, dataset: str = DEFAULT_EDITION, folder: Path = CONFIGS) -> Recipe:
    """Read one recipe for one edition.

    Raises
    ------
    TrainingError
        Naming the file, the key, its value and what was expected.
    """
    if name not in recipe_names(folder):
        known = ", ".join(recipe_names(folder)) or "there is none"
        raise TrainingError(f"recipe={name!r}: not in {folder}, expected one of {known}")
    recommender = recommender_class(name)
    root = TomlTable.read(folder / f"{name}.toml")
    root.only({"seed", "parameters", "editions", "search", "tuning", "provenance"})
    parameters = {parameter.name: parameter for parameter in recommender.declared_parameters}
    values: dict[str, ParameterValue] = {}
    editions = root.table("editions")
    own = dataset if dataset in editions.content else NEAREST_EDITION.get(dataset, dataset)
    for table in (root.table("parameters"), editions.table(own)):
        table.only(parameters)
        for key, value in table.content.items():
            values[key] = _checked(table, parameters[key], value)
    search, tuning = root.table("search"), root.table("tuning")
    search.only(parameters)
    tuning.only({"folds", "weights", "floors"})
    floors = tuning.table("floors")
    floors.only({DEFAULT_EDITION, *editions.content})
    return Recipe(
        name=name,
        dataset=dataset,
        parameters=recommender(values).parameters,
        seed=root.whole("seed", default=0),
        search_space={
            key: _search_range(search.table(key), parameters[key]) for key in search.content
        },
        weights=_criteria(tuning.table("weights")),
        floors=_criteria(floors.table(dataset)),
        folds=_folds(tuning),
        path=root.path,
    )


def load_promotion_rule(folder: Path = CONFIGS) -> PromotionRule:
    """Read ``promotion.toml``.

    Raises
    ------
    TrainingError
        Naming the file, the key, its value and what was expected.
    """
    root = TomlTable.read(folder / f"{PROMOTION}.toml")
    root.only({"min_relative_gain", "max_relative_drop", "primary", "secondary"})
    return PromotionRule(
        primary=_criterion(root.table("primary")),
        min_relative_gain=root.number("min_relative_gain", 0, 1),
        secondary=tuple(_criterion(table) for table in root.tables("secondary")),
        max_relative_drop=root.number("max_relative_drop", 0, 1),
    )


def _checked(table: TomlTable, parameter: Parameter, value: Any) -> ParameterValue:
    try:
        return parameter.check(value)
    except TrainingError:
        raise table.wrong(parameter.name, parameter.expects) from None


def _folds(tuning: TomlTable) -> tuple[float, ...]:
    shares = tuning.content.get("folds", list(DEFAULT_FOLDS))
    if (
        not isinstance(shares, list)
        or not shares
        or not all(isinstance(share, float) and 0 < share < 1 for share in shares)
        or shares != sorted(set(shares))
    ):
        raise tuning.wrong("folds", "a list of shares, each more than 0 and less than 1, ascending")
    return tuple(shares)


def _criteria(table: TomlTable) -> dict[Criterion, float]:
    """Numbers by ``population metric``."""
    numbers = {}
    for name in table.content:
        population, _, metric = name.partition(" ")
        try:
            key = MetricKey.parse(metric)
        except ValueError:
            key = MetricKey("")
        if not key.metric:
            raise table.wrong(name, 'a key such as "warm ndcg@10": a population and a metric')
        numbers[Criterion(key, population)] = table.number(name, 0, 1_000_000)
    return numbers


def _search_range(table: TomlTable, parameter: Parameter) -> SearchRange:
    if "choices" in table.content:
        table.only({"choices"})
        choices = table.content["choices"]
        try:
            kept = tuple(parameter.check(each) for each in choices)
        except (TrainingError, TypeError):
            kept = ()
        if not kept:
            raise table.wrong("choices", f"a list, each {parameter.expects}")
        return SearchRange(parameter, choices=kept)
    table.only({"low", "high", "log"})
    low, high = (_bound(table, name, parameter) for name in ("low", "high"))
    log = table.content.get("log", False)
    if not isinstance(log, bool):
        raise table.wrong("log", "true or false")
    if low >= high:
        raise table.wrong("low", f"less than high, {high:g}")
    if log and low <= 0:
        raise table.wrong("low", "more than 0 where log is true")
    return SearchRange(parameter, low, high, log)


def _bound(table: TomlTable, name: str, parameter: Parameter) -> ParameterValue:
    try:
        return parameter.check(table.content.get(name))
    except TrainingError:
        raise table.wrong(name, parameter.expects) from None


def _criterion(table: TomlTable) -> Criterion:
    table.only({"metric", "population"})
    try:
        key = MetricKey.parse(table.text("metric"))
    except ValueError:
        raise table.wrong("metric", "a metric's name such as ndcg@10 or mrr") from None
    return Criterion(key, table.text("population"))
