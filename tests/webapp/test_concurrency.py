"""Many requests at once: each gets its own answer, under its own id, with its own row."""

import random
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.webapp.conftest import FIRST
from tests.webapp.server_process import server, until
from warehouse.bundle.reader import load_bundle
from warehouse.store.engine import open_engine
from warehouse.store.reading import recent
from webapp.recommender.engine import Engine
from webapp.recommender.questions import Filters, RecommendQuestion, SimilarQuestion

REQUESTS = 600


def test_no_answer_reaches_another_request(home, tmp_path):
    engine = Engine(load_bundle(home.bundles / FIRST))
    draw = random.Random(5)
    asked = [_asked(draw) for _ in range(REQUESTS)]
    with server(home, tmp_path, API_WORKERS="2") as running:
        session = requests.Session()
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=16))

        def ask(one):
            path, body, _ = one
            return session.post(running.url + path, json=body, timeout=20)

        with ThreadPoolExecutor(16) as threads:
            responses = list(threads.map(ask, asked))
        store = open_engine(f"sqlite:///{home.store_file}")
        until(lambda: len(recent(store, 10 * REQUESTS)) == REQUESTS)
        rows = {row.request_id: row for row in recent(store, 10 * REQUESTS)}
        store.dispose()
    for (path, body, question), response in zip(asked, responses, strict=True):
        answer = response.json()
        is_recommend = path == "/recommend"
        found = engine.recommend(question) if is_recommend else engine.similar(question)
        movies = answer["recommendations" if is_recommend else "similar_items"]
        assert [movie["movie_id"] for movie in movies] == found.movie_ids
        assert [movie["score"] for movie in movies] == found.scores
        assert response.headers["X-Request-ID"] == answer["request_id"]
        row = rows.pop(answer["request_id"])
        assert (row.endpoint, row.user_id) == (path, body.get("user_id"))
        assert row.recommendations == found.movie_ids
    assert not rows


def _asked(draw):
    k = draw.randint(1, 8)
    if draw.random() < 0.3:
        movie = draw.choice([1, 5, 9, 17, 19, 21])
        return "/similar", {"movie_id": movie, "k": k}, SimilarQuestion((movie,), k)
    user, year = draw.choice([10, 11, 12, 14, 15, 999]), draw.choice([None, 1960, 1990])
    body = {"user_id": user, "k": k, "filters": {"year_min": year}}
    return "/recommend", body, RecommendQuestion(user, k, filters=Filters((), year))
