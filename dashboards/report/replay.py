"""What became of what was shown."""

from collections.abc import Iterable, Sequence

from dashboards.figures import estimates
from dashboards.published import Row
from dashboards.report.document import Exhibit, Section, Table
from dashboards.wording import count, counted, fraction, interval, signed

HEADLINE_WINDOW_DAYS = 7
HEADLINE_K = 10
METRICS = {
    "ndcg": "NDCG",
    "precision": "Precision",
    "hit_rate": "Hit rate",
    "ctr_proxy": "CTR proxy",
}


def replay(figures: Sequence[Row], differences: Sequence[Row]) -> Section:
    """Realised quality by model version, and the differences between versions.

    Parameters
    ----------
    figures, differences : sequence of row
        Of the queries ``replay_by_model`` and ``replay_differences``.
    """
    title = "Replay: what people rated after they were shown it"
    measured = [row for row in figures if row["value"] is not None]
    if not measured:
        return Section("replay", title, text=f"Nothing can be told yet: {_why_not(figures)}")
    window = headline_window(measured)
    headline = [_named(row) for row in _headline(measured, window) if row["endpoint"] == "all"]
    exhibits = [
        Exhibit(
            f"By model version, within {counted(window, 'day')}",
            _table(headline, ["model version", "figure"], ["model_version", "name"]),
            estimates.intervals(headline, "name", "model_version", "realised, with 95 % interval"),
        )
    ]
    if differences:
        exhibits.append(_differences(differences, window))
    exhibits.append(_sensitivity(figures))
    parts = [_named(row) for row in _headline(measured, window) if row["endpoint"] != "all"]
    exhibits.append(_by_endpoint(parts, window))
    return Section("replay", title, tuple(exhibits), _HOW_REPLAYED)


_HOW_REPLAYED = (
    "Over all requests that are logged, whatever the day. Only ratings strictly after a request "
    "count, and for one request only; a request whose window is not over is censored, not a miss."
)


def _headline(rows: Iterable[Row], window: int) -> list[Row]:
    kept = [row for row in rows if row["window_days"] == window and row["k"] in (HEADLINE_K, None)]
    return sorted(kept, key=lambda row: (row["model_version"], list(METRICS).index(row["metric"])))


def headline_window(rows: Sequence[Row]) -> int:
    """Choose the window that is told first: a week, or the longest where there is none."""
    windows = sorted({int(row["window_days"]) for row in rows})
    return HEADLINE_WINDOW_DAYS if HEADLINE_WINDOW_DAYS in windows else windows[-1]


def _why_not(figures: Sequence[Row]) -> str:
    shortest = min((row["window_days"] for row in figures), default=0)
    waiting = [row["n_censored"] for row in figures if row["window_days"] == shortest]
    if not any(waiting):
        return "no recommendation to a named user is in the log."
    requests = counted(max(waiting), "request")
    window = f"window of {counted(shortest, 'day')}"
    return (
        f"for {requests} not even the {window} is over by the last known rating. "
        "Ratings that wait to be taken in become known with make retrain."
    )


def _named(row: Row) -> Row:
    cutoff = "" if row["k"] is None else f"@{row['k']}"
    return {**row, "name": f"{METRICS[row['metric']]}{cutoff}"}


def _table(rows: Sequence[Row], headings: Sequence[str], columns: Sequence[str]) -> Table:
    return Table.of(
        [*headings, "value", "95 % interval", "requests", "users", "censored"],
        [
            [
                *(row[column] for column in columns),
                fraction(row["value"]),
                interval(row["ci_low"], row["ci_high"]),
                count(row["n_requests"]),
                count(row["n_users"]),
                count(row["n_censored"]),
            ]
            for row in rows
        ],
        words=range(len(headings)),
    )


def _differences(rows: Sequence[Row], window: int) -> Exhibit:
    shown = [
        {
            **_named(row),
            "value": row["difference"],
            "pair": f"{row['model_version']} − {row['other_version']}",
            "series": f"{row['model_version']}<br>− {row['other_version']}",
        }
        for row in _headline(rows, window)
    ]
    table = Table.of(
        ["versions", "figure", "difference", "95 % interval", "P(better)"],
        [
            [
                row["pair"],
                row["name"],
                signed(row["value"]),
                interval(row["ci_low"], row["ci_high"], signed),
                "–" if row["p_better"] is None else f"{row['p_better']:.2f}",
            ]
            for row in shown
        ],
        words=(0, 1),
    )
    return Exhibit(
        "Difference between versions",
        table,
        estimates.intervals(
            shown, "name", "series", "difference, with 95 % interval", "+.3f", zero=True
        ),
        "The later version minus the earlier one: right of zero, the later one is better. They "
        "served at different times, so people and season are part of the difference.",
    )


def _sensitivity(figures: Sequence[Row]) -> Exhibit:
    rows = [
        {**_named(row), "window": counted(row["window_days"], "day")}
        for row in figures
        if row["endpoint"] == "all" and row["metric"] == "ndcg" and row["k"] == HEADLINE_K
    ]
    return Exhibit(
        f"How much the window matters: NDCG@{HEADLINE_K}",
        _table(rows, ["model version", "window"], ["model_version", "window"]),
    )


def _by_endpoint(rows: Sequence[Row], window: int) -> Exhibit:
    shown = [{**row, "made_for": "fallback" if row["is_fallback"] else "personal"} for row in rows]
    return Exhibit(
        f"By endpoint and fallback, within {counted(window, 'day')}",
        _table(
            shown,
            ["model version", "endpoint", "answer", "figure"],
            ["model_version", "endpoint", "made_for", "name"],
        ),
    )
