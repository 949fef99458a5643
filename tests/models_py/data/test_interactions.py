import numpy as np
import pytest

from models_py.data import marts
from models_py.data.interactions import Histories
from models_py.data.warehouse_reader import read_evaluation_sets, read_training_set, read_tuning_set
from warehouse.errors import BuildError

# (user, movie, stars, day); 10 and 20 are the cutoffs.
ROWS = [
    (7, 30, 5.0, 0),
    (7, 10, 4.0, 6),
    (7, 20, 2.0, 7),
    (3, 10, 4.5, 9),
    (5, 20, 1.0, 1),
    (3, 20, 4.0, 3),
    # validation, the very first of it on the boundary
    (3, 30, 5.0, 10),
    (7, 99, 5.0, 11),
    (5, 10, 4.0, 12),
    (5, 30, 5.0, 13),
    (5, 99, 5.0, 14),
    (5, 11, 5.0, 15),
    # test
    (3, 11, 5.0, 20),
    (7, 11, 4.0, 25),
]


@pytest.fixture
def connection(make_warehouse):
    return make_warehouse(ROWS)


def test_training_set_holds_what_lies_strictly_before_the_cutoff(connection, midnight) -> None:
    found = read_training_set(connection, "train", "toy")
    np.testing.assert_array_equal(found.user_ids, [3, 7])
    np.testing.assert_array_equal(found.movie_ids, [10, 20, 30])
    np.testing.assert_array_equal(found.histories.ratings.toarray(), [[4.5, 4, 0], [4, 0, 5]])
    np.testing.assert_array_equal(found.histories.ages.toarray(), [[2, 8, 0], [5, 0, 11]])
    assert found.last_interaction_at == midnight(9) < found.cutoff_at == midnight(10)
    assert (found.dataset, found.fit_window, found.n_interactions) == ("toy", "train", 4)
    assert found.user_ids.dtype == found.movie_ids.dtype == np.int32


def test_seen_holds_bad_ratings_too(connection) -> None:
    found = read_training_set(connection, "train")
    np.testing.assert_array_equal(found.seen.toarray(), [[1, 1, 0], [1, 1, 1]])
    assert found.seen.dtype == bool


def test_popularity_genres_and_years_follow_the_catalogue(connection) -> None:
    found = read_training_set(connection, "train")
    assert set(found.popularity) == {None, 7, 14}
    np.testing.assert_array_equal(found.popularity[None], [2, 1, 1])
    np.testing.assert_allclose(
        found.popularity[7], [0.5 ** (1 / 7) + 0.5 ** (4 / 7), 0.5, 0.5 ** (10 / 7)]
    )
    np.testing.assert_array_equal(found.genres, [[0, 0, 1], [0, 0, 0], [1, 1, 0]])
    np.testing.assert_array_equal(found.years, [1990, 1990, np.nan])


def test_later_windows_hold_more(connection) -> None:
    sizes = [
        read_training_set(connection, window).n_interactions
        for window in ("train", "train_validation", "all")
    ]
    assert sizes == [4, 10, 12]


def test_populations_of_validation(connection) -> None:
    training_set = read_training_set(connection, "train")
    sets = read_evaluation_sets(connection, "validation", training_set)
    assert set(sets) == {"all", "warm", "new_0", "new_1"}
    # User 7's film 99 is unknown to the catalogue, so only user 3 is warm.
    np.testing.assert_array_equal(sets["warm"].user_ids, [3])
    np.testing.assert_array_equal(sets["warm"].targets.toarray(), [[0, 0, 1]])
    np.testing.assert_array_equal(sets["warm"].histories.ratings.toarray(), [[4.5, 4, 0]])
    np.testing.assert_array_equal(sets["warm"].histories.ages.toarray(), [[2, 8, 0]])
    np.testing.assert_array_equal(sets["all"].user_ids, [3, 5])
    np.testing.assert_array_equal(sets["all"].histories.lengths, [2, 0])


def test_a_new_user_is_told_first_positives_and_asked_for_the_rest(connection) -> None:
    sets = read_evaluation_sets(connection, "validation", read_training_set(connection, "train"))
    assert sets["new_0"].histories.lengths.tolist() == [0]
    np.testing.assert_array_equal(sets["new_0"].targets.toarray(), [[1, 0, 1]])
    # The bad rating before the cutoff is seen, and so is the history.
    np.testing.assert_array_equal(sets["new_0"].seen.toarray(), [[0, 1, 0]])
    np.testing.assert_array_equal(sets["new_1"].histories.ratings.toarray(), [[4, 0, 0]])
    np.testing.assert_array_equal(sets["new_1"].histories.ages.toarray(), [[1, 0, 0]])
    np.testing.assert_array_equal(sets["new_1"].seen.toarray(), [[1, 1, 0]])
    np.testing.assert_array_equal(sets["new_1"].targets.toarray(), [[0, 0, 1]])


def test_no_target_has_been_seen_and_everybody_has_one(connection) -> None:
    for split, window in (("validation", "train"), ("test", "train_validation")):
        sets = read_evaluation_sets(connection, split, read_training_set(connection, window))
        assert sets
        for each in sets.values():
            assert not (each.seen.toarray() & each.targets.toarray()).any()
            assert (np.diff(each.targets.indptr) > 0).all()


def test_a_split_is_only_evaluated_on_the_window_before_it(connection) -> None:
    training_set = read_training_set(connection, "train_validation")
    with pytest.raises(
        BuildError, match="split='validation': a training set of fit window 'train_"
    ):
        read_evaluation_sets(connection, "validation", training_set)


def test_tuning_reads_nothing_of_test(connection, midnight) -> None:
    found = read_tuning_set(connection, midnight(20), "toy")
    assert found.training_set.fit_window == "train"
    assert {each.split for each in found.evaluation_sets.values()} == {"validation"}
    assert midnight(10) < found.last_read_at < midnight(20)
    # Four of train; 3-30, 5-10, 5-30 and (in a history) 5-99 of validation, each once.
    assert found.n_interactions == 8


def test_tuning_refuses_a_target_from_test(connection, midnight) -> None:
    connection.execute(
        "insert into marts.fct_evaluation_targets values ('validation', 'warm', 3, 11)"
    )
    with pytest.raises(BuildError, match="tuning would read an interaction of 2000-01-21 00:00:00"):
        read_tuning_set(connection, midnight(20))


def test_tuning_refuses_a_fold_that_reaches_into_test(connection, midnight) -> None:
    assert read_tuning_set(connection, midnight(15)).last_read_at == midnight(14)
    # An interaction of the very instant at which test starts belongs to test.
    with pytest.raises(BuildError, match=r"before the start of test, 2000-01-15 00:00:00"):
        read_tuning_set(connection, midnight(14))


def test_what_the_warehouse_lacks_is_named(connection, make_warehouse) -> None:
    with pytest.raises(BuildError, match=r"fit_window='tomorrow': not in marts.dim_fit_windows"):
        read_training_set(connection, "tomorrow")
    with pytest.raises(BuildError, match="fit window 'train': holds 0 interactions"):
        read_training_set(make_warehouse([(1, 10, 5.0, 12)]), "train")


def test_histories_are_sorted_whatever_the_order_of_entries() -> None:
    generator = np.random.default_rng(0)
    dense = np.where(generator.random((8, 12)) < 0.4, generator.integers(1, 6, (8, 12)), 0)
    rows, columns = np.nonzero(dense)
    order = generator.permutation(len(rows))
    rows, columns = rows[order], columns[order]
    found = Histories.from_entries(
        rows, columns, dense[rows, columns], rows + columns / 100, dense.shape
    )
    np.testing.assert_array_equal(found.ratings.toarray(), dense)
    expected = np.where(dense > 0, np.arange(8)[:, None] + np.arange(12) / 100 + 1, 0)
    np.testing.assert_allclose(found.ages.toarray(), expected, rtol=1e-6)
    assert found.ratings.has_sorted_indices
    assert found.ratings.dtype == found.ages.dtype == np.float32
    np.testing.assert_array_equal(found.lengths, (dense > 0).sum(axis=1))
    np.testing.assert_array_equal(found.take([3, 1]).ratings.toarray(), dense[[3, 1]])


def test_an_age_of_zero_is_no_missing_entry() -> None:
    one = np.array([0])
    found = Histories.from_entries(one, one, np.array([5.0]), np.array([0.0]), (1, 1))
    assert found.ages.nnz == found.ratings.nnz == 1
    assert found.ages.toarray() == [[1]]
    assert Histories.empty(3, 4).ratings.shape == (3, 4)


@pytest.mark.parametrize("largest_lookup", [0, 1_000])
def test_positions_of_ids(monkeypatch, largest_lookup: int) -> None:
    monkeypatch.setattr(marts, "LARGEST_LOOKUP", largest_lookup)
    known = np.array([3, 5, 9], np.int32)
    asked = np.array([9, 4, 3, 0, 10, 2_000_000_000], np.int32)
    found = marts.positions(known, asked)
    np.testing.assert_array_equal(found, [2, -1, 0, -1, -1, -1])
    assert found.dtype == np.int32
    np.testing.assert_array_equal(marts.positions(known[:0], asked), np.full(6, -1))
    assert len(marts.positions(known, asked[:0])) == 0
