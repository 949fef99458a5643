"""How long answers take, by endpoint."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboards.figures.theme import STYLES, styled, styles_of
from dashboards.wording import decimal

Rows = Sequence[Mapping[str, Any]]


def percentiles(rows: Rows, names: Mapping[str, str]) -> go.Figure:
    """Draw percentiles on a logarithmic axis, one line of dots an endpoint.

    Parameters
    ----------
    rows : sequence of mapping
        With ``endpoint``, ``kpi`` and ``value`` (milliseconds).
    names : mapping
        KPIs to draw, and what each is called.

    Returns
    -------
    Figure
    """
    figure = go.Figure()
    endpoints = list(styles_of(row["endpoint"] for row in rows))
    for (kpi, name), style in zip(names.items(), STYLES, strict=False):
        own = [row for row in rows if row["kpi"] == kpi]
        figure.add_scatter(
            x=[row["value"] for row in own],
            y=[row["endpoint"] for row in own],
            name=name,
            mode="markers",
            marker={"color": style.colour, "symbol": style.symbol, "size": 12},
            hovertemplate="%{x:,.3~g} ms",
        )
    figure.update_layout(showlegend=True, hovermode="closest")
    values = [row["value"] for row in rows if row["kpi"] in names and row["value"] > 0]
    is_narrow = bool(values) and max(values) < 50 * min(values)
    figure.update_xaxes(type="log", title_text="milliseconds (logarithmic)")
    # A label at 2 and 5 too where a few powers of ten leave the room.
    figure.update_xaxes(dtick="D2" if is_narrow else 1)
    figure.update_xaxes(tickformat=",~g", minor={"showgrid": False})
    figure.update_yaxes(categoryorder="array", categoryarray=endpoints[::-1])
    return styled(figure, height=140 + 44 * len(endpoints))


def bucket(row: Mapping[str, Any]) -> str:
    """Name of a row's bucket, such as ``5 – 10``."""
    if row["bucket_high_ms"] is None:
        return f"{decimal(row['bucket_low_ms'])} +"
    return f"{decimal(row['bucket_low_ms'])} – {decimal(row['bucket_high_ms'])}"


def distribution(rows: Rows) -> go.Figure:
    """Draw the histogram of each endpoint below the other, on one axis of buckets.

    Parameters
    ----------
    rows : sequence of mapping
        With ``endpoint``, ``bucket_low_ms``, ``bucket_high_ms`` (null where
        there is none) and ``share`` of the endpoint's answers.

    Returns
    -------
    Figure
    """
    styles = styles_of(row["endpoint"] for row in rows)
    lowest_first = sorted(rows, key=lambda row: float(row["bucket_low_ms"]))
    buckets = list(dict.fromkeys(bucket(row) for row in lowest_first))
    figure = make_subplots(
        rows=max(len(styles), 1),
        shared_xaxes=True,
        vertical_spacing=0.28 / max(len(styles), 1),
        subplot_titles=list(styles),
    )
    for place, (endpoint, style) in enumerate(styles.items(), start=1):
        shares = {bucket(row): row["share"] for row in rows if row["endpoint"] == endpoint}
        figure.add_bar(
            x=buckets,
            y=[shares.get(name, 0) for name in buckets],
            name=endpoint,
            marker_color=style.colour,
            text=[_label(shares.get(name, 0)) for name in buckets],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x} ms: %{y:.1%}",
            row=place,
            col=1,
        )
    figure.update_layout(showlegend=False)
    figure.update_yaxes(tickformat=".0%", range=[0, 1.2], tickvals=[0, 0.5, 1])
    figure.update_xaxes(title_text="milliseconds", row=max(len(styles), 1), col=1)
    figure.update_annotations(x=0, xanchor="left", font_size=13)
    return styled(figure, height=90 + 130 * len(styles))


def _label(share: float) -> str:
    return f"{share:.0%}" if share >= 0.005 else ""
