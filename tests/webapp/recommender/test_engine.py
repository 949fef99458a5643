"""The engine as a whole: what it says of itself, its life, its answers as values."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, asdict

import orjson
import pytest

from tests.webapp.recommender.small_bundle import ALL_IDS, TRAINED_IDS, USER_IDS, make_contents
from warehouse.bundle.reader import load_bundle
from warehouse.bundle.writer import write_bundle
from warehouse.home import Home
from webapp.recommender.engine import Engine
from webapp.recommender.questions import (
    Filters,
    HistoryQuestion,
    MoviesQuestion,
    PopularQuestion,
    RecommendQuestion,
    SearchQuestion,
    SimilarQuestion,
)


def test_facts_are_those_of_the_bundle(engine, bundle):
    assert asdict(engine.facts) == {
        "model_version": "small-0000000001",
        "model_name": "small",
        "dataset": "hand-made",
        "cutoff": "1998-04-23T01:10:39+00:00",
        "content_hash": bundle.manifest["content_hash"],
        "n_users": len(USER_IDS),
        "n_items": len(TRAINED_IDS),
        "n_movies": len(ALL_IDS),
        "dimensions": 11,
    }


def ask_everything(engine):
    return [
        engine.recommend(RecommendQuestion(10)),
        engine.recommend(RecommendQuestion(10, filters=Filters(("Drama",)))),
        engine.recommend(RecommendQuestion(None, seed_movie_ids=(1,), seed_genres=("War",))),
        engine.similar(SimilarQuestion((1, 17))),
        engine.popular(PopularQuestion(filters=Filters(year_min=1990))),
    ]


def test_every_other_answer_is_encoded_as_it_is(engine):
    for answer in (
        engine.facts,
        engine.movies(MoviesQuestion(limit=2)),
        engine.movie(1),
        engine.search(SearchQuestion("matrix")),
        engine.genres(),
        engine.history(HistoryQuestion(10)),
    ):
        plain = [asdict(entry) for entry in answer] if isinstance(answer, list) else asdict(answer)
        assert orjson.loads(orjson.dumps(answer)) == plain


def test_questions_are_their_own_cache_keys():
    asked = RecommendQuestion(1, filters=Filters(("War",)), seed_movie_ids=(2, 3))
    again = RecommendQuestion(1, filters=Filters(("War",)), seed_movie_ids=(2, 3))
    assert {asked: "answer"}[again] == "answer"
    assert SearchQuestion("a", 5) != HistoryQuestion("a", 5)
    with pytest.raises(FrozenInstanceError):
        asked.k = 3
    assert not Filters()
    assert Filters(year_max=0)


def test_a_replaced_engine_leaves_at_once(tmp_path):
    """No cycle keeps its memory until the collector comes by."""
    engine = Engine(load_bundle(write_bundle(Home(tmp_path), make_contents())), kept=10)
    ask_everything(engine)
    engine.search(SearchQuestion("matirx"))
    engine.movies(MoviesQuestion(Filters(("War",)), "title"))
    parts = (
        engine._recommender,
        engine._recommender._filters,
        engine._recommender._catalogue,
        engine._popularity,
        engine._similarity._nearness,
        engine._similarity._kept,
        engine._recommender._kept,
        engine._movies,
        engine._search,
        engine._histories,
    )
    gone = [weakref.ref(part) for part in parts]
    gc.disable()
    try:
        del engine, parts
        assert [reference() for reference in gone] == [None] * len(gone)
    finally:
        gc.enable()


def test_an_engine_keeps_no_reference_to_the_features_as_objects(bundle, tmp_path):
    loaded = load_bundle(bundle.path)
    kept = Engine(loaded)
    features = weakref.ref(loaded)
    del loaded
    assert features() is None
    assert kept.movie(1).title == "Matrix, The"


def test_answers_do_not_depend_on_who_asks_beside(engine):
    questions = [
        RecommendQuestion(user, k=k, filters=filters)
        for user in (*USER_IDS, None)
        for k in (1, 7)
        for filters in (Filters(), Filters(("Drama",)))
    ]
    alone = [engine.recommend(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            assert list(pool.map(engine.recommend, questions)) == alone
