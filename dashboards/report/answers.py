"""How fast answers came, whom they were made for, and what they showed."""

from collections.abc import Sequence
from datetime import datetime, time

from dashboards.figures import fallback as fallback_figures
from dashboards.figures import latency as latency_figures
from dashboards.figures import over_time
from dashboards.figures.theme import styles_of
from dashboards.kpis import KPIS
from dashboards.period import Period
from dashboards.published import Row
from dashboards.report.document import Cell, Exhibit, Section, Table, pivoted
from dashboards.wording import count, decimal, fraction, share

_PERCENTILES = {
    "latency_p50_ms": "median",
    "latency_p95_ms": "p95",
    "latency_p99_ms": "p99",
}


def latency(kpis: Sequence[Row], histogram: Sequence[Row], period: Period) -> Section:
    """Percentiles and distribution by endpoint.

    Parameters
    ----------
    kpis, histogram : sequence of row
        Of the queries ``kpis`` and ``latency_histogram``.
    period : Period
    """
    rows = [
        row
        for row in kpis
        if row["kpi"] in _PERCENTILES and row["model_version"] == "all" and row["endpoint"] != "all"
    ]
    if not rows:
        return Section("latency", "Latency", text="No request was answered.")
    endpoints = list(styles_of(row["endpoint"] for row in rows))
    percentiles = pivoted(
        "endpoint",
        endpoints,
        list(_PERCENTILES.values()),
        {
            (row["endpoint"], _PERCENTILES[row["kpi"]]): Cell(
                KPIS[row["kpi"]].written(row["value"]), row["status"]
            )
            for row in rows
        },
    )
    lowest_first = sorted(histogram, key=lambda row: float(row["bucket_low_ms"]))
    distribution = pivoted(
        "milliseconds",
        list(dict.fromkeys(latency_figures.bucket(row) for row in lowest_first)),
        endpoints,
        {
            (latency_figures.bucket(row), row["endpoint"]): count(row["requests"])
            for row in histogram
        },
    )
    exhibits = (
        Exhibit(
            "Percentiles by endpoint" + ("" if period.is_day else ", each of its highest day"),
            percentiles,
            latency_figures.percentiles(rows, _PERCENTILES),
        ),
        Exhibit(
            "Distribution by endpoint",
            distribution,
            latency_figures.distribution(histogram),
            "Bars are shares of the endpoint's answers, the table counts them.",
        ),
    )
    return Section("latency", "Latency", exhibits)


def fallbacks(reasons: Sequence[Row]) -> Section:
    """Why answers were not made for the person (query ``fallback_reasons``)."""
    if not reasons:
        text = "Every answer due to a person was made for that person."
        return Section("fallbacks", "Fallbacks", text=text)
    table = Table.of(
        ["reason", "answers", "share"],
        [[row["reason"], count(row["requests"]), share(row["share"])] for row in reasons],
    )
    title = f"Reasons, of {count(reasons[0]['personal_requests'])} answers due to a person"
    exhibit = Exhibit(title, table, fallback_figures.reasons(reasons))
    return Section("fallbacks", "Fallbacks", (exhibit,))


def coverage(rows: Sequence[Row]) -> Section:
    """How recommendations spread over the catalogue (query ``coverage_by_day``)."""
    if not rows:
        return Section("coverage", "Coverage and popularity", text="Nothing was recommended.")
    shown = [
        {**row, "starts_at": datetime.combine(row["day"], time())}
        for row in rows
        if row["model_version"] != "all"
    ]
    table = Table.of(
        ["day", "model version", "movies", "catalogue", "Gini", "mean popularity"],
        [
            [
                f"{row['day']}",
                row["model_version"],
                count(row["movies_recommended"]),
                share(row["coverage"]),
                fraction(row["gini"]),
                decimal(row["mean_popularity"]),
            ]
            for row in shown
        ],
        words=(1,),
    )
    exhibits = (
        Exhibit(
            "Share of the catalogue that was shown",
            table,
            over_time.lines(shown, "model_version", "coverage", "share of the catalogue", ".0%"),
            "Mean popularity: likes that a shown movie has in the training data, on average.",
        ),
        Exhibit(
            "Concentration of what was shown",
            None,
            over_time.lines(shown, "model_version", "gini", "Gini coefficient", ".2f"),
            "0: every movie of the catalogue is shown as often; 1: a single one is shown.",
        ),
    )
    return Section("coverage", "Coverage and popularity", exhibits)
