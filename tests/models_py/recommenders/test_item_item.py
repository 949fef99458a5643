import numpy as np

from models_py.recommenders import item_item
from models_py.recommenders.item_item import ItemItem

STARS = np.array([[4.0, 4.0, 0.0], [4.0, 4.0, 4.0], [4.0, 0.0, 4.0], [4.0, 0.0, 0.0]])


def test_cosine_by_hand(make_training_set) -> None:
    model = ItemItem({"neighbours": 3}).fit(make_training_set(STARS))
    # Films 0, 1, 2 are liked by 4, 2, 2 users; 0 and 1 share two, 0 and 2 two, 1 and 2 one.
    near, far = 2 / np.sqrt(4 * 2), 1 / np.sqrt(2 * 2)
    expected = [[0, near, near], [near, 0, far], [near, far, 0]]
    np.testing.assert_allclose(model.similarity.toarray(), expected)


def test_shrinkage_goes_into_the_denominator(make_training_set) -> None:
    model = ItemItem({"shrinkage": 3.0}).fit(make_training_set(STARS))
    np.testing.assert_allclose(model.similarity.toarray()[1, 2], 1 / (2 + 3))


def test_only_the_nearest_vote_and_ties_go_to_the_earlier_column(make_training_set) -> None:
    model = ItemItem({"neighbours": 1}).fit(make_training_set(STARS))
    np.testing.assert_array_equal(model.similarity.indices, [1, 0, 0])


def test_five_stars_weigh_more(make_training_set) -> None:
    stars = STARS.copy()
    stars[0, 1] = 5.0
    plain = ItemItem({}).fit(make_training_set(stars)).similarity.toarray()
    weighted = ItemItem({"weight_of_five": 2.0}).fit(make_training_set(stars)).similarity.toarray()
    np.testing.assert_allclose(plain[0, 1], 2 / np.sqrt(4 * 2))
    np.testing.assert_allclose(weighted[0, 1], 3 / np.sqrt(4 * (4 + 1)))


def test_blocks_of_rows_make_no_difference(two_blocks, monkeypatch) -> None:
    whole = ItemItem({}).fit(two_blocks).similarity.toarray()
    monkeypatch.setattr(item_item, "BLOCK_ENTRIES", 3 * two_blocks.n_items)
    np.testing.assert_array_equal(ItemItem({}).fit(two_blocks).similarity.toarray(), whole)
