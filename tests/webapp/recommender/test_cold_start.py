"""Each rule for people whom the model does not know, and for what they name."""

import dataclasses

import numpy as np
import pytest

from tests.webapp.recommender import reference
from tests.webapp.recommender.small_bundle import TRAINED_IDS, UNTRAINED, WITHOUT_HISTORY
from webapp.recommender.questions import Filters, PopularQuestion, RecommendQuestion

DRAMAS = Filters(genres=("Drama",))


def test_known_user_gets_a_personal_answer(engine):
    answer = engine.recommend(RecommendQuestion(10))
    assert (answer.strategy, answer.is_fallback, answer.fallback_reason) == (
        "personal",
        False,
        None,
    )


def test_known_user_who_has_seen_everything_gets_an_empty_exhausted_answer(engine):
    answer = engine.recommend(RecommendQuestion(13))
    assert (answer.movie_ids, answer.exhausted, answer.strategy) == ([], True, "personal")
    assert answer.items_json() == b"[]"


@pytest.mark.parametrize(
    ("user_id", "reason"),
    [(999, "unknown_user"), (WITHOUT_HISTORY[0], "no_history"), (None, "no_user")],
)
def test_people_without_a_vector_get_what_is_trending_and_the_reason(engine, user_id, reason):
    answer = engine.recommend(RecommendQuestion(user_id, k=5))
    trending = engine.popular(PopularQuestion(5, "trending"))
    assert (answer.strategy, answer.is_fallback, answer.fallback_reason) == (
        "popular",
        True,
        reason,
    )
    assert (answer.movie_ids, answer.scores) == (trending.movie_ids, trending.scores)


def test_what_somebody_has_rated_is_left_out_even_if_they_liked_none_of_it(engine, contents):
    user_id = WITHOUT_HISTORY[1]
    rated = reference.seen(contents, user_id)
    assert rated
    for question in (
        RecommendQuestion(user_id, k=25),
        RecommendQuestion(user_id, k=25, seed_genres=("Drama",)),
    ):
        answer = engine.recommend(question)
        assert set(answer.movie_ids) == set(TRAINED_IDS) - rated
        everything = engine.recommend(dataclasses.replace(question, exclude_seen=False))
        assert set(everything.movie_ids) == set(TRAINED_IDS)
    assert engine.recommend(RecommendQuestion(user_id)).fallback_reason == "no_history"


def test_filters_hold_for_the_fallback(engine):
    answer = engine.recommend(RecommendQuestion(999, k=3, filters=DRAMAS))
    trending = engine.popular(PopularQuestion(3, "trending", DRAMAS))
    assert answer.movie_ids == trending.movie_ids


def test_excluded_movies_leave_the_fallback_without_shortening_it(engine):
    first = engine.recommend(RecommendQuestion(999, k=4)).movie_ids
    answer = engine.recommend(RecommendQuestion(999, k=3, exclude_movie_ids=(first[0], 424242)))
    assert answer.movie_ids == first[1:]


@pytest.mark.parametrize("user_id", [10, 999])
def test_a_filter_that_nothing_passes_gives_nothing_rather_than_something_else(engine, user_id):
    nothing = Filters(genres=("Drama",), year_min=2050)
    answer = engine.recommend(RecommendQuestion(user_id, filters=nothing))
    assert (answer.movie_ids, answer.exhausted) == ([], True)


def test_a_genre_that_does_not_exist_lets_nothing_pass(engine):
    assert engine.recommend(RecommendQuestion(10, filters=Filters(("Polka",)))).movie_ids == []


def test_seed_movies_make_a_stranger_known(engine, contents):
    answer = engine.recommend(RecommendQuestion(999, k=5, seed_movie_ids=(1, 17)))
    rows = reference.rows(contents, (1, 17))
    vector = contents.fold_in.vector(rows, np.full(2, 4.0), np.zeros(2))
    scored = reference.scores(contents, vector)
    assert answer.movie_ids == reference.best(scored, set(TRAINED_IDS) - {1, 17}, 5)
    assert (answer.strategy, answer.is_fallback, answer.fallback_reason) == ("seeds", False, None)


def test_seeds_are_not_recommended_back_even_if_all_may_be(engine):
    answer = engine.recommend(
        RecommendQuestion(None, k=50, seed_movie_ids=(1, 17), exclude_seen=False)
    )
    assert sorted(answer.movie_ids) == sorted(set(TRAINED_IDS) - {1, 17})


def test_the_order_and_repetition_of_seeds_make_no_difference(engine):
    once = engine.recommend(RecommendQuestion(None, seed_movie_ids=(1, 17)))
    assert engine.recommend(RecommendQuestion(None, seed_movie_ids=(17, 1, 17))) == once


def test_seeds_that_the_model_does_not_know_are_reported_and_ignored(engine):
    asked = (UNTRAINED[0], 1, 4242)
    answer = engine.recommend(RecommendQuestion(None, seed_movie_ids=asked))
    assert answer.ignored_seed_movie_ids == [UNTRAINED[0], 4242]
    alone = engine.recommend(RecommendQuestion(None, seed_movie_ids=(1,)))
    assert (answer.strategy, answer.movie_ids) == ("seeds", alone.movie_ids)


def test_without_a_usable_seed_the_fallback_says_so(engine):
    answer = engine.recommend(
        RecommendQuestion(999, seed_movie_ids=(4242,), seed_genres=("Polka",))
    )
    assert (answer.strategy, answer.fallback_reason) == ("popular", "no_usable_seeds")
    assert (answer.ignored_seed_movie_ids, answer.ignored_seed_genres) == ([4242], ["Polka"])


def test_a_known_user_without_a_usable_seed_stays_personal(engine):
    answer = engine.recommend(RecommendQuestion(10, seed_movie_ids=(4242,)))
    assert (answer.strategy, answer.is_fallback) == ("personal", False)
    assert answer.movie_ids == engine.recommend(RecommendQuestion(10)).movie_ids


def test_seeds_of_a_known_user_join_the_history(engine):
    personal = engine.recommend(RecommendQuestion(10, exclude_seen=False))
    seeded = engine.recommend(RecommendQuestion(10, exclude_seen=False, seed_movie_ids=(17,)))
    alone = engine.recommend(RecommendQuestion(None, seed_movie_ids=(17,)))
    assert seeded.strategy == "seeds"
    assert seeded.scores not in (personal.scores, alone.scores)


def test_seed_genres_come_first_for_a_stranger_and_the_rest_follows(engine, contents):
    answer = engine.recommend(
        RecommendQuestion(None, k=len(TRAINED_IDS), seed_genres=("crime", "Film-Noir"))
    )
    known = reference.features(contents)
    within = [
        bool({"Crime", "Film-Noir"} & set(known[movie]["genres"])) for movie in answer.movie_ids
    ]
    assert within == sorted(within, reverse=True)
    assert [score > 0 for score in answer.scores] == within
    assert (answer.strategy, answer.is_fallback) == ("seed_genres", False)


def test_one_seed_genre_ranks_by_what_is_trending_in_it(engine):
    answer = engine.recommend(RecommendQuestion(None, k=3, seed_genres=("Drama",)))
    assert answer.movie_ids == engine.popular(PopularQuestion(3, "trending", DRAMAS)).movie_ids
    assert answer.scores[0] == 1.0


def test_a_small_genre_is_not_drowned_by_a_large_one(engine):
    answer = engine.recommend(RecommendQuestion(None, k=4, seed_genres=("Drama", "War")))
    war = engine.popular(PopularQuestion(1, "trending", Filters(("War",)))).movie_ids[0]
    assert war in answer.movie_ids
    assert answer.scores[answer.movie_ids.index(war)] == 0.5


def test_seed_genres_lift_movies_of_them_for_a_known_user(engine, contents):
    question = RecommendQuestion(10, k=30, exclude_seen=False)
    plain = engine.recommend(question)
    before = dict(zip(plain.movie_ids, plain.scores, strict=True))
    asked = RecommendQuestion(10, k=30, exclude_seen=False, seed_genres=("Crime",))
    answer = engine.recommend(asked)
    lift = np.std(list(before.values()))
    known = reference.features(contents)
    for movie, score in zip(answer.movie_ids, answer.scores, strict=True):
        gained = lift if "Crime" in known[movie]["genres"] else 0.0
        assert score == pytest.approx(before[movie] + gained, rel=1e-5, abs=1e-5)
    assert answer.strategy == "seed_genres"


def test_movies_and_genres_together_name_both(engine):
    answer = engine.recommend(
        RecommendQuestion(999, seed_movie_ids=(1,), seed_genres=("Crime", "Polka"))
    )
    assert (answer.strategy, answer.is_fallback) == ("seeds_and_genres", False)
    assert answer.ignored_seed_genres == ["Polka"]
