"""How KPIs are called and written; what they are is SQL (``reports.rpt_kpi_daily``)."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboards import wording


@dataclass(frozen=True)
class Kpi:
    """One KPI as people meet it.

    Attributes
    ----------
    label : str
        Its name in words.
    written : callable
        Value to text.
    is_share : bool
        Whether a change is told in percentage points.
    """

    label: str
    written: Callable[[float | None], str]
    is_share: bool = False

    def change(self, value: float, before: float) -> str:
        """Say how a value differs from that of the period before."""
        if self.written(value) == self.written(before):
            return f"as before ({self.written(before)})"
        arrow = "▲" if value > before else "▼"
        if self.is_share:
            by = f"{abs(value - before) * 100:.1f} points"
        elif before:
            by = wording.share(abs(value / before - 1))
        else:
            by = self.written(abs(value - before))
        return f"{arrow} {by} (was {self.written(before)})"


KPIS = {
    "requests": Kpi("Requests", wording.count),
    "requests_per_minute_mean": Kpi("Requests a minute, mean", wording.decimal),
    "requests_per_minute_peak": Kpi("Requests a minute, peak", wording.count),
    "unique_users": Kpi("Users", wording.count),
    "new_user_share": Kpi("New users", wording.share, is_share=True),
    "error_rate": Kpi("Errors (4xx and 5xx)", wording.share, is_share=True),
    "server_error_count": Kpi("Server errors (5xx)", wording.count),
    "latency_mean_ms": Kpi("Latency, mean", wording.milliseconds),
    "latency_p50_ms": Kpi("Latency, median", wording.milliseconds),
    "latency_p95_ms": Kpi("Latency, p95", wording.milliseconds),
    "latency_p99_ms": Kpi("Latency, p99", wording.milliseconds),
    "fallback_rate": Kpi("Fallbacks", wording.share, is_share=True),
    "unknown_movie_share": Kpi("Unknown movies", wording.share, is_share=True),
    "catalogue_coverage": Kpi("Catalogue shown", wording.share, is_share=True),
    "popularity_gini": Kpi("Concentration (Gini)", wording.fraction),
}
