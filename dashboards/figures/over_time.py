"""What happened when: counts as bars, levels as lines."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

import plotly.graph_objects as go

from dashboards.figures.theme import BREACH, styled, styles_of

Rows = Sequence[Mapping[str, Any]]


def stacked(rows: Rows, series: str, value: str, title: str) -> go.Figure:
    """Draw counts over time, one on the other.

    Parameters
    ----------
    rows : sequence of mapping
        With ``starts_at`` (datetime), the columns `series` and `value`.
    series : str
        Column that tells the series apart.
    value : str
        Column of the counts.
    title : str
        What the counts are.

    Returns
    -------
    Figure
    """
    figure = go.Figure()
    for name, style in styles_of(row[series] for row in rows).items():
        own = [row for row in rows if row[series] == name]
        figure.add_bar(
            x=[row["starts_at"] for row in own],
            y=[row[value] for row in own],
            name=name,
            marker={"color": style.colour, "pattern": {"shape": style.pattern, "size": 5}},
            hovertemplate="%{y:,.0f}",
        )
    figure.update_layout(barmode="stack", hovermode="x unified", showlegend=True)
    figure.update_layout(legend_traceorder="normal")
    figure.update_xaxes(nticks=7, tickangle=0)
    figure.update_yaxes(title_text=title, rangemode="tozero", tickformat=",")
    _fit_one_time(figure, {row["starts_at"] for row in rows})
    return styled(figure)


def lines(
    rows: Rows,
    series: str,
    value: str,
    title: str,
    written: str = ",.3~g",
    limits: Mapping[str, float] | None = None,
) -> go.Figure:
    """Draw levels over time, one line a series, broken where there is none.

    Parameters
    ----------
    rows : sequence of mapping
        With ``starts_at`` (datetime), the columns `series` and `value`.
    series, value : str
        Columns of the name and of the level.
    title : str
        What the levels are.
    written : str
        Format of the levels in d3's notation, such as ``.0%``.
    limits : mapping, optional
        Where a series would be in breach, by its name: a line of its own.

    Returns
    -------
    Figure
    """
    figure = go.Figure()
    times = sorted({row["starts_at"] for row in rows})
    for name, style in styles_of(row[series] for row in rows).items():
        levels = {row["starts_at"]: row[value] for row in rows if row[series] == name}
        figure.add_scatter(
            x=times,
            y=[levels.get(moment) for moment in times],
            name=name,
            mode="lines+markers",
            line={"color": style.colour, "dash": style.dash, "width": 2},
            marker={"symbol": style.symbol, "size": 7},
            hovertemplate=f"%{{y:{written}}}",
        )
    _draw_limits(figure, rows, value, limits or {})
    figure.update_xaxes(nticks=7, tickangle=0)
    figure.update_layout(hovermode="x unified", showlegend=True)
    figure.update_yaxes(title_text=title, rangemode="tozero", tickformat=written)
    _fit_one_time(figure, times)
    return styled(figure)


def _draw_limits(figure: go.Figure, rows: Rows, value: str, limits: Mapping[str, float]) -> None:
    """Draw the limits that would not press what is measured flat."""
    highest = max((row[value] for row in rows if row[value] is not None), default=0.0)
    for place, (name, limit) in enumerate(limits.items()):
        if limit <= 3 * highest:
            figure.add_hline(
                y=limit,
                line={"color": BREACH, "width": 1, "dash": "dot"},
                annotation_position="top left" if place % 2 else "top right",
                annotation={"text": f"limit of {name}", "font": {"color": BREACH, "size": 12}},
            )


def _fit_one_time(figure: go.Figure, times: Iterable[datetime]) -> None:
    """Name a single time, which Plotly would otherwise show in fractions of a second."""
    only = list(times)
    if len(only) == 1:
        whole_day = only[0].time() == time()
        pattern = "%Y-%m-%d" if whole_day else "%H:%M"
        figure.update_xaxes(tickvals=only, ticktext=[f"{only[0]:{pattern}}"])
