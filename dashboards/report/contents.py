"""From the published warehouse to a report."""

from datetime import date, datetime, timedelta

from dashboards.period import Period
from dashboards.published import Published, Row
from dashboards.report.answers import coverage, fallbacks, latency
from dashboards.report.changes import decisions, drift, rejects, unknown_movies
from dashboards.report.document import Report, Section
from dashboards.report.headline import all_kpis, tiles_of, verdict_of
from dashboards.report.off_policy import off_policy
from dashboards.report.replay import replay
from dashboards.report.trends import trends
from dashboards.wording import counted, instant

MOST_MOVIES = 20
MOST_DECISIONS = 5
# Daily series of a report about one day begin so many days before it.
CONTEXT_DAYS = 13


def report_of(published: Published, period: Period, made_at: datetime) -> Report:
    """Collect everything that the warehouse tells about a period.

    Parameters
    ----------
    published : Published
    period : Period
    made_at : datetime
        UTC; told in the report.

    Returns
    -------
    Report
        Where nothing was logged in the period, one that says so and which
        days there are, with what does not depend on the day.
    """
    days = {"first": period.first, "last": period.last}
    (logged,) = published.select("logged", **days)
    facts = [f"made {instant(made_at)} UTC", "days begin at midnight UTC"]
    if not logged["requests_in_period"]:
        title = f"Marquee, {period}"
        return Report(title, tuple(facts), _nothing(logged), None, (), _lasting(published, days))
    kpis = published.select("kpis", **days)
    before = period.previous
    previous = published.select("kpis", first=before.first, last=before.last)
    versions = sorted({row["model_version"] for row in kpis} - {"all", "none"})
    facts.append(f"served by {', '.join(versions) or 'no model'}")
    facts.append(f"changes are to {before}" if previous else f"nothing was logged from {before}")
    if logged["simulated_in_period"]:
        simulated = counted(logged["simulated_in_period"], "request")
        facts.append(f"{simulated} of {logged['requests_in_period']:,} simulated")
    verdict, status = verdict_of(kpis, period)
    return Report(
        f"Marquee, {period}",
        tuple(facts),
        verdict,
        status,
        tiles_of(kpis, previous, period),
        (
            *_of_the_period(published, period, kpis),
            *_lasting(published, days),
        ),
    )


def _of_the_period(published: Published, period: Period, kpis: list[Row]) -> tuple[Section, ...]:
    days = {"first": period.first, "last": period.last}
    context = timedelta(days=CONTEXT_DAYS if period.is_day else 0)
    daily = {"first": period.first - context, "last": period.last}
    by_time = published.select("kpis_by_hour" if period.is_day else "kpis_by_day", **days)
    return (
        trends(by_time, period),
        latency(kpis, published.select("latency_histogram", **days), period),
        fallbacks(published.select("fallback_reasons", **days)),
        coverage(published.select("coverage_by_day", **daily)),
        drift(published.select("drift_by_day", **daily)),
        all_kpis(kpis, period),
    )


def _lasting(published: Published, days: dict[str, date]) -> tuple[Section, ...]:
    """Tell what is about the whole log, whatever the period."""
    return (
        replay(published.select("replay_by_model"), published.select("replay_differences")),
        off_policy(published.select("off_policy")),
        unknown_movies(published.select("unknown_movies", most=MOST_MOVIES)),
        rejects(published.select("rejects", **days)),
        decisions(published.select("promotion_decisions", most=MOST_DECISIONS)),
    )


def _nothing(logged: Row) -> str:
    if not logged["requests"]:
        return "No request has been logged yet: ask the API something, or run `make simulate`."
    return (
        f"No request was logged in this period. There are "
        f"{counted(logged['requests'], 'request')} from {logged['first_day']} "
        f"to {logged['last_day']}."
    )
