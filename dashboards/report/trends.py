"""What happened when: by the hour within a day, by the day within a range."""

from collections.abc import Sequence
from datetime import datetime

from dashboards.figures import over_time
from dashboards.figures.theme import styles_of
from dashboards.kpis import KPIS
from dashboards.period import Period
from dashboards.published import Row
from dashboards.report.document import Cell, Exhibit, Section, Table, pivoted

_SHARES = ("fallback_rate", "error_rate", "new_user_share", "unknown_movie_share")


def trends(rows: Sequence[Row], period: Period) -> Section:
    """Traffic, slow answers and shares over time.

    Parameters
    ----------
    rows : sequence of row
        Of the query ``kpis_by_hour`` or ``kpis_by_day``.
    period : Period
    """
    step, pattern = ("hour", "%H:%M") if period.is_day else ("day", "%Y-%m-%d")
    requests = [_labelled(row) for row in _of(rows, "requests") if row["endpoint"] != "all"]
    slow = [_labelled(row) for row in _of(rows, "latency_p95_ms") if row["endpoint"] != "all"]
    shares = [
        _labelled(row) for kpi in _SHARES for row in _of(rows, kpi) if row["endpoint"] == "all"
    ]
    limits = {row["endpoint"]: row["threshold_breach"] for row in slow if row["threshold_breach"]}
    exhibits = (
        Exhibit(
            f"Requests by {step}",
            _table(requests, "endpoint", step, pattern),
            over_time.stacked(requests, "endpoint", "value", f"requests by {step}"),
        ),
        Exhibit(
            f"95th percentile of latency by {step}",
            _table(slow, "endpoint", step, pattern),
            over_time.lines(slow, "endpoint", "value", "milliseconds", limits=limits),
        ),
        Exhibit(
            f"Shares by {step}",
            _table(shares, "label", step, pattern),
            over_time.lines(shares, "label", "value", "share", ".0%"),
            "Fallbacks are a share of the answers due to a person, new users of the requests that "
            "name one, the others of all requests.",
        ),
    )
    return Section(
        "trends",
        f"By {step}",
        tuple(exhibit for exhibit in exhibits if exhibit.table and exhibit.table.rows),
        "Times are UTC." if period.is_day else "",
    )


def _of(rows: Sequence[Row], kpi: str) -> list[Row]:
    return [row for row in rows if row["kpi"] == kpi]


def _labelled(row: Row) -> Row:
    return {**row, "label": KPIS[row["kpi"]].label}


def _table(rows: Sequence[Row], across: str, step: str, pattern: str) -> Table:
    def name(time: datetime) -> str:
        return f"{time:{pattern}}"

    return pivoted(
        step,
        [name(time) for time in sorted({row["starts_at"] for row in rows})],
        list(styles_of(row[across] for row in rows)),
        {
            (name(row["starts_at"]), row[across]): Cell(
                KPIS[row["kpi"]].written(row["value"]), row["status"]
            )
            for row in rows
        },
        words=(),
    )
