import dataclasses

import numpy as np
import pytest

from models_py.recommenders.popularity import PopularityAllTime, PopularityDecayed
from warehouse.errors import TrainingError


def test_scores_are_the_counts_of_the_warehouse(two_blocks) -> None:
    for model, half_life in ((PopularityAllTime(), None), (PopularityDecayed(), 14)):
        scores = model.fit(two_blocks).score(two_blocks.histories.take(slice(0, 2)))
        expected = two_blocks.popularity[half_life].astype(np.float32)
        np.testing.assert_array_equal(scores, [expected, expected])


def test_a_half_life_that_is_not_counted_is_refused_by_name(two_blocks) -> None:
    with pytest.raises(TrainingError, match=r"half_life_days=9: expected one .* counts: 7, 10, 14"):
        PopularityDecayed({"half_life_days": 9}).fit(two_blocks)
    empty = dataclasses.replace(two_blocks, popularity={})
    with pytest.raises(TrainingError, match=r"half_life_days=14: .*there is none"):
        PopularityDecayed().fit(empty)
