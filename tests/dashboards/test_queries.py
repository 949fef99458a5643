"""What the thin queries add to the reports: periods of several days."""

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from dashboards.published import Published, sql_of
from tests.dashboards.sample import FIRST, NEW, SECOND, kpi, p95
from warehouse.errors import BuildError
from warehouse.settings import PROJECT_ROOT

QUERIES = sorted(path.stem for path in (PROJECT_ROOT / "dashboards" / "queries").glob("*.sql"))


def _kpis(publish, rows, first=FIRST, last=SECOND):
    with Published(publish({"reports.rpt_kpi_daily": rows})) as published:
        return {
            (row["kpi"], row["endpoint"]): row
            for row in published.select("kpis", first=first, last=last)
        }


@pytest.mark.parametrize("query", QUERIES)
def test_queries_run_on_the_contracts(publish, query):
    given = {"first": FIRST, "last": SECOND, "most": 3}
    named = {name: given[name] for name in re.findall(r"\$(\w+)", sql_of(query))}

    with Published(publish({})) as published:
        rows = published.select(query, **named)

    assert len(rows) <= 1


def test_the_exposure_names_what_is_read():
    exposures = yaml.safe_load(
        (PROJECT_ROOT / "dbt_project" / "models" / "_exposures.yml").read_text()
    )["exposures"]
    (operations,) = (each for each in exposures if each["name"] == "operations")
    read = {
        name
        for query in QUERIES
        for name in re.findall(r"\b(?:marts|reports)\.(\w+)", sql_of(query))
    }

    assert read <= {re.search(r"'(\w+)'", ref)[1] for ref in operations["depends_on"]}


def test_counts_are_summed_and_shares_weighed(publish):
    found = _kpis(
        publish,
        [
            kpi(FIRST, "requests", 300, n=300),
            kpi(SECOND, "requests", 100, n=100),
            kpi(FIRST, "error_rate", 0.0, n=300),
            kpi(SECOND, "error_rate", 0.4, n=100),
        ],
    )

    assert found["requests", "all"]["value"] == 400
    assert found["error_rate", "all"]["value"] == pytest.approx(0.1)


def test_days_without_traffic_count_in_the_mean_of_a_minute(publish):
    rows = [kpi(SECOND, "requests_per_minute_mean", 6.0)]

    found = _kpis(publish, rows, date(2026, 11, 18), SECOND)

    assert found["requests_per_minute_mean", "all"]["value"] == pytest.approx(2.0)


def test_percentiles_are_of_the_highest_day_and_the_worst_day_decides(publish):
    found = _kpis(publish, [p95(FIRST, 120, "breach"), p95(SECOND, 90, "warning")])

    row = found["latency_p95_ms", "/recommend"]
    assert (row["value"], row["status"]) == (120, "breach")
    assert (row["days"], row["days_in_breach"], row["days_in_warning"]) == (2, 1, 1)


def test_a_day_is_told_as_it_is(publish):
    found = _kpis(publish, [kpi(FIRST, "catalogue_coverage", 0.25)], FIRST, FIRST)

    row = found["catalogue_coverage", "all"]
    assert (row["value"], row["status"], row["days"]) == (0.25, None, 1)


def test_fallbacks_are_a_share_of_all_days(publish):
    rows = {
        "reports.rpt_kpi_daily": [
            kpi(FIRST, "fallback_rate", 0.1, n=100),
            kpi(SECOND, "fallback_rate", 0.0, n=300),
        ],
        "reports.rpt_fallback": [
            {"day": FIRST, "model_version": version, "reason": "no_user", "requests": 10}
            | {"share": 0.1}
            for version in ("all", NEW)
        ],
    }

    with Published(publish(rows)) as published:
        (reason,) = published.select("fallback_reasons", first=FIRST, last=SECOND)

    assert reason["requests"] == 10
    assert reason["share"] == pytest.approx(10 / 400)


def test_rejects_without_a_time_are_told_every_day(publish):
    rows = {"marts.fct_request_rejects": [{"request_id": "a", "reason": "timestamp: none"}]}

    with Published(publish(rows)) as published:
        (reject,) = published.select("rejects", first=FIRST, last=FIRST)

    assert (reject["reason"], reject["requests"]) == ("timestamp: none", 1)


def test_an_older_warehouse_is_named_as_the_cause(publish):
    home = publish({"reports.rpt_coverage": []})
    _without(home.pointer.resolve(), "reports.rpt_coverage")

    with (
        Published(home) as published,
        pytest.raises(BuildError, match=r"rpt_coverage.*\n.*make pipeline"),
    ):
        published.select("coverage_by_day", first=FIRST, last=SECOND)


def _without(path: Path, table: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"drop table {table}")
