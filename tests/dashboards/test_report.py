"""The contents of a report, on hand-made warehouses."""

from datetime import date, datetime

import pytest

from dashboards.kpis import KPIS
from dashboards.period import Period
from dashboards.published import Published
from dashboards.report.contents import report_of
from tests.dashboards.sample import FIRST, NEW, OLD, SECOND, kpi, replay, request
from warehouse.settings import PROJECT_ROOT

NOW = datetime(2026, 11, 21, 6, 30)
DAY = Period(SECOND, SECOND)
BOTH = Period(FIRST, SECOND)


def _report(home, period):
    with Published(home) as published:
        return report_of(published, period, NOW)


def _section(report, key):
    (found,) = (section for section in report.sections if section.key == key)
    return found


def _texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_a_day_names_what_is_in_breach_and_how_it_changed(full_home):
    report = _report(full_home, DAY)

    assert report.status == "breach"
    assert report.verdict == (
        "1 figure in breach: Latency, p95 of /recommend 120 ms (breach from 100 ms)."
    )
    tiles = {tile.label: tile for tile in report.tiles}
    assert tiles["Requests"].value == "600"
    assert tiles["Requests"].change == "▲ 50.0 % (was 400)"
    assert tiles["p95 of /recommend"].status == "breach"
    assert tiles["p95 of /recommend"].change == "▲ 200.0 % (was 40 ms)"
    assert tiles["Fallbacks"].change == "as before (5.0 %)"
    assert "1 request of 2 simulated" in report.facts


def test_a_range_tells_on_how_many_days(full_home):
    report = _report(full_home, BOTH)

    assert report.verdict.endswith("Latency, p95 of /recommend 120 ms (on 1 of 2 days).")
    tiles = {tile.label: tile for tile in report.tiles}
    assert tiles["Requests"].value == "1,000"
    assert tiles["Requests"].change == ""
    assert tiles["p95 of /recommend, highest day"].days == "on 1 of 2 days"
    assert "nothing was logged from 2026-11-17 to 2026-11-18" in report.facts


def test_what_one_endpoint_makes_of_the_whole_is_told_once(publish):
    limits = {"status": "breach", "threshold_breach": 0.1}
    endpoints = ("all", "/recommend", "/other")
    rows = [
        kpi(SECOND, "fallback_rate", value, endpoint=endpoint, **limits)
        for endpoint, value in zip(endpoints, (0.3, 0.3, 0.4), strict=True)
    ]
    home = publish(
        {
            "marts.fct_requests": [request(datetime(2026, 11, 20, 9))],
            "reports.rpt_kpi_daily": rows,
        }
    )

    verdict = _report(home, DAY).verdict

    assert verdict.startswith("2 figures in breach")
    assert "of /recommend" not in verdict


def test_a_day_goes_by_hour_and_a_range_by_day(full_home):
    hours = _section(_report(full_home, DAY), "trends")
    days = _section(_report(full_home, BOTH), "trends")

    assert [row[0] for row in _texts(hours.exhibits[0].table)] == ["08:00", "12:00", "20:00"]
    assert [row[0] for row in _texts(days.exhibits[0].table)] == ["2026-11-19", "2026-11-20"]


def test_every_chart_has_its_numbers(full_home):
    for section in _report(full_home, BOTH).sections:
        for place, exhibit in enumerate(section.exhibits):
            assert exhibit.table or section.exhibits[place - 1].table, exhibit.title


def test_replay_tells_each_version_and_their_difference(full_home):
    section = _section(_report(full_home, DAY), "replay")

    by_version, difference, sensitivity, by_endpoint = (each.table for each in section.exhibits)
    assert [OLD, "NDCG@10", "0.100", "0.080 to 0.120", "120", "40", "30"] in _texts(by_version)
    assert _texts(difference)[0][1:] == ["NDCG@10", "+0.040", "+0.010 to +0.070", "0.97"]
    assert [row[1] for row in _texts(sensitivity)] == ["1 day", "7 days", "30 days"] * 2
    assert [NEW, "/recommend", "fallback"] in [row[:3] for row in _texts(by_endpoint)]


def test_replay_says_why_it_cannot_tell_yet(publish):
    rows = [replay(OLD, None, window_days=days, n_censored=days * 10) for days in (1, 7)]
    home = publish({"reports.rpt_replay_by_model": rows})

    section = _section(_report(home, DAY), "replay")

    assert "for 10 requests not even the window of 1 day is over" in section.text
    assert section.text.endswith("become known with make retrain.")


def test_off_policy_estimates_are_told_with_their_sample(full_home):
    (exhibit,) = _section(_report(full_home, DAY), "off-policy").exhibits

    assert [NEW, "as served", "0.0500", "0.004", "80", "120"] in _texts(exhibit.table)


def test_unknown_movies_rejects_and_decisions_are_listed(full_home):
    report = _report(full_home, DAY)

    movies = _texts(_section(report, "unknown").exhibits[0].table)
    assert [row[:3] for row in movies] == [
        ["7", "Known by Name", "3"],
        ["8", "not in the catalogue", "1"],
    ]
    assert _section(report, "rejects").text == "1 row set aside, in no figure above."
    (decision,) = _texts(_section(report, "decisions").exhibits[0].table)
    assert decision[:3] == [f"{NEW} (ml-100k)", "promoted", "better by 8 %"]


def test_what_lies_before_a_day_is_its_context(full_home):
    (drift,) = _section(_report(full_home, DAY), "drift").exhibits

    assert [row[0] for row in _texts(drift.table)] == ["2026-11-19", "2026-11-20"]
    assert drift.table.headings[:3] == ("day", "asked for", "shown")
    assert [row[1:3] for row in _texts(drift.table)] == [["400", "6,000"]] * 2
    assert {cell.status for cell in drift.table.rows[1][3:]} == {"breach"}


def test_an_empty_day_says_which_days_there_are(full_home):
    report = _report(full_home, Period(date(2026, 11, 1), date(2026, 11, 1)))

    assert report.verdict == (
        "No request was logged in this period. There are 3 requests from 2026-11-19 to 2026-11-20."
    )
    assert (report.tiles, report.status) == ((), None)
    assert _section(report, "decisions").exhibits


def test_an_empty_warehouse_says_what_to_do(publish):
    report = _report(publish({}), DAY)

    assert report.verdict.startswith("No request has been logged yet")
    assert all(section.text and not section.exhibits for section in report.sections)


def test_a_day_of_requests_that_nobody_could_answer_is_told(publish):
    home = publish(
        {
            "marts.fct_requests": [request(datetime(2026, 11, 20, 9))],
            "reports.rpt_kpi_daily": [
                kpi(SECOND, "requests", 1),
                kpi(SECOND, "error_rate", 1.0, status="breach", threshold_breach=0.05),
            ],
        }
    )

    report = _report(home, DAY)

    assert report.verdict == "1 figure in breach: Errors (4xx and 5xx) 100.0 % (breach from 5.0 %)."
    assert _section(report, "latency").text == "No request was answered."
    assert _section(report, "coverage").text == "Nothing was recommended."


@pytest.mark.parametrize(
    ("kpi", "value", "before", "told"),
    [
        ("requests", 50, 100, "▼ 50.0 % (was 100)"),
        ("requests", 5, 0, "▲ 5 (was 0)"),
        ("fallback_rate", 0.081, 0.05, "▲ 3.1 points (was 5.0 %)"),
        ("latency_p95_ms", 12.0, 12.0, "as before (12 ms)"),
    ],
)
def test_changes_are_told_in_the_unit_of_the_figure(kpi, value, before, told):
    assert KPIS[kpi].change(value, before) == told


def test_every_kpi_of_the_contract_has_a_name():
    reports = PROJECT_ROOT / "dbt_project" / "models" / "reports" / "logs"
    contract = (reports / "_logs__reports.yml").read_text()
    names = contract.partition("kpi:\n")[2].partition("status:")[0]
    assert set(KPIS) == {line.strip("- ").strip() for line in names.splitlines() if line.strip()}


def test_a_period_ends_no_earlier_than_it_begins():
    with pytest.raises(ValueError, match="2026-11-20 to 2026-11-19"):
        Period(SECOND, FIRST)


def test_the_previous_period_is_as_long():
    assert BOTH.previous == Period(date(2026, 11, 17), date(2026, 11, 18))
    assert (DAY.name, BOTH.name) == ("2026-11-20", "2026-11-19_to_2026-11-20")
