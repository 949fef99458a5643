"""The walk over real HTTP, its log, what it hands in, and when it refuses to go."""

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from scripts.simulate import main
from scripts.simulation.api import Api
from scripts.simulation.behaviour import Question
from scripts.simulation.standing import Standing, alone
from scripts.simulation.state import State
from scripts.simulation.visits import HeldOut
from scripts.simulation.walk import questions_of_slice
from tests.scripts.simulation.conftest import AS_OF, DATASET, FUTURE, GENRES, SEEN
from tests.webapp.server_process import server
from warehouse.bundle.pointer import set_current
from warehouse.errors import LockedError, MarqueeError
from warehouse.home import Home
from warehouse.known import simulated_as_of
from warehouse.lock import exclusive

DAYS = 3
Simulate = Callable[..., Result]


@pytest.fixture
def simulate(home: Home, settings_of) -> Simulate:
    def run(*arguments: str, days: int = DAYS, **settings: str) -> Result:
        environment = {**settings_of(home), "MARQUEE_API_WORKERS": "1", **settings}
        return CliRunner().invoke(main, ["--days", str(days), *arguments], env=environment)

    return run


def logged(home: Home) -> list[tuple]:
    with sqlite3.connect(home.store_file) as store:
        return store.execute(
            "select timestamp, user_id, endpoint, status, is_simulated, model_version"
            " from request_logs order by timestamp, rowid"
        ).fetchall()


def expected(held_out: HeldOut, first: int, last: int) -> list[tuple[str, str]]:
    begins_at, ends_at = AS_OF + timedelta(days=first), AS_OF + timedelta(days=last)
    return [
        (
            datetime.fromtimestamp(question.at, UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
            question.path.partition("?")[0],
        )
        for question in questions_of_slice(held_out, begins_at, ends_at, GENRES, seed=1)
    ]


def test_walks_follow_one_another_and_everything_is_logged_at_its_time(
    home: Home, simulate: Simulate, held_out: HeldOut
) -> None:
    first = simulate()
    assert first.exit_code == 0, first.stderr
    rows = logged(home)
    assert [(at, endpoint) for at, _, endpoint, *_ in rows] == expected(held_out, 0, DAYS)
    assert {(is_simulated, version) for *_, is_simulated, version in rows} == {(1, SEEN)}
    assert {status for _, _, _, status, *_ in rows} <= {200, 404}
    state = State.read(home, DATASET)
    assert state is not None
    assert (state.slice, state.begins_at) == (1, AS_OF + timedelta(days=DAYS))
    assert simulated_as_of(home, DATASET) == AS_OF

    second = simulate()
    assert second.exit_code == 0, second.stderr
    assert [(at, endpoint) for at, _, endpoint, *_ in logged(home)] == expected(
        held_out, 0, DAYS
    ) + expected(held_out, DAYS, 2 * DAYS)
    files = sorted(home.incoming(DATASET).iterdir())
    assert [file.name for file in files] == [
        "simulation-0001-20211104-20211107.parquet",
        "simulation-0002-20211107-20211110.parquet",
    ]
    handed_in = [pq.read_table(file) for file in files]
    for number, ratings in enumerate(handed_in):
        begins_at = AS_OF + timedelta(days=number * DAYS)
        assert ratings.equals(held_out.ratings(begins_at, begins_at + timedelta(days=DAYS)))


def test_no_request_comes_after_a_rating_that_it_could_have_been_told(
    home: Home, simulate: Simulate
) -> None:
    """Every visitor of the file asks before the first of their ratings in it."""
    assert simulate().exit_code == 0
    [file] = home.incoming(DATASET).iterdir()
    first_rated = dict(
        duckdb.execute(
            "select user_id, min(rated_at) from read_parquet(?) group by 1", [str(file)]
        ).fetchall()
    )
    first_asked: dict[int, datetime] = {}
    for at, user, *_ in logged(home):
        if user is not None:
            first_asked.setdefault(user, datetime.fromisoformat(at))
    assert first_asked.keys() == first_rated.keys()
    early = [user for user, at in first_asked.items() if at >= first_rated[user] > AS_OF]
    assert early == []


def test_an_api_that_runs_already_is_asked(
    home: Home, simulate: Simulate, tmp_path, held_out: HeldOut
) -> None:
    with server(home, tmp_path, API_WORKERS="1", SIMULATED_TIME="true") as running:
        done = simulate("--url", running.url + "/")
        assert done.exit_code == 0, done.stderr
        running.stop()
    assert len(logged(home)) == len(expected(held_out, 0, DAYS))


def test_an_api_that_allows_no_simulated_time_is_told_of(
    home: Home, simulate: Simulate, tmp_path
) -> None:
    with server(home, tmp_path, API_WORKERS="1") as running:
        done = simulate("--url", running.url)
    assert done.exit_code == 1
    assert "MARQUEE_SIMULATED_TIME=true" in done.stderr
    assert "Traceback" not in done.stderr
    assert State.read(home, DATASET) == State.begin(DATASET, AS_OF, 1)
    assert not home.incoming(DATASET).exists()


def test_a_bundle_that_has_seen_the_future_is_refused(home: Home, tmp_path) -> None:
    set_current(home, FUTURE)
    with server(home, tmp_path, API_WORKERS="1", SIMULATED_TIME="true") as running:
        moment = AS_OF.replace(tzinfo=UTC).timestamp()
        with pytest.raises(MarqueeError, match=f"{FUTURE}, which has seen"):
            Api(running.url).require_past(moment)
        set_current(home, SEEN)
        assert Api(running.url, patience=60).require_past(moment) == SEEN


def test_the_command_line_refuses_a_bundle_that_has_seen_the_future(
    home: Home, simulate: Simulate
) -> None:
    set_current(home, FUTURE)
    done = simulate()
    assert done.exit_code == 1
    assert "has seen the ratings before 2022-01-01" in " ".join(done.stderr.split())
    assert logged(home) == []
    assert not home.incoming(DATASET).exists()


def test_where_nothing_is_left_it_says_so(home: Home, simulate: Simulate) -> None:
    state = State.begin(DATASET, AS_OF, 1).handed_in(datetime(2022, 1, 1))
    state.write(home)
    done = simulate()
    assert done.exit_code == 1
    assert "nothing is left to simulate" in done.stderr


def test_a_beginning_with_nothing_left_changes_nothing(home: Home, simulate: Simulate) -> None:
    before = State.read(home, DATASET)
    done = simulate("--as-of", "2030-01-01")
    assert done.exit_code == 1
    assert "nothing is left to simulate" in done.stderr
    assert State.read(home, DATASET) == before
    assert not home.stamps.exists()


def test_two_walks_at_once_are_refused(home: Home, simulate: Simulate) -> None:
    with alone(home):
        done = simulate()
    assert done.exit_code == LockedError.exit_code
    assert "another simulation is at work" in done.stderr


@pytest.mark.parametrize("asked", [0, 5])
def test_a_simulation_that_is_ended_meanwhile_stays_ended(
    home: Home, simulate: Simulate, monkeypatch: pytest.MonkeyPatch, asked: int
) -> None:
    ask, questions = Api.ask, iter(range(1000))

    def ask_and_end(self: Api, question: Question) -> None:
        ask(self, question)
        if next(questions) == asked:
            with exclusive(home):
                home.simulation.unlink()

    monkeypatch.setattr(Api, "ask", ask_and_end)
    done = simulate()
    assert done.exit_code == 1
    assert "was ended while this walk went on" in done.stderr
    assert not home.simulation.exists()
    assert not home.incoming(DATASET).exists()


def test_a_walk_goes_on_beside_a_pipeline_and_waits_for_its_end(
    home: Home, held_out: HeldOut
) -> None:
    standing = Standing(home, State.begin(DATASET, AS_OF, 1))
    later = standing.state.handed_in(AS_OF + timedelta(days=1))
    with exclusive(home):
        standing.write_if_free(later)
        with pytest.raises(LockedError), standing.held(patience=0.3):
            pass
    assert State.read(home, DATASET) == standing.state != later
    with standing.held(patience=0):
        standing.write(later)
    assert State.read(home, DATASET) == later


def test_an_unreachable_api_is_an_error_without_a_traceback(simulate: Simulate) -> None:
    done = simulate("--url", "http://127.0.0.1:9")
    assert done.exit_code == 1
    assert "expected Marquee's API" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("as_of", ["yesterday", "1.5"])
def test_a_bad_instant_is_a_usage_error(simulate: Simulate, as_of: str) -> None:
    done = simulate("--as-of", as_of)
    assert done.exit_code == 2
    assert "expected an ISO time" in done.stderr


def test_a_walk_that_was_cut_short_goes_on_where_it_stood(
    home: Home, simulate: Simulate, held_out: HeldOut
) -> None:
    asked = questions_of_slice(held_out, AS_OF, AS_OF + timedelta(days=DAYS), GENRES, seed=1)
    stood = datetime.fromtimestamp(asked[4].at, UTC).replace(tzinfo=None)
    end = AS_OF + timedelta(days=DAYS)
    State.begin(DATASET, AS_OF, 1).asked_until(stood, end).write(home)

    # Fewer days than were begun: they are those of the next walk.
    done = simulate(days=1)
    assert done.exit_code == 0, done.stderr
    assert State.read(home, DATASET) == State.begin(DATASET, AS_OF, 1).handed_in(end)

    rest = [(at, endpoint) for at, _, endpoint, *_ in logged(home)]
    assert rest == expected(held_out, 0, DAYS)[5:]
    [file] = home.incoming(DATASET).iterdir()
    assert pq.read_table(file).equals(held_out.ratings(AS_OF, AS_OF + timedelta(days=DAYS)))


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"dataset": "synthetic-20k"}'])
def test_a_damaged_state_is_an_error_that_says_what_to_do(home: Home, content: str) -> None:
    home.simulation.write_text(content)
    with pytest.raises(MarqueeError, match="not the state of a simulation"):
        State.read(home, DATASET)


def test_the_state_of_another_edition_is_none_of_this_one(home: Home) -> None:
    assert State.read(home, "ml-100k") is None
    assert json.loads(home.simulation.read_text())["next_slice"]["number"] == 1
