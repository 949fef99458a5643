"""What SQL says of a log is what plain Python says of it."""

from datetime import timedelta

import hand_made_edition as edition
import pytest
import recomputed
from served_requests import MOVIES

WINDOWS, CUTOFFS = (1, 7, 30), (5, 10, 20)


@pytest.fixture(scope="module")
def rows(served):
    return recomputed.rows_of(served / "app.db")


def test_every_kpi_is_the_one_recomputed_from_the_store(figures, rows):
    expected = recomputed.daily(rows, edition.RATINGS, MOVIES)
    found = figures.sql(
        "select day, model_version, endpoint, kpi, value from reports.rpt_kpi_daily"
    ).fetchall()
    assert {tuple(of): value for *of, value in found} == pytest.approx(expected, rel=1e-12)
    assert len(found) == len(expected)


def test_hours_are_days_cut_smaller(figures):
    sums = figures.sql(
        "select sum(value) from reports.rpt_kpi_hourly"
        " where kpi = 'requests' and model_version = 'all' and endpoint = 'all'"
    ).fetchone()
    assert sums == (400.0,)


def test_every_replay_figure_is_the_one_recomputed_from_the_store(figures, rows):
    expected = recomputed.replay(rows, edition.RATINGS, WINDOWS, CUTOFFS)
    found = figures.sql(
        "select model_version, endpoint, is_fallback, window_days, metric, k,"
        " value, n_requests, n_censored from reports.rpt_replay_by_model"
    ).fetchall()
    assert {row[:6]: row[7:] for row in found} == {of: told[1:] for of, told in expected.items()}
    values = {row[:6]: row[6] for row in found if row[6] is not None}
    assert values == pytest.approx(
        {of: told[0] for of, told in expected.items() if told[0] is not None}, rel=1e-12
    )
    assert max(values.values()) > 0


def test_the_recomputation_knows_two_versions_that_showed_the_same():
    shown = {"endpoint": "/recommend", "is_fallback": 0, "movies": [1, 2]}
    rows, ratings = [], [(9, 9, 1.0, edition.START + timedelta(days=60))]
    for user in range(200):
        for version, day in (("a", 1), ("b", 4), ("b", 4)):
            at = edition.START + timedelta(days=day)
            told = {"user_id": user, "request_id": str(len(rows)), "model_version": version}
            rows.append({**shown, **told, "at": at})
        if user < 74:
            ratings.append((user, 2, 5.0, edition.START + timedelta(days=5)))
    found = recomputed.replay(rows, ratings, [7], [5])
    for version in "ab":
        assert found[version, "all", None, 7, "hit_rate", 5] == (0.37, 200, 0)
