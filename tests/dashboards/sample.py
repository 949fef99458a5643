"""Rows of a small, eventful log: two days, the second under a new model version."""

from datetime import date, datetime, timedelta
from typing import Any

FIRST = date(2026, 11, 19)
SECOND = date(2026, 11, 20)
OLD = "time_aware-0000000001"
NEW = "time_aware-0000000002"

Row = dict[str, Any]


def kpi(day: date, name: str, value: float, **others: Any) -> Row:
    """One row of rpt_kpi_daily, over all versions and endpoints where nothing else is said."""
    return {
        "day": day,
        "model_version": "all",
        "endpoint": "all",
        "kpi": name,
        "value": value,
        "n": 100,
    } | others


def hourly(row: Row, hour: int, value: float) -> Row:
    """The same of one hour."""
    starts_at = datetime.combine(row["day"], datetime.min.time()) + timedelta(hours=hour)
    kept = {name: cell for name, cell in row.items() if name != "day"}
    return kept | {"hour": starts_at, "value": value}


def p95(day: date, value: float, status: str, endpoint: str = "/recommend") -> Row:
    """The 95th percentile of one endpoint, with its thresholds."""
    limits = {"status": status, "threshold_warning": 80.0, "threshold_breach": 100.0}
    return kpi(day, "latency_p95_ms", value, endpoint=endpoint, **limits)


def kpis(day: date, version: str, requests: int, slow: float, status: str) -> list[Row]:
    """The KPIs of a day on which one version served."""
    shares = {"status": "ok", "threshold_warning": 0.08, "threshold_breach": 0.1}
    rows = [
        kpi(day, "requests", requests, n=requests),
        kpi(day, "requests_per_minute_mean", requests / 1440, n=requests),
        kpi(day, "requests_per_minute_peak", 7, n=requests),
        kpi(day, "unique_users", requests // 4, n=requests),
        kpi(day, "error_rate", 0.01, n=requests),
        kpi(day, "server_error_count", 0, status="ok", threshold_breach=1.0),
        kpi(day, "fallback_rate", 0.05, n=requests // 2, **shares),
        kpi(day, "new_user_share", 0.25, n=requests // 2),
        kpi(day, "unknown_movie_share", 0.0, n=requests),
        kpi(day, "catalogue_coverage", 0.2),
        kpi(day, "popularity_gini", 0.8),
    ]
    for endpoint, part, factor in (("/recommend", 0.75, 1.0), ("/similar", 0.25, 0.3)):
        rows.append(kpi(day, "requests", requests * part, endpoint=endpoint, n=requests))
        for percentile, ratio in (("p50", 0.2), ("p99", 1.5)):
            name = f"latency_{percentile}_ms"
            rows.append(kpi(day, name, slow * factor * ratio, endpoint=endpoint))
        rows.append(p95(day, slow * factor, status if factor == 1.0 else "ok", endpoint))
    of_version = [row | {"model_version": version} for row in rows if row["endpoint"] == "all"]
    return rows + of_version


def replay(version: str, value: float | None, **others: Any) -> Row:
    """One replay figure, NDCG@10 within 7 days where nothing else is said."""
    row = {
        "model_version": version,
        "endpoint": "all",
        "window_days": 7,
        "metric": "ndcg",
        "k": 10,
        "value": value,
        "ci_low": None if value is None else value - 0.02,
        "ci_high": None if value is None else value + 0.02,
        "n_requests": 0 if value is None else 120,
        "n_users": 0 if value is None else 40,
        "n_censored": 30,
    }
    return row | others


def replays() -> list[Row]:
    """Replay figures of both versions: by window, by metric, by endpoint."""
    rows = []
    for version, base in ((OLD, 0.1), (NEW, 0.14)):
        rows += [replay(version, base, window_days=days) for days in (1, 7, 30)]
        rows += [
            replay(version, base / 2, metric="precision"),
            replay(version, base * 3, metric="hit_rate"),
            replay(version, base / 3, metric="ctr_proxy", k=None),
            replay(version, base, endpoint="/recommend", is_fallback=False),
            replay(version, base / 2, endpoint="/recommend", is_fallback=True),
        ]
    return rows


def differences() -> list[Row]:
    """How the new version differs from the old one."""
    common = {"model_version": NEW, "other_version": OLD, "window_days": 7, "k": 10}
    return [
        common
        | {"metric": metric, "difference": d, "ci_low": d - 0.03, "ci_high": d + 0.03}
        | {"p_better": 0.97}
        for metric, d in (("ndcg", 0.04), ("precision", 0.02), ("hit_rate", 0.12))
    ]


def off_policy() -> list[Row]:
    """Estimates of both policies from explored requests."""
    estimators = {"mean": "logged", "ips": "greedy", "snips": "greedy", "doubly_robust": "greedy"}
    return [
        {
            "model_version": NEW,
            "window_days": 7,
            "policy": policy,
            "estimator": estimator,
            "value": 0.05 + 0.002 * place,
            "standard_error": 0.004,
            "effective_sample_size": 80.5,
            "n_requests": 120,
        }
        for place, (estimator, policy) in enumerate(estimators.items())
    ]


def drifts(day: date, status: str) -> list[Row]:
    """Drift of all four subjects by both measures."""
    return [
        {"day": day, "subject": f"{side}_{mix}", "measure": measure, "value": v, "n": n}
        | {"status": status}
        for side, n in (("request", 400), ("recommendation", 6000))
        for mix in ("popularity", "genres")
        for measure, v in (("psi", 0.3), ("js", 0.04))
    ]


def request(at: datetime, **others: Any) -> Row:
    """One logged request."""
    row = {"request_id": f"r-{at.isoformat()}", "requested_at": at, "is_simulated": False}
    return row | others


def everything() -> dict[str, list[Row]]:
    """Rows of every table that the report reads."""
    days = ((FIRST, OLD, 400, 40.0, "ok"), (SECOND, NEW, 600, 120.0, "breach"))
    daily = [row for day in days for row in kpis(*day)]
    everywhere = [row for row in daily if row["model_version"] == "all"]
    return {
        "reports.rpt_kpi_daily": daily,
        "reports.rpt_kpi_hourly": [
            hourly(row, hour, row["value"] / 3) for row in everywhere for hour in (8, 12, 20)
        ],
        "reports.rpt_latency": [
            {"day": day, "endpoint": endpoint, "model_version": version}
            | {"bucket_low_ms": low, "bucket_high_ms": high, "requests": n}
            for day, version in ((FIRST, OLD), (SECOND, NEW))
            for endpoint in ("/recommend", "/similar")
            for low, high, n in ((0.0, 10.0, 60), (10.0, 100.0, 30), (100.0, None, 10))
        ],
        "reports.rpt_fallback": [
            {"day": day, "model_version": "all", "reason": reason, "requests": n, "share": n / 200}
            for day in (FIRST, SECOND)
            for reason, n in (("unknown_user", 6), ("no_history", 4))
        ],
        "reports.rpt_coverage": [
            {"day": day, "model_version": version, "movies_recommended": 300}
            | {"catalogue_movies": 1500, "coverage": 0.2, "gini": 0.8, "mean_popularity": 70.5}
            for day, own in ((FIRST, OLD), (SECOND, NEW))
            for version in ("all", own)
        ],
        "reports.rpt_drift": drifts(FIRST, "ok") + drifts(SECOND, "breach"),
        "reports.rpt_unknown_movies": [
            {"movie_id": movie, "requests": n, "first_asked_at": at, "last_asked_at": at}
            for movie, n, at in ((7, 3, datetime(2026, 11, 19)), (8, 1, datetime(2026, 11, 20)))
        ],
        "reports.rpt_replay_by_model": replays(),
        "reports.rpt_replay_differences": differences(),
        "reports.rpt_off_policy": off_policy(),
        "marts.dim_movies": [{"movie_id": 7, "title": "Known by Name"}],
        "marts.fct_requests": [
            request(datetime(2026, 11, 19, 8), is_simulated=True),
            request(datetime(2026, 11, 20, 8), is_simulated=True),
            request(datetime(2026, 11, 20, 9)),
        ],
        "marts.fct_request_rejects": [
            {"request_id": "x", "reason": "scores: not a list", "requested_at": None},
        ],
        "marts.fct_promotion_decisions": [
            {"decided_at": datetime(2026, 11, 19, 23, 5), "dataset": "ml-100k"}
            | {"challenger_version": NEW, "champion_version": OLD, "promoted": True}
            | {"reason": "better by 8 %", "metric": "validation.warm.ndcg@10"}
            | {"challenger_value": 0.28, "champion_value": 0.26, "ci_low": 0.001}
            | {"ci_high": 0.04, "p_better": 0.98},
        ],
    }
