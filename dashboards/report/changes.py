"""What differs from what models know, what could not be read, and what was decided."""

from collections.abc import Sequence

from dashboards.figures import drift as drift_figures
from dashboards.published import Row
from dashboards.report.document import Cell, Exhibit, Section, Table, pivoted
from dashboards.wording import NOTHING, count, counted, figure, fraction, instant, interval, signed

COUNTED = {"request": "asked for", "recommendation": "shown"}


def drift(rows: Sequence[Row]) -> Section:
    """How far requests and recommendations lie from what was liked before (``drift_by_day``)."""
    if not rows:
        return Section("drift", "Drift", text="Nothing was asked for or shown.")
    columns = [
        f"{name} ({measure.upper()})"
        for name in drift_figures.SUBJECTS.values()
        for measure in ("psi", "js")
    ]
    cells: dict[tuple[str, str], Cell | str] = {
        (
            f"{row['day']}",
            f"{drift_figures.SUBJECTS[row['subject']]} ({row['measure'].upper()})",
        ): Cell(fraction(row["value"]), row["status"])
        for row in rows
    }
    cells |= {
        (f"{row['day']}", COUNTED[side]): count(row["n"])
        for row in rows
        for side in COUNTED
        if row["subject"].startswith(side)
    }
    days = list(dict.fromkeys(f"{row['day']}" for row in rows))
    table = pivoted("day", days, [*COUNTED.values(), *columns], cells, words=())
    exhibit = Exhibit(
        "Distance from what was liked before, by day",
        table,
        drift_figures.psi_by_day(rows),
        "PSI: population stability index, from 0 on; JS: Jensen-Shannon divergence, from 0 to 1. "
        "Where few movies were asked for, or shown, chance alone makes either: it has no status.",
    )
    return Section("drift", "Drift", (exhibit,))


def unknown_movies(rows: Sequence[Row]) -> Section:
    """Movies asked for that no model knows (query ``unknown_movies``)."""
    title = "Movies that no model knows"
    if not rows:
        return Section("unknown", title, text="Every movie that was asked for is known.")
    table = Table.of(
        ["movie", "title", "requests", "first asked for", "last asked for"],
        [
            [
                f"{row['movie_id']}",
                row["title"] or "not in the catalogue",
                count(row["requests"]),
                instant(row["first_asked_at"]),
                instant(row["last_asked_at"]),
            ]
            for row in rows
        ],
        words=(0, 1),
    )
    n_movies = rows[0]["movies"]
    which = f"the {len(rows)} asked for most often, of" if n_movies > len(rows) else "all"
    text = f"Asked for at any time; the next retraining should know them ({which} {n_movies:,})."
    return Section("unknown", title, (Exhibit("Movies", table),), text)


def rejects(rows: Sequence[Row]) -> Section:
    """List logged rows that could not be read (query ``rejects``)."""
    title = "Damaged log rows"
    if not rows:
        return Section("rejects", title, text="Every logged row could be read.")
    table = Table.of(
        ["reason", "rows", "first", "last"],
        [
            [
                row["reason"],
                count(row["requests"]),
                instant(row["first_requested_at"]),
                instant(row["last_requested_at"]),
            ]
            for row in rows
        ],
    )
    n = sum(row["requests"] for row in rows)
    text = f"{counted(n, 'row')} set aside, in no figure above."
    return Section("rejects", title, (Exhibit("By reason", table),), text)


def decisions(rows: Sequence[Row]) -> Section:
    """Give the latest promotion decisions, newest first (query ``promotion_decisions``)."""
    title = "Promotion decisions"
    if not rows:
        return Section("decisions", title, text="Nothing has been decided yet.")
    table = Table.of(
        [
            "challenger",
            "outcome",
            "reason",
            "decided (UTC)",
            "metric",
            "challenger against champion",
            "95 % interval of the difference",
            "P(better)",
        ],
        [
            [
                f"{row['challenger_version']} ({row['dataset']})",
                "promoted" if row["promoted"] else "kept out",
                row["reason"],
                instant(row["decided_at"]),
                # In words, which wrap where a narrow page needs it.
                row["metric"].replace(".", " ") if row["metric"] else NOTHING,
                f"{figure(row['challenger_value'])} against {figure(row['champion_value'])}",
                interval(row["ci_low"], row["ci_high"], signed),
                NOTHING if row["p_better"] is None else f"{row['p_better']:.2f}",
            ]
            for row in rows
        ],
        words=(0, 1, 2, 3, 4),
    )
    latest = rows[0]
    outcome = "promoted" if latest["promoted"] else "kept out"
    text = f"The latest: {latest['challenger_version']} was {outcome}."
    return Section("decisions", title, (Exhibit("Latest first", table),), text)
