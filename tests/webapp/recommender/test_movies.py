"""Pages of movies, details, genres, histories."""

import numpy as np
import pytest

from tests.webapp.recommender import reference
from tests.webapp.recommender.small_bundle import (
    ALL_IDS,
    RATING_VALUES,
    SEEN_COUNTS,
    TRAINED_IDS,
    UNTRAINED,
    USER_IDS,
    WITHOUT_HISTORY,
)
from webapp.recommender.errors import MovieNotInCatalogue, UserNotKnown, UserWithoutHistory
from webapp.recommender.questions import Filters, HistoryQuestion, MoviesQuestion


def ids_of(page) -> list[int]:
    return [movie.movie_id for movie in page.movies]


def test_pages_cover_every_movie_of_the_edition_once(engine):
    pages = [engine.movies(MoviesQuestion(offset=start, limit=7)) for start in range(0, 28, 7)]
    assert [movie for page in pages for movie in ids_of(page)] == list(ALL_IDS)
    assert {page.total for page in pages} == {len(ALL_IDS)}
    assert engine.movies(MoviesQuestion(offset=99)).movies == []


def test_movies_that_the_model_does_not_know_are_listed_as_such(engine):
    page = engine.movies(MoviesQuestion())
    untrained = [movie.movie_id for movie in page.movies if not movie.is_trained]
    assert untrained == list(UNTRAINED)
    assert {movie.mean_rating for movie in page.movies if not movie.is_trained} == {None}


@pytest.mark.parametrize(
    "filters",
    [
        Filters(("crime",)),
        Filters(("Crime", "War"), year_min=1972),
        Filters(year_max=1972),
        Filters(("Polka",)),
        Filters(year_min=-(10**30)),
        Filters(year_max=-(10**30)),
    ],
)
def test_filters_hold_on_pages_and_in_their_totals(engine, contents, filters):
    page = engine.movies(MoviesQuestion(filters, limit=5))
    wanted = [
        movie
        for movie, features in sorted(reference.features(contents).items())
        if reference.passes(features, filters)
    ]
    assert (ids_of(page), page.total) == (wanted[:5], len(wanted))


ORDERS = {
    "movie_id": lambda movie: 0,
    "title": lambda movie: movie["title"].casefold(),
    "year": lambda movie: -(movie["year"] or 0),
    "popularity": lambda movie: -movie["n_ratings"],
}


@pytest.mark.parametrize("order", ORDERS)
def test_orders_settle_ties_by_id(engine, contents, order):
    known = reference.features(contents)
    wanted = sorted(known, key=lambda movie: (ORDERS[order](known[movie]), movie))
    assert ids_of(engine.movies(MoviesQuestion(order=order))) == wanted


def test_the_best_rated_have_more_than_one_lucky_rating(engine, contents):
    known = reference.features(contents)
    rated = [movie for movie in known.values() if movie["n_ratings"]]
    total = sum(movie["n_ratings"] for movie in rated)
    mean = sum(movie["n_ratings"] * movie["mean_rating"] for movie in rated) / total

    def damped(movie_id):
        n, own = known[movie_id]["n_ratings"], known[movie_id]["mean_rating"] or 0.0
        return (n * own + 25 * mean) / (n + 25)

    listed = ids_of(engine.movies(MoviesQuestion(order="rating")))
    assert listed == sorted(known, key=lambda movie: (-round(damped(movie), 9), movie))


def test_details_of_a_movie_that_the_model_knows(engine, contents):
    details = engine.movie(1)
    assert (details.title, details.year, details.genres) == (
        "Matrix, The",
        1999,
        ["Action", "Sci-Fi"],
    )
    assert [(entry.rating, entry.count) for entry in details.rating_distribution] == list(
        zip(RATING_VALUES, [0, 1, 2, 3, 30], strict=True)
    )
    assert (details.n_ratings, details.n_positives, details.is_trained) == (36, 33, True)
    row = TRAINED_IDS.index(1)
    for number, window in enumerate(("all_time", "trending")):
        popularity = contents.popularity[number]
        assert details.popularity[window].score == pytest.approx(popularity[row])
        more_popular = int((popularity > popularity[row]).sum())
        equally = int((popularity == popularity[row]).sum())
        assert more_popular < details.popularity[window].rank <= more_popular + equally


def test_ranks_are_the_places_in_the_popular_list(engine):
    ranks = [engine.movie(movie).popularity["trending"].rank for movie in TRAINED_IDS]
    assert sorted(ranks) == list(range(1, len(TRAINED_IDS) + 1))


def test_details_of_a_movie_that_the_model_does_not_know(engine):
    details = engine.movie(UNTRAINED[0])
    assert (details.popularity, details.is_trained, details.n_ratings) == (None, False, 0)


@pytest.mark.parametrize("movie_id", [-1, 0, 2, 4242, 10**30, -(10**30)])
def test_there_are_no_details_of_other_movies(engine, movie_id):
    with pytest.raises(MovieNotInCatalogue, match=f"movie {movie_id}: "):
        engine.movie(movie_id)


def test_genres_are_counted(engine):
    counted = {entry.genre: (entry.n_movies, entry.n_trained) for entry in engine.genres()}
    assert list(counted) == sorted(counted)
    assert counted["Film-Noir"] == (3, 2)
    assert counted["Documentary"] == (1, 0)


@pytest.mark.parametrize("user_id", USER_IDS)
def test_a_history_holds_everything_seen_newest_first(engine, contents, user_id):
    row = USER_IDS.index(user_id)
    part = contents.seen.row(row)
    stars, instants = (values[part] for values in contents.seen.values)
    movies = contents.movie_ids[contents.seen.indices[part]]
    order = np.lexsort((movies, -instants))
    page = engine.history(HistoryQuestion(user_id, limit=100))
    assert [entry.movie_id for entry in page.ratings] == movies[order].tolist()
    assert [entry.rating for entry in page.ratings] == stars[order].tolist()
    assert [
        np.datetime64(entry.rated_at.removesuffix("+00:00"), "s") for entry in page.ratings
    ] == [np.datetime64(int(instant), "s") for instant in instants[order]]
    assert page.total == SEEN_COUNTS[row]


def test_histories_come_in_pages(engine):
    whole = engine.history(HistoryQuestion(13, limit=100))
    page = engine.history(HistoryQuestion(13, offset=5, limit=3))
    assert page.ratings == whole.ratings[5:8]
    assert (page.total, page.offset, page.limit) == (20, 5, 3)
    assert engine.history(HistoryQuestion(13, offset=100)).ratings == []


def test_there_is_no_history_of_strangers_and_it_says_why(engine):
    with pytest.raises(UserNotKnown, match="user 4242: "):
        engine.history(HistoryQuestion(4242))
    with pytest.raises(UserWithoutHistory, match=f"user {WITHOUT_HISTORY[0]}: "):
        engine.history(HistoryQuestion(WITHOUT_HISTORY[0]))
