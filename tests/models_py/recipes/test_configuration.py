import re
import tomllib
from pathlib import Path

import pytest

from models_py.recipes.configuration import CONFIGS, load_promotion_rule, load_recipe, recipe_names
from models_py.recommenders import RECOMMENDERS
from warehouse.errors import TrainingError

RECIPE = """\
seed = 3
[parameters]
l2 = 100.0
weight_of_five = 2
[editions.ml-1m]
l2 = 900.0
[search.l2]
low = 10.0
high = 5000.0
log = true
[search.weight_of_five]
choices = [1, 2.0]
[tuning.weights]
"warm ndcg@10" = 1
[tuning.floors.ml-1m]
"known coverage@100" = 0.5
"""
PROMOTION = """\
min_relative_gain = 0.01
max_relative_drop = 0.05
[primary]
metric = "ndcg@10"
population = "warm"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ease.toml").write_text(RECIPE)
    (tmp_path / "promotion.toml").write_text(PROMOTION)
    return tmp_path


def test_every_recommender_has_a_recipe_that_loads_and_builds() -> None:
    assert set(recipe_names()) == set(RECOMMENDERS)
    for name in recipe_names():
        for dataset in ("ml-100k", "ml-1m", "anything-else"):
            recipe = load_recipe(name, dataset)
            recommender = recipe.build(threads=2)
            assert (recommender.name, recommender.seed) == (name, recipe.seed)
            assert recommender.threads == 2
            assert recommender.parameters == recipe.parameters


def test_a_search_for_the_default_edition_leaves_the_others_alone() -> None:
    for path in CONFIGS.glob("*.toml"):
        content = tomllib.loads(path.read_text())
        for edition, values in content.get("editions", {}).items():
            missing = set(content.get("search", {})) - set(values)
            assert not missing, f"{path.name}: editions.{edition} inherits {missing}"


def test_defaults_and_the_tables_of_an_edition(folder: Path) -> None:
    assert load_recipe("ease", "ml-100k", folder).parameters == {"l2": 100, "weight_of_five": 2}
    assert load_recipe("ease", "ml-1m", folder).parameters == {"l2": 900, "weight_of_five": 2}
    recipe = load_recipe("ease", "ml-latest-small", folder)
    assert recipe.parameters == {"l2": 100, "weight_of_five": 2}
    assert isinstance(recipe.parameters["weight_of_five"], float)
    assert recipe.seed == 3
    assert {str(each): weight for each, weight in recipe.weights.items()} == {"warm ndcg@10": 1}


def test_floors_are_an_editions_own(folder: Path) -> None:
    assert load_recipe("ease", "ml-100k", folder).floors == {}
    (floor,) = load_recipe("ease", "ml-1m", folder).floors.items()
    assert (str(floor[0]), floor[1]) == ("known coverage@100", 0.5)


def test_folds(folder: Path) -> None:
    assert load_recipe("ease", "ml-100k", folder).folds == (0.55, 0.60, 0.65, 0.70)
    text = RECIPE.replace("[tuning.weights]", "[tuning]\nfolds = [0.6, 0.7]\n[tuning.weights]")
    (folder / "ease.toml").write_text(text)
    assert load_recipe("ease", "ml-100k", folder).folds == (0.6, 0.7)


@pytest.mark.parametrize(
    "folds", ["[]", "0.6", "[0.7, 0.6]", "[0.6, 0.6]", "[0.0]", "[1]", "[1.0]"]
)
def test_what_is_no_list_of_folds_is_named(folder: Path, folds: str) -> None:
    text = RECIPE.replace("[tuning.weights]", f"[tuning]\nfolds = {folds}\n[tuning.weights]")
    (folder / "ease.toml").write_text(text)
    shown = re.escape(f"ease.toml: tuning.folds={folds}: expected a list of shares")
    with pytest.raises(TrainingError, match=shown):
        load_recipe("ease", "ml-100k", folder)


def test_search_space(folder: Path) -> None:
    space = load_recipe("ease", "ml-100k", folder).search_space
    assert (space["l2"].low, space["l2"].high, space["l2"].log) == (10, 5000, True)
    assert space["weight_of_five"].choices == (1.0, 2.0)


def test_replaced_parameters_are_checked(folder: Path) -> None:
    recipe = load_recipe("ease", "ml-100k", folder)
    assert recipe.with_parameters({"l2": 7}).parameters == {"l2": 7, "weight_of_five": 2}
    with pytest.raises(TrainingError, match="ease: l2=-1: expected a number from"):
        recipe.with_parameters({"l2": -1})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("l2 = 100.0", "l2 = -5", r"ease.toml: parameters.l2=-5: expected a number from 0.001 to"),
        ("l2 = 100.0", 'l2 = "x"', r"ease.toml: parameters.l2='x': expected a number"),
        ("l2 = 100.0", "l3 = 1", r"ease.toml: parameters.l3=1: expected no such key, but .*l2"),
        ("l2 = 900.0", "l2 = 0", r"ease.toml: editions.ml-1m.l2=0: expected a number"),
        ("seed = 3", "seed = -1", r"ease.toml: seed=-1: expected a whole number from 0"),
        ("seed = 3", "sede = 3", r"ease.toml: sede=3: expected no such key"),
        ("low = 10.0", "low = 0", r"ease.toml: search.l2.low=0: expected a number from 0.001"),
        ("low = 10.0", "low = 6000", r"search.l2.low=6000: expected less than high, 5000"),
        ("high = 5000.0", "", r"search.l2.high=nothing: expected a number"),
        ("log = true", 'log = "yes"', r"search.l2.log='yes': expected true or false"),
        ("[search.l2]", "[search.l9]", r"ease.toml: search.l9=.* expected no such key"),
        (
            "choices = [1, 2.0]",
            "choices = []",
            r"search.weight_of_five.choices=\[\]: expected a list",
        ),
        ("choices = [1, 2.0]", "choices = [99]", r"choices=\[99\]: expected a list, each a number"),
        ("choices = [1, 2.0]", "choices = 1", r"choices=1: expected a list"),
        ('ndcg@10" = 1', "ndcg@10\" = 'all'", r"weights.warm ndcg@10='all': expected a number"),
        ("floors.ml-1m", "floors.ml1m", r"tuning.floors.ml1m=.* expected no such key"),
        ("warm ndcg@10", "warm", r"tuning.weights.warm=1: expected a key such as"),
        ("warm ndcg@10", "warm ndcg@ten", r"weights.warm ndcg@ten=1: expected a key such as"),
        ("[parameters]", "[parameters", r"ease.toml: is not TOML: "),
    ],
)
def test_each_mistake_names_file_key_value_and_expectation(
    folder: Path, old: str, new: str, message: str
) -> None:
    (folder / "ease.toml").write_text(RECIPE.replace(old, new))
    with pytest.raises(TrainingError, match=message):
        load_recipe("ease", "ml-1m", folder)


def test_an_unknown_recipe_is_named(folder: Path) -> None:
    with pytest.raises(TrainingError, match=r"recipe='als': not in .*, expected one of ease"):
        load_recipe("als", folder=folder)


def test_the_committed_promotion_rule() -> None:
    rule = load_promotion_rule()
    assert (str(rule.primary.key), rule.primary.population) == ("ndcg@10", "warm")
    assert (rule.min_relative_gain, rule.max_relative_drop) == (0.01, 0.05)
    assert [str(each.key) for each in rule.secondary] == [
        "recall@20",
        "precision@10",
        "hit_rate@10",
        "mrr",
        "coverage@100",
    ]
    assert rule.secondary[-1].population == "known"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.01", "-1", "promotion.toml: min_relative_gain=-1: expected a number from 0 to 1"),
        ('"ndcg@10"', '"ndcg@x"', "primary.metric='ndcg@x': expected a metric's name"),
        ('population = "warm"', "", "primary.population=nothing: expected a text"),
        ("[primary]", "[[secondary]]\nmetric = 'mrr'\n[primary]", r"secondary\[0\].population="),
        ("[primary]", "[main]", "promotion.toml: main=.* expected no such key"),
    ],
)
def test_mistakes_in_the_promotion_rule(folder: Path, old: str, new: str, message: str) -> None:
    (folder / "promotion.toml").write_text(PROMOTION.replace(old, new))
    with pytest.raises(TrainingError, match=message):
        load_promotion_rule(folder)


def test_a_large_edition_without_a_search_takes_the_parameters_of_the_nearest() -> None:
    nearest, large = load_recipe("ease", "ml-1m"), load_recipe("ease", "ml-25m")

    assert large.parameters == nearest.parameters
    assert large.parameters != load_recipe("ease", "ml-100k").parameters
