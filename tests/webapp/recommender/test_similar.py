"""What resembles what, and the two ways of not knowing a movie."""

from dataclasses import replace

import numpy as np
import pytest

from tests.webapp.recommender.small_bundle import DATASET, TRAINED_IDS, UNTRAINED, make_contents
from warehouse.bundle.fold_in import FoldIn
from warehouse.bundle.neighbours import NEIGHBOURS, similarity_vectors
from warehouse.bundle.reader import load_bundle
from warehouse.bundle.writer import write_bundle
from warehouse.home import Home
from webapp.recommender.engine import Engine
from webapp.recommender.errors import MovieNotInCatalogue, MovieNotTrained
from webapp.recommender.questions import Filters, SimilarQuestion


@pytest.fixture(scope="module")
def cosines(contents):
    """Cosine of every movie with the mean direction of some."""
    vectors = similarity_vectors(contents.item_embeddings, contents.fold_in).astype(np.float64)

    def compute(*movie_ids):
        seeds = vectors[[TRAINED_IDS.index(movie) for movie in movie_ids]].mean(axis=0)
        values = vectors @ (seeds / np.linalg.norm(seeds))
        return dict(zip(TRAINED_IDS, values.tolist(), strict=True))

    return compute


def expected(cosines, movie_ids, k, allowed=TRAINED_IDS):
    values = cosines(*movie_ids)
    left = [m for m in allowed if m not in movie_ids and values[m] > 0]
    return sorted(left, key=lambda movie: -values[movie])[:k]


@pytest.mark.parametrize("movie_id", TRAINED_IDS)
def test_one_movie_gives_its_nearest_by_cosine(engine, cosines, movie_id):
    answer = engine.similar(SimilarQuestion((movie_id,), k=5))
    assert answer.movie_ids == expected(cosines, (movie_id,), 5)
    values = cosines(movie_id)
    assert answer.scores == pytest.approx([values[m] for m in answer.movie_ids], abs=1e-6)
    assert answer.exhausted == (len(answer.movie_ids) < 5)


def test_several_movies_count_together_and_never_come_back(engine, cosines):
    answer = engine.similar(SimilarQuestion((1, 17, 19, 1), k=30))
    assert answer.movie_ids == expected(cosines, (1, 17, 19), 30)
    assert answer.seed_movie_ids == [1, 17, 19]
    assert answer.seed_titles[0] == "Matrix, The"
    assert all(score > 0 for score in answer.scores)


def test_filters_hold(engine, cosines):
    answer = engine.similar(SimilarQuestion((1,), k=2, filters=Filters(("Drama",))))
    dramas = (5, 7, 9, 11, 19, 21, 25, 27, 37)
    assert answer.movie_ids == expected(cosines, (1,), 2, dramas)


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """An engine with many more movies than neighbours are stored, and its contents."""
    n_items = 4 * NEIGHBOURS
    small = make_contents()
    rng = np.random.default_rng(0)
    left, right = (rng.normal(size=(n_items, 5)).astype(np.float32) for _ in range(2))
    als, linear, constant = small.fold_in.components
    fold_in = FoldIn((replace(als, factors=left), replace(linear, factors=right), constant))
    films = [
        {
            **small.item_features[0],
            "movie_id": number,
            "genres": ["Rare"] if number % 40 == 0 else [],
        }
        for number in range(n_items)
    ]
    contents = replace(
        small,
        movie_ids=np.arange(n_items, dtype=np.int32),
        item_embeddings=np.hstack([left, right, right[:, :1]]),
        item_prior=np.zeros(n_items, dtype=np.float32),
        popularity=np.ones((2, n_items)),
        item_features=films,
        fold_in=fold_in,
    )
    folder = write_bundle(Home(tmp_path_factory.mktemp("wide")), contents)
    return Engine(load_bundle(folder)), contents


def test_where_too_few_stored_neighbours_pass_all_movies_are_compared(wide):
    engine, contents = wide
    vectors = similarity_vectors(contents.item_embeddings, contents.fold_in).astype(np.float64)
    values = vectors @ vectors[7]
    rare = [number for number in range(0, 400, 40) if values[number] > 0]
    answer = engine.similar(SimilarQuestion((7,), k=10, filters=Filters(("Rare",))))
    assert answer.movie_ids == sorted(rare, key=lambda number: -values[number])
    everything = engine.similar(SimilarQuestion((7,), k=400))
    assert len(everything.movie_ids) == int((values > 0).sum()) - 1 > NEIGHBOURS


def test_stored_and_computed_neighbours_agree(wide):
    engine, _ = wide
    stored = engine.similar(SimilarQuestion((7,), k=NEIGHBOURS))
    computed = engine.similar(SimilarQuestion((7,), k=NEIGHBOURS + 1))
    assert computed.movie_ids[:NEIGHBOURS] == stored.movie_ids
    assert computed.scores[:NEIGHBOURS] == pytest.approx(stored.scores, abs=1e-6)


def test_opposite_seeds_point_nowhere(tmp_path):
    """Two movies of opposite vectors have no mean direction."""
    small = make_contents()
    embeddings = np.zeros_like(small.item_embeddings)
    embeddings[0, 0], embeddings[1, 0] = 1, -1
    contents = replace(small, item_embeddings=embeddings)
    engine = Engine(load_bundle(write_bundle(Home(tmp_path), contents)))
    answer = engine.similar(SimilarQuestion(TRAINED_IDS[:2]))
    assert (answer.movie_ids, answer.exhausted) == ([], True)
    lonely = engine.similar(SimilarQuestion(TRAINED_IDS[5:6]))
    assert (lonely.movie_ids, lonely.exhausted) == ([], True)


def test_a_movie_of_no_edition_is_not_in_the_catalogue(engine):
    with pytest.raises(MovieNotInCatalogue, match=f"movie 4242: .* {DATASET}") as caught:
        engine.similar(SimilarQuestion((1, 4242)))
    assert (caught.value.number, caught.value.reason) == (4242, "not_in_catalogue")


def test_a_movie_without_enough_ratings_was_never_trained_on(engine):
    with pytest.raises(MovieNotTrained, match=f"movie {UNTRAINED[0]}: .* never trained") as caught:
        engine.similar(SimilarQuestion((UNTRAINED[0],)))
    assert (caught.value.number, caught.value.reason) == (UNTRAINED[0], "not_trained")
