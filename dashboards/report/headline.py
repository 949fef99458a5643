"""The figures that come first, and the sentence above them."""

from collections.abc import Iterable, Sequence

from dashboards.figures.theme import styles_of
from dashboards.kpis import KPIS
from dashboards.period import Period
from dashboards.published import Row
from dashboards.report.document import Cell, Exhibit, Section, Table, Tile, pivoted
from dashboards.wording import counted

# KPI, endpoint and what the tile is called.
HEADLINES = (
    ("requests", "all", "Requests"),
    ("unique_users", "all", "Users"),
    ("new_user_share", "all", "New users"),
    ("fallback_rate", "all", "Fallbacks"),
    ("error_rate", "all", "Errors (4xx, 5xx)"),
    ("server_error_count", "all", "Server errors (5xx)"),
    ("latency_p95_ms", "/recommend", "p95 of /recommend"),
    ("latency_p95_ms", "/similar", "p95 of /similar"),
    ("catalogue_coverage", "all", "Catalogue shown"),
    ("popularity_gini", "all", "Concentration (Gini)"),
)
# How the figure of several days comes from theirs, where it is not the obvious way.
_OVER_DAYS = {"highest day": "highest day", "mean day": "mean of the days"}


def tiles_of(kpis: Sequence[Row], before: Sequence[Row], period: Period) -> tuple[Tile, ...]:
    """Make the headline figures.

    Parameters
    ----------
    kpis, before : sequence of row
        Of the query ``kpis``, for the period and for the one before.
    period : Period

    Returns
    -------
    tuple of Tile
        Only what was observed.
    """
    values, past = _over_all_versions(kpis), _over_all_versions(before)
    tiles = []
    for kpi, endpoint, label in HEADLINES:
        row = values.get((kpi, endpoint))
        if row is None:
            continue
        earlier = past.get((kpi, endpoint))
        combined = "" if period.is_day else _OVER_DAYS.get(row["over_days"], "")
        tiles.append(
            Tile(
                f"{label}, {combined}" if combined else label,
                KPIS[kpi].written(row["value"]),
                row["status"],
                "" if period.is_day else _bad_days(row),
                KPIS[kpi].change(row["value"], earlier["value"]) if earlier else "",
                _limit(row),
            )
        )
    return tuple(tiles)


def verdict_of(kpis: Sequence[Row], period: Period) -> tuple[str, str | None]:
    """Say in one sentence how things stand.

    Returns
    -------
    str
        The sentence.
    str or None
        The worst status; none where nothing has a threshold.
    """
    overall = _over_all_versions(kpis)
    judged = {where: row for where, row in overall.items() if row["status"]}
    wholes = {(kpi, row["value"]) for (kpi, endpoint), row in judged.items() if endpoint == "all"}
    # Where one endpoint makes the whole, its figure is told once.
    told = [
        row
        for (kpi, endpoint), row in judged.items()
        if endpoint == "all" or (kpi, row["value"]) not in wholes
    ]
    for status in ("breach", "warning"):
        found = [_named(row, period) for row in told if row["status"] == status]
        if found:
            return f"{counted(len(found), 'figure')} in {status}: {'; '.join(found)}.", status
    if not told:
        return "Nothing that was measured has a threshold.", None
    return f"All {counted(len(told), 'figure')} with a threshold are within it.", "ok"


def all_kpis(kpis: Sequence[Row], period: Period) -> Section:
    """Every KPI by endpoint, and over all endpoints by model version."""
    endpoints = _all_first(row["endpoint"] for row in kpis)
    versions = _all_first(row["model_version"] for row in kpis)
    exhibits = [
        Exhibit(
            "By endpoint",
            _table("", kpis, "endpoint", endpoints, "model_version"),
            note="" if period.is_day else _HOW_COMBINED,
        )
    ]
    if len(versions) > 2:
        table = _table("", kpis, "model_version", versions, "endpoint")
        exhibits.append(Exhibit("By model version", table))
    return Section("kpis", "All KPIs", tuple(exhibits))


_HOW_COMBINED = (
    "Counts are summed; shares and mean latency are weighed by what is behind them; users, peaks "
    "and percentiles are those of the highest day; coverage and concentration are the mean of the "
    "days. The status is that of the worst day."
)


def _table(corner: str, kpis: Sequence[Row], across: str, names: Sequence[str], rest: str) -> Table:
    cells: dict[tuple[str, str], Cell | str] = {
        (KPIS[row["kpi"]].label, row[across]): Cell(
            KPIS[row["kpi"]].written(row["value"]), row["status"]
        )
        for row in kpis
        if row[rest] == "all" and row["kpi"] in KPIS
    }
    present = {label for label, _ in cells}
    labels = [kpi.label for kpi in KPIS.values() if kpi.label in present]
    return pivoted(corner, labels, names, cells)


def _over_all_versions(kpis: Sequence[Row]) -> dict[tuple[str, str], Row]:
    return {(row["kpi"], row["endpoint"]): row for row in kpis if row["model_version"] == "all"}


def _all_first(names: Iterable[str]) -> list[str]:
    return sorted(styles_of(names), key=lambda name: name != "all")


def _limit(row: Row) -> str:
    limit = row["threshold_breach"]
    return "" if limit is None else f"breach from {KPIS[row['kpi']].written(limit)}"


def _bad_days(row: Row) -> str:
    if row["status"] not in ("warning", "breach"):
        return ""
    return f"on {row['days_in_' + row['status']]} of {counted(row['days'], 'day')}"


def _named(row: Row, period: Period) -> str:
    kpi = KPIS[row["kpi"]]
    where = "" if row["endpoint"] == "all" else f" of {row['endpoint']}"
    why = _limit(row) if period.is_day else _bad_days(row)
    return f"{kpi.label}{where} {kpi.written(row['value'])} ({why})"
