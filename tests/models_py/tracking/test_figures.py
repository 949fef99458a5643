"""Figures from numbers made by hand; what they say, not how they look."""

import io

import numpy as np
import pytest

from models_py.tracking.figures import (
    metric_bars,
    popularity_against_exposure,
    recall_by_depth,
    recall_curve,
)


def _texts(figure):
    axes = figure.axes
    texts = [text.get_text() for ax in axes for text in ax.texts]
    return [*texts, figure.get_suptitle(), figure.get_supxlabel()]


def _drawn(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue().startswith(b"\x89PNG")


def test_bars_carry_their_values_and_share_the_order_of_labels():
    figure = metric_bars(
        {
            "ndcg@10": {"als": (0.2, 0.15, 0.25), "ease": (0.1, 0.05, 0.15)},
            "coverage@100": {"ease": (0.75, None, None)},
        },
        "validation",
        highlighted="als",
    )
    first, second = figure.axes
    assert [label.get_text() for label in first.get_yticklabels()] == ["als", "ease"]
    assert [patch.get_width() for patch in first.patches] == [0.2, 0.1]
    assert [patch.get_width() for patch in second.patches] == [0.75]
    assert {"0.200", "0.100", "0.750", "validation"} <= set(_texts(figure))
    assert _drawn(figure)


def test_recall_by_depth_is_the_share_of_targets_found_so_far():
    hits = np.array([[True, False, True], [False, False, False]])
    recall = recall_by_depth(hits, np.array([4, 1]))
    np.testing.assert_allclose(recall, [[0.25, 0.25, 0.5], [0, 0, 0]])


def test_recall_curves_end_with_their_names_apart():
    rng = np.random.default_rng(0)
    curves = {
        name: recall_by_depth(rng.random((30, 100)) < 0.1, np.full(30, 20))
        for name in ("als", "ease", "popularity")
    }
    figure = recall_curve(curves, "validation", highlighted="ease")
    ax = figure.axes[0]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), curves["als"].mean(axis=0))
    heights = sorted(text.xy[1] for text in ax.texts)
    assert min(np.diff(heights)) > 0.04 * ax.get_ylim()[1]
    assert "30 users; band: 95 % bootstrap interval of ease" in _texts(figure)
    assert _drawn(figure)


@pytest.mark.parametrize("exposure", [np.arange(200) // 2, np.zeros(200, dtype=np.int64)])
def test_exposure_counts_the_movies_that_nobody_is_shown(exposure):
    figure = popularity_against_exposure(np.arange(1, 201), exposure, 661, "als")
    covered = f"{(exposure > 0).mean():.0%}"
    expected = f"200 movies, 661 lists; {covered} of the catalogue is shown"
    assert expected in _texts(figure)
    assert _drawn(figure)
