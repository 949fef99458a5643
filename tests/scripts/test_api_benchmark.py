"""What the API is measured with: requests that it answers, peers that answer the same."""

import asyncio
import importlib

import orjson
import pytest

from scripts.api_benchmark.floor import create_floor
from scripts.api_benchmark.questions import write_questions
from tests.webapp.recommender.small_bundle import make_contents
from warehouse.bundle.pointer import set_current
from warehouse.bundle.reader import Bundle, load_bundle
from warehouse.bundle.writer import write_bundle
from warehouse.home import Home
from warehouse.settings import Settings
from warehouse.store.migrate import upgrade


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("served"))
    contents = make_contents("small-1", 0)
    write_bundle(home, contents)
    set_current(home, contents.model_version)
    upgrade(f"sqlite:///{home.store_file}")
    return home


@pytest.fixture(scope="module")
def bundle(home: Home) -> Bundle:
    return load_bundle(home.bundles / "small-1")


@pytest.fixture(scope="module")
def lines(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[str]]]:
    files = write_questions(bundle, tmp_path_factory.mktemp("questions"))
    return {
        name: [line.split("\t") for line in path.read_text().splitlines()]
        for name, path in files.items()
    }


def test_every_kind_of_request_is_answered(home: Home, lines: dict[str, list[list[str]]]) -> None:
    settings = Settings.from_environment(
        {"MARQUEE_HOME": str(home.root), "MARQUEE_RELOAD_SECONDS": "0"}
    )
    client = create_floor(settings).test_client()

    for name, requests in lines.items():
        for method, path, *body in requests[:60]:
            content = {"data": body[0], "content_type": "application/json"} if body else {}
            answer = client.open(path, method=method, **content)
            assert answer.status_code == 200, (name, path, body, answer.text)


def test_half_of_the_lists_are_filtered_and_the_tail_is_long(
    lines: dict[str, list[list[str]]], bundle: Bundle
) -> None:
    asked = [orjson.loads(body) for _, _, body in lines["recommend"]]

    filtered = sum("filters" in question for question in asked) / len(asked)
    users = [question["user_id"] for question in asked]
    commonest = max(users.count(user) for user in set(users))

    assert filtered == pytest.approx(0.5, abs=0.02)
    assert set(users) <= set(bundle.user_ids.tolist())
    assert commonest > 1.15 * len(users) / len(set(users))


@pytest.mark.parametrize("peer", ["textbook", "tuned"])
def test_a_peer_gives_the_answer_that_the_api_gives(
    peer: str, home: Home, lines: dict[str, list[list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARQUEE_HOME", str(home.root))
    module = importlib.import_module(f"scripts.api_benchmark.fastapi_{peer}")
    settings = Settings.from_environment(
        {"MARQUEE_HOME": str(home.root), "MARQUEE_RELOAD_SECONDS": "0"}
    )
    ours = create_floor(settings).test_client()

    for _, path, body in lines["recommend"][:40]:
        question = orjson.loads(body) | {"k": 3}
        expected = ours.post(path, json=question).json["recommendations"]
        if peer == "textbook":
            found = module.recommend(module.Question(**question)).model_dump()
        else:
            found = orjson.loads(asyncio.run(module.recommend(module.Asked(**question))).body)
        movies = found["recommendations"]
        assert [movie["movie_id"] for movie in movies] == [movie["movie_id"] for movie in expected]
        assert [movie["score"] for movie in movies] == pytest.approx(
            [movie["score"] for movie in expected], rel=1e-4, abs=1e-4
        )
