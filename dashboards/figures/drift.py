"""How far what is asked for and shown lies from what was liked before."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

import plotly.graph_objects as go

from dashboards.figures.over_time import lines
from dashboards.figures.theme import BREACH

SUBJECTS = {
    "request_popularity": "asked for, popularity",
    "request_genres": "asked for, genres",
    "recommendation_popularity": "shown, popularity",
    "recommendation_genres": "shown, genres",
}


def psi_by_day(rows: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Draw the population stability index of each subject on a logarithmic axis, breaches ringed.

    Parameters
    ----------
    rows : sequence of mapping
        With ``day``, ``subject``, ``measure``, ``value`` and ``status``; rows
        of other measures are left out.

    Returns
    -------
    Figure
    """
    psi = [
        {
            "starts_at": datetime.combine(row["day"], time()),
            "subject": SUBJECTS.get(row["subject"], row["subject"]),
            "value": row["value"],
            "status": row["status"],
        }
        for row in rows
        if row["measure"] == "psi"
    ]
    figure = lines(psi, "subject", "value", "population stability index", ".2~f")
    breaches = [row for row in psi if row["status"] == "breach"]
    if breaches:
        figure.add_scatter(
            x=[row["starts_at"] for row in breaches],
            y=[row["value"] for row in breaches],
            name="breach",
            mode="markers",
            marker={"symbol": "circle-open", "size": 14, "color": BREACH, "line_width": 2},
            hoverinfo="skip",
        )
    figure.update_yaxes(type="log", dtick="D2")
    return figure.update_layout(height=360)
