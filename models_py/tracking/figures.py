"""Plots of an evaluation, for MLflow and reports: numbers in, figure out.

Figures are made without pyplot, so nothing global is left behind and no
display is needed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from models_py.evaluation.bootstrap import mean_intervals
from models_py.tracking.figure_style import ACCENT, INK, PALETTE, QUIET, SMALL, clean, head

Estimate = tuple[float, float | None, float | None]
"""A value and its interval, none where it has none."""


def metric_bars(
    panels: Mapping[str, Mapping[str, Estimate]], title: str, highlighted: str | None = None
) -> Figure:
    """Draw one panel of bars a metric, with intervals, in the same order in all panels.

    Parameters
    ----------
    panels : mapping of metric to mapping of label to (value, low, high)
        Labels are recipes or populations; a metric may lack some of them.
    title : str
    highlighted : str, optional
        Label drawn in colour; none: all are.
    """
    labels = list(dict.fromkeys(label for bars in panels.values() for label in bars))
    # Figure sizes are in inches; a bar gets the same height however many there are.
    height = 1.2 + 0.36 * len(labels)
    figure = Figure(figsize=(1.6 + 2.5 * len(panels), max(height, 2.2)), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    places = np.arange(len(labels))[::-1]
    for ax, (metric, bars) in zip(axes, panels.items(), strict=True):
        clean(ax, grid="x")
        for label, place in zip(labels, places, strict=True):
            if label in bars:
                quiet = highlighted is not None and label != highlighted
                _bar(ax, float(place), bars[label], QUIET if quiet else ACCENT)
        ax.set_title(metric, loc="left", fontsize=10, color=INK)
        ax.set_yticks(places, labels)
        ax.tick_params(axis="y", length=0)
        ax.xaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2))
        ax.set_xlim(0, _right_end(bars.values()))
    head(figure, title, "bars: mean over users, lines: 95 % bootstrap interval")
    return figure


def recall_curve(
    curves: Mapping[str, NDArray[np.float64]], title: str, highlighted: str | None = None
) -> Figure:
    """Draw recall@k against k, with a 95 % bootstrap band around one curve.

    Parameters
    ----------
    curves : mapping of label to array of float64 (n_users, depth)
        Recall of each user within the first 1, 2, ... depth positions; see `recall_by_depth`.
    title : str
    highlighted : str, optional
        Label of the curve with a band, drawn strongest; none: the last one.
    """
    strongest = highlighted if highlighted is not None else list(curves)[-1]
    figure = Figure(figsize=(7.2, 4.4), layout="constrained")
    ax = figure.subplots()
    clean(ax, grid="y")
    ends: list[tuple[float, str, str]] = []
    others = iter(PALETTE[1:] * len(curves))
    depth = 1
    for label, per_user in curves.items():
        mean, depth = per_user.mean(axis=0), per_user.shape[1]
        k = np.arange(1, depth + 1)
        main = label == strongest
        colour = ACCENT if main else next(others)
        ax.plot(k, mean, color=colour, linewidth=2.2 if main else 1.2, zorder=3 if main else 2)
        if main:
            low, high = mean_intervals(per_user).T
            ax.fill_between(k, low, high, color=colour, alpha=0.15, linewidth=0)
        ends.append((float(mean[-1]), label, colour))
    ax.set_xlim(1, depth)
    ax.set_ylim(bottom=0)
    _label_ends(ax, ends, depth)
    ax.set_xlabel("k, length of the list", color=INK)
    ax.set_ylabel("recall@k", color=INK)
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    users = {len(per_user) for per_user in curves.values()}
    head(figure, title, f"{max(users):,} users; band: 95 % bootstrap interval of {strongest}")
    return figure


def popularity_against_exposure(
    popularity: NDArray[Any], exposure: NDArray[Any], n_users: int, title: str
) -> Figure:
    """Draw how often movies are recommended against how popular they are, both logarithmic.

    Parameters
    ----------
    popularity : array (n_items,)
        Positives in the fit window.
    exposure : array (n_items,)
        Lists that each movie stands in; those in none are counted at the foot.
    n_users : int
        Lists in all.
    title : str
    """
    figure = Figure(figsize=(6.4, 4.6), layout="constrained")
    ax = figure.subplots()
    clean(ax, grid="both")
    shown = (exposure > 0) & (popularity > 0)
    size = float(np.clip(6000 / max(shown.sum(), 1), 2, 16))
    ax.scatter(
        popularity[shown], exposure[shown], s=size, color=ACCENT, alpha=0.4, linewidths=0, zorder=2
    )
    never = (exposure == 0) & (popularity > 0)
    foot = 0.55
    ax.scatter(
        popularity[never], np.full(never.sum(), foot), marker="|", s=20, color=QUIET, zorder=2
    )
    middles, medians = _medians(popularity[popularity > 0], exposure[popularity > 0])
    ax.plot(middles, np.maximum(medians, foot), color=PALETTE[1], linewidth=2, zorder=3)
    if len(middles):
        ax.annotate(
            "median",
            (middles[-1], max(medians[-1], foot)),
            xytext=(0, 7),
            textcoords="offset points",
            ha="right",
            color=PALETTE[1],
            fontsize=SMALL,
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_ylim(foot * 0.75, max(float(exposure.max()), 1.0) * 1.6)
    plain = FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 1 else "never")
    ax.xaxis.set_major_formatter(plain)
    ticks = [tick for tick in 10.0 ** np.arange(0, 8) if tick <= ax.get_ylim()[1]]
    ax.set_yticks([foot, *ticks])
    ax.yaxis.set_major_formatter(plain)
    ax.minorticks_off()
    ax.set_xlabel("positive ratings of the movie", color=INK)
    ax.set_ylabel("top-100 lists that show it", color=INK)
    covered = float((exposure > 0).mean())
    head(
        figure,
        title,
        f"{len(exposure):,} movies, {n_users:,} lists; {covered:.0%} of the catalogue is shown",
    )
    return figure


def recall_by_depth(hits: NDArray[np.bool_], n_targets: NDArray[Any]) -> NDArray[np.float64]:
    """Recall of each user within the first 1, 2, ... positions, (n_users, depth).

    Parameters
    ----------
    hits : array of bool (n_users, depth)
        From `models_py.evaluation.metrics.hit_matrix`.
    n_targets : array (n_users,)
        At least 1 each.
    """
    found: NDArray[np.float64] = np.cumsum(hits, axis=1) / np.asarray(n_targets)[:, None]
    return found


def _bar(ax: Axes, place: float, estimate: Estimate, colour: str) -> None:
    value, low, high = estimate
    ax.barh(place, value, height=0.62, color=colour, zorder=2)
    if low is not None and high is not None:
        # A pale line below, so that the interval is legible on the bar too.
        for shade, width in (("#ffffffb0", 3.4), (INK, 1.3)):
            ax.plot([low, high], [place, place], color=shade, linewidth=width, zorder=3)
    end = value if high is None else max(value, high)
    ax.annotate(
        f"{value:.3f}",
        (end, place),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=SMALL,
        color=INK,
    )


def _right_end(estimates: Any) -> float:
    """Leave room for the number behind the longest bar or interval."""
    ends = [max(value, high or 0.0) for value, _, high in estimates]
    return 1.28 * float(max([*ends, 1e-9]))


def _label_ends(ax: Axes, ends: Sequence[tuple[float, str, str]], depth: int) -> None:
    """Write each curve's name behind its end, moved apart where they would overlap."""
    step = 0.052 * ax.get_ylim()[1]
    place = -np.inf
    for value, label, colour in sorted(ends):
        place = max(value, place + step)
        ax.annotate(
            label,
            (depth, place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=colour,
            annotation_clip=False,
        )


def _medians(
    popularity: NDArray[Any], exposure: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median popularity and exposure of up to twelve groups of as many movies, by popularity."""
    order = np.argsort(popularity, kind="stable")
    groups = [group for group in np.array_split(order, 12) if len(group)]
    return (
        np.array([np.median(popularity[group]) for group in groups]),
        np.array([np.median(exposure[group]) for group in groups]),
    )
