import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse

from models_py.data.interactions import Histories
from models_py.recommenders.als import Als

PARAMETERS = {"factors": 5, "regularization": 0.3, "alpha": 7.0, "weight_of_five": 2.0}


def test_fold_in_agrees_with_implicit(two_blocks) -> None:
    model = Als(PARAMETERS, seed=4).fit(two_blocks)
    ours = model.fold_in(two_blocks.histories)
    reference = AlternatingLeastSquares(factors=5, regularization=0.3, alpha=1.0, num_threads=1)
    reference.item_factors = model.item_factors
    stars = two_blocks.histories.ratings
    confidences = sparse.csr_matrix(
        (1 + 7 * (1 + (stars.data - 4)), stars.indices, stars.indptr), shape=stars.shape
    )
    theirs = reference.recalculate_user(np.arange(80), confidences)
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_training_is_the_plain_library_call(two_blocks) -> None:
    model = Als(PARAMETERS | {"weight_of_five": 1.0}, seed=4).fit(two_blocks)
    reference = AlternatingLeastSquares(
        factors=5, regularization=0.3, alpha=8.0, iterations=15, num_threads=1, random_state=4
    )
    liked = sparse.csr_matrix((two_blocks.histories.ratings > 0).astype(np.float32))
    reference.fit(liked, show_progress=False)
    np.testing.assert_array_equal(model.item_factors, reference.item_factors)


def test_another_seed_gives_another_start(two_blocks) -> None:
    one, two = (Als(PARAMETERS, seed=seed).fit(two_blocks) for seed in (1, 2))
    assert not np.array_equal(one.item_factors, two.item_factors)


def test_an_empty_history_is_the_zero_vector(two_blocks) -> None:
    model = Als(PARAMETERS).fit(two_blocks)
    assert not model.fold_in(Histories.empty(1, 20)).any()
