"""What most people like, by window and filters."""

import numpy as np
import pytest

from tests.webapp.recommender import reference
from tests.webapp.recommender.small_bundle import TRAINED_IDS
from webapp.recommender.questions import NO_FILTERS, Filters, PopularQuestion

SOURCES = {"all_time": "all time", "trending": "trending, half-life 14 days"}


@pytest.mark.parametrize("window", SOURCES)
@pytest.mark.parametrize(
    "filters",
    [NO_FILTERS, Filters(("Drama", "war")), Filters(year_min=1970, year_max=1997)],
)
def test_movies_come_by_popularity_and_name_their_source(engine, contents, window, filters):
    answer = engine.popular(PopularQuestion(50, window, filters))
    all_time, trending = contents.popularity.tolist()
    by_movie = dict(zip(TRAINED_IDS, zip(all_time, trending, strict=True), strict=True))
    key = {
        "all_time": lambda movie: (-by_movie[movie][0], -by_movie[movie][1], movie),
        "trending": lambda movie: (-by_movie[movie][1], movie),
    }[window]
    assert answer.movie_ids == sorted(reference.passing(contents, filters), key=key)
    number = list(SOURCES).index(window)
    wanted = np.array([by_movie[movie][number] for movie in answer.movie_ids], dtype=np.float32)
    assert answer.scores == pytest.approx(wanted.tolist())
    assert (answer.source, answer.exhausted) == (SOURCES[window], True)


def test_the_first_k_are_the_same_for_every_k(engine):
    longest = engine.popular(PopularQuestion(20)).movie_ids
    for k in range(1, 20):
        answer = engine.popular(PopularQuestion(k))
        assert (answer.movie_ids, answer.exhausted) == (longest[:k], False)
