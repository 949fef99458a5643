"""What ``make simulate`` does to a home in which ``make up`` has run."""

import json
import sqlite3
from datetime import datetime

from warehouse.bundle import current_version, load_bundle
from warehouse.connection import open_published
from warehouse.home import Home

AS_OF = datetime(1998, 3, 7, 2, 21, 9)


def test_a_bundle_of_the_time_serves_by_a_recorded_decision(simulated: Home) -> None:
    version = current_version(simulated)
    assert version is not None
    bundle = load_bundle(simulated.bundles / version)
    assert datetime.fromisoformat(bundle.manifest["cutoff"]).replace(tzinfo=None) <= AS_OF
    with open_published(simulated) as connection:
        reason, promoted = connection.sql(
            "select reason, promoted from marts.fct_promotion_decisions"
            " order by decided_at desc limit 1"
        ).fetchall()[0]
    assert promoted
    assert reason.startswith(f"in a simulation as of {AS_OF.isoformat()}")


def test_every_logged_request_is_in_the_published_warehouse(simulated: Home) -> None:
    with sqlite3.connect(simulated.store_file) as store:
        logged = store.execute("select request_id from request_logs").fetchall()
        outside = store.execute(
            "select count(*) from request_logs where not is_simulated or timestamp < ?"
            " or timestamp >= '1998-03-14 02:21:09'",
            [str(AS_OF)],
        ).fetchone()
    with open_published(simulated) as connection:
        loaded = connection.sql("select request_id from marts.fct_requests").fetchall()
    assert outside == (0,)
    assert len(logged) > 50
    assert sorted(map(str, (row[0] for row in loaded))) == sorted(row[0] for row in logged)


def test_newcomers_and_known_people_came_on_every_day(simulated: Home) -> None:
    with sqlite3.connect(simulated.store_file) as store:
        days = store.execute(
            "select date(timestamp), count(distinct user_id), sum(is_fallback),"
            " sum(not is_fallback) from request_logs where user_id is not null group by 1"
        ).fetchall()
    assert len(days) >= 7
    assert all(people > 1 for _, people, _, _ in days[:7])
    assert sum(fallbacks for *_, fallbacks, _ in days) > 0
    assert sum(personal for *_, personal in days) > 0


def test_what_was_drawn_has_a_propensity_at_every_place(simulated: Home) -> None:
    with sqlite3.connect(simulated.store_file) as store:
        rows = store.execute(
            "select endpoint, recommendations, propensities, greedy from request_logs"
            " where status = 200"
        ).fetchall()
    for endpoint, *lists in rows:
        shown, propensities, greedy = (None if one is None else json.loads(one) for one in lists)
        if endpoint == "/recommend":
            assert len(shown) == len(propensities) == len(greedy)
            assert all(0 < propensity <= 1 for propensity in propensities)
        else:
            assert (propensities, greedy) == (None, None)


def test_the_later_ratings_are_handed_in(simulated: Home) -> None:
    state = json.loads(simulated.simulation.read_text())
    [file] = simulated.incoming("ml-100k").iterdir()
    assert (state["slice"], state["as_of"]) == (1, AS_OF.isoformat())
    assert state["simulated_until"] == state["next_slice"]["begins_at"] == "1998-03-14T02:21:09"
    assert file.name == "simulation-0001-19980307-19980314.parquet"
