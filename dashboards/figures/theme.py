"""How every figure looks: colours that differ for everybody, on a phone and on paper.

The colours follow Okabe and Ito's palette for colour-blind readers (Color
Universal Design, 2008), darkened until each has a contrast of 4.5:1 or more on
white. Dashes, symbols and patterns differ as well, so no figure needs colour
to be understood.
"""

from collections.abc import Iterable
from typing import NamedTuple

import plotly.graph_objects as go

INK = "#1f2933"
GRID = "#e1e5ea"
FAINT = "#6b7480"
BREACH = "#b3261e"


class Style(NamedTuple):
    """How one series is drawn."""

    colour: str
    dash: str
    symbol: str
    pattern: str


STYLES = (
    Style("#0072b2", "solid", "circle", ""),
    Style("#c04c00", "dash", "diamond", "/"),
    Style("#007a5a", "dot", "square", "."),
    Style("#9c3d82", "dashdot", "triangle-up", "x"),
    Style("#806600", "longdash", "cross", "-"),
    Style("#4d5560", "longdashdot", "star", "+"),
)
# What everybody meets in most figures keeps its colour in all of them.
_KNOWN = ("/recommend", "/similar", "/popular", "/recommend/batch")


def styles_of(names: Iterable[str]) -> dict[str, Style]:
    """Give each name a style: endpoints always the same, others in order.

    Parameters
    ----------
    names : iterable of str
        Names of series; repeated ones count once.

    Returns
    -------
    dict
        In the order in which they are drawn. Past six, styles repeat.
    """
    unique = sorted(set(names))
    known = [name for name in _KNOWN if name in unique]
    others = [name for name in unique if name not in _KNOWN]
    places = {name: _KNOWN.index(name) for name in known}
    start = len(_KNOWN) if known else 0
    places |= {name: start + place for place, name in enumerate(others)}
    return {name: STYLES[place % len(STYLES)] for name, place in places.items()}


def styled(figure: go.Figure, height: int = 300) -> go.Figure:
    """Give a figure the common look.

    Parameters
    ----------
    figure : Figure
        Changed in place, and returned.
    height : int
        Pixels; the width is that of the page.
    """
    figure.update_layout(
        template="none",
        height=height,
        margin={"l": 8, "r": 12, "t": 36, "b": 8},
        font={"family": "system-ui, -apple-system, 'Segoe UI', sans-serif", "size": 13},
        font_color=INK,
        paper_bgcolor="white",
        plot_bgcolor="white",
        hoverlabel={"bgcolor": "white", "font_size": 13},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        # A finger that moves over a figure scrolls the page.
        dragmode=False,
        bargap=0.15,
    )
    axis = {
        "automargin": True,
        "fixedrange": True,
        "gridcolor": GRID,
        "linecolor": FAINT,
        "zerolinecolor": FAINT,
        "title_standoff": 8,
        "title_font_size": 13,
    }
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure
