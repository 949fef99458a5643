"""Why answers were not made for the person."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboards.figures.theme import STYLES, styled


def reasons(rows: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Draw the share of each reason as a bar.

    Parameters
    ----------
    rows : sequence of mapping
        With ``reason``, ``requests`` and ``share`` of the answers due to a
        person.

    Returns
    -------
    Figure
    """
    figure = go.Figure()
    figure.add_bar(
        x=[row["share"] for row in rows],
        y=[row["reason"] for row in rows],
        orientation="h",
        width=0.6,
        marker_color=STYLES[0].colour,
        text=[f"{row['share']:.1%}" for row in rows],
        textposition="outside",
        cliponaxis=False,
        customdata=[row["requests"] for row in rows],
        hovertemplate="%{y}: %{customdata:,} answers (%{x:.1%})<extra></extra>",
    )
    highest = max((row["share"] for row in rows), default=1.0)
    figure.update_xaxes(
        tickformat=".1~%",
        nticks=5,
        range=[0, min(highest * 1.3, 1.15)],
        title_text="share of answers",
    )
    figure.update_yaxes(autorange="reversed")
    return styled(figure, height=110 + 40 * len(rows))
