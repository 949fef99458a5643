"""The look that all plots share."""

from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

ACCENT, QUIET, INK, FAINT = "#1f6f8b", "#b9c4c9", "#22313a", "#e6eaec"
PALETTE = (ACCENT, "#d9822b", "#6b9e47", "#8c5aa8", "#c0504d", "#7f8c8d", "#b08d57", "#3f7fbf")
SMALL = 8.5


def clean(ax: Axes, grid: Literal["both", "x", "y"]) -> None:
    """Leave the two axes that are needed, and a faint grid behind."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(QUIET)
    ax.grid(axis=grid, color=FAINT, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(colors=INK, labelsize=9)


def head(figure: Figure, title: str, note: str) -> None:
    """Write a title above and a note below, both from the left edge."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold", color=INK)
    figure.supxlabel(note, x=0.01, ha="left", fontsize=SMALL, color="#5b6b73")
