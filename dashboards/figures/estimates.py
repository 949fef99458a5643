"""Figures with what they may be: a dot and its interval."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards.figures.theme import FAINT, STYLES, styled

Rows = Sequence[Mapping[str, Any]]


def intervals(
    rows: Rows, label: str, series: str, title: str, written: str = ".3f", zero: bool = False
) -> go.Figure:
    """Draw estimates one below the other, each with its interval.

    Parameters
    ----------
    rows : sequence of mapping
        With the columns `label` and `series`, ``value``, ``ci_low`` and
        ``ci_high`` (null where there is no interval).
    label : str
        Column that is written on the axis.
    series : str
        Column that tells colours and symbols apart.
    title : str
        What the estimates are.
    written : str
        Format in d3's notation.
    zero : bool
        Whether zero, the line of no difference, is drawn.

    Returns
    -------
    Figure
    """
    figure = go.Figure()
    labels = list(dict.fromkeys(str(row[label]) for row in rows))
    names = list(dict.fromkeys(str(row[series]) for row in rows))
    for place, name in enumerate(names):
        style = STYLES[place % len(STYLES)]
        own = [row for row in rows if str(row[series]) == name]
        # Side by side, so that intervals of one label do not cover each other.
        offset = 0.5 * ((place + 0.5) / len(names) - 0.5)
        figure.add_scatter(
            x=[row["value"] for row in own],
            y=[labels.index(str(row[label])) + offset for row in own],
            name=name,
            mode="markers",
            marker={"color": style.colour, "symbol": style.symbol, "size": 10},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [_reach(row["ci_high"], row["value"]) for row in own],
                "arrayminus": [_reach(row["value"], row["ci_low"]) for row in own],
                "thickness": 2,
                "width": 5,
            },
            customdata=[[row["ci_low"], row["ci_high"]] for row in own],
            hovertemplate=f"%{{x:{written}}} (%{{customdata[0]:{written}}} to "
            f"%{{customdata[1]:{written}}})",
        )
    if zero:
        figure.add_vline(x=0, line={"color": FAINT, "width": 1.5, "dash": "dash"})
    figure.update_layout(showlegend=len(names) > 1, hovermode="closest")
    figure.update_xaxes(title_text=title, tickformat=written, nticks=6)
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=labels,
        range=[len(labels) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
    )
    return styled(figure, height=110 + max(44, 26 * len(names)) * len(labels))


def _reach(high: float | None, low: float | None) -> float:
    return 0.0 if high is None or low is None else max(high - low, 0.0)
