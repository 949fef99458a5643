"""``python -m dashboards``: write reports about what was asked and shown."""

from datetime import UTC, date, datetime

import click

from dashboards.period import Period
from dashboards.published import Published
from dashboards.report.contents import report_of
from dashboards.report.writing import write_report
from warehouse.command_line import MarqueeGroup, console
from warehouse.settings import Settings

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group(cls=MarqueeGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Show what was asked, what was answered, and what became of it."""


@main.command()
@click.option("--day", type=_DAY, help="One day (UTC); yesterday where nothing is given.")
@click.option("--from", "first", type=_DAY, help="First day of a range.")
@click.option("--to", "last", type=_DAY, help="Last day of a range; today where it is not given.")
def report(day: datetime | None, first: datetime | None, last: datetime | None) -> None:
    """Write the report of a day or of a range, as HTML and as Markdown.

    Where neither is given, it is about yesterday, and where requests were simulated, a second
    report is about all of their days.
    """
    chosen = _chosen(day, first, last)
    home = Settings.from_environment().home
    with Published(home) as published:
        for period in [chosen] if chosen else _usual(published):
            made = report_of(published, period, datetime.now(UTC))
            page, text = write_report(made, home.reports, period.name)
            console.print(f"{period}: {made.verdict}", soft_wrap=True, markup=False)
            console.print(f"  {page}\n  {text}", soft_wrap=True, markup=False)


def _chosen(day: datetime | None, first: datetime | None, last: datetime | None) -> Period | None:
    if day and (first or last):
        raise click.UsageError("--day is for one day, --from and --to are for a range: give one")
    if last and not first:
        raise click.UsageError("--to without --from: give the first day of the range too")
    try:
        if day:
            return Period(day.date(), day.date())
        if not first:
            return None
        return Period(first.date(), last.date() if last else datetime.now(UTC).date())
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _usual(published: Published) -> list[Period]:
    (simulated,) = published.select("simulated_days")
    days: tuple[date | None, date | None] = (simulated["first_day"], simulated["last_day"])
    if days[0] is None or days[1] is None:
        return [Period.yesterday()]
    return [Period.yesterday(), Period(days[0], days[1])]


if __name__ == "__main__":
    main(prog_name="python -m dashboards")
