"""What another policy than the one that served would have earned."""

from collections.abc import Sequence

from dashboards.figures import estimates
from dashboards.published import Row
from dashboards.report.document import Exhibit, Section, Table
from dashboards.report.replay import HEADLINE_WINDOW_DAYS, headline_window
from dashboards.wording import count, counted, decimal, figure, short_version

_ESTIMATORS = {
    "mean": "as served",
    "ips": "greedy, IPS",
    "snips": "greedy, SNIPS",
    "doubly_robust": "greedy, doubly robust",
}
_Z = 1.959963984540054


def off_policy(rows: Sequence[Row]) -> Section:
    """Give what the greedy policy would have earned (query ``off_policy``)."""
    title = "Off-policy estimates"
    window = headline_window(rows) if rows else HEADLINE_WINDOW_DAYS
    shown = [
        {
            **row,
            "name": _ESTIMATORS.get(row["estimator"], row["estimator"]),
            "version": short_version(row["model_version"]),
            "ci_low": _moved(row, -_Z),
            "ci_high": _moved(row, _Z),
        }
        for row in rows
        if row["window_days"] == window and row["value"] is not None
    ]
    if not shown:
        text = (
            "No request in which chance had a part has been logged whose window is over: "
            "exploration is off (MARQUEE_EXPLORATION) or too young."
        )
        return Section("off-policy", title, text=text)
    shown.sort(key=lambda row: (row["model_version"], list(_ESTIMATORS).index(row["estimator"])))
    table = Table.of(
        ["model version", "estimate", "value", "standard error", "effective sample", "requests"],
        [
            [
                row["model_version"],
                row["name"],
                figure(row["value"]),
                decimal(row["standard_error"]),
                count(row["effective_sample_size"]),
                count(row["n_requests"]),
            ]
            for row in shown
        ],
        words=(0, 1),
    )
    exhibit = Exhibit(
        f"Share of slots whose movie is liked within {counted(window, 'day')}",
        table,
        estimates.intervals(shown, "version", "name", "share of slots, with 95 % interval"),
        "Trust an estimate no further than its effective sample size.",
    )
    return Section("off-policy", title, (exhibit,))


def _moved(row: Row, errors: float) -> float | None:
    if row["standard_error"] is None:
        return None
    return float(row["value"] + errors * row["standard_error"])
