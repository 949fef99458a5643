"""Figures are checked for what they say, not for how they are laid out."""

from datetime import date, datetime

import pytest

from dashboards.figures import drift, estimates, fallback, latency, over_time, theme

EIGHT, NINE = datetime(2026, 11, 20, 8), datetime(2026, 11, 20, 9)


def _rows(*cells):
    return [{"starts_at": at, "endpoint": name, "value": value} for at, name, value in cells]


def _luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("colour", [style.colour for style in theme.STYLES] + [theme.BREACH])
def test_colours_stand_out_from_white(colour):
    assert 1.05 / (_luminance(colour) + 0.05) >= 4.5


def test_styles_differ_in_more_than_colour():
    for part in ("colour", "dash", "symbol", "pattern"):
        assert len({getattr(style, part) for style in theme.STYLES}) == len(theme.STYLES)


def test_endpoints_look_the_same_in_every_figure():
    alone = theme.styles_of(["/similar"])
    together = theme.styles_of(["/similar", "/recommend", "/movies"])

    assert alone["/similar"] == together["/similar"]
    assert len(set(together.values())) == 3


def test_bars_are_stacked_by_endpoint():
    figure = over_time.stacked(
        _rows((EIGHT, "/recommend", 3), (EIGHT, "/similar", 1)), "endpoint", "value", "requests"
    )

    assert figure.layout.barmode == "stack"
    assert {bar.name: list(bar.y) for bar in figure.data} == {"/recommend": [3], "/similar": [1]}


def test_a_line_breaks_where_nothing_was_measured():
    figure = over_time.lines(
        _rows((EIGHT, "/recommend", 5.0), (NINE, "/recommend", 6.0), (NINE, "/similar", 2.0)),
        "endpoint",
        "value",
        "milliseconds",
    )

    similar = next(line for line in figure.data if line.name == "/similar")
    assert list(similar.y) == [None, 2.0]


def test_a_limit_is_drawn_where_it_leaves_the_lines_readable():
    rows = _rows((EIGHT, "/recommend", 60.0))

    near = over_time.lines(rows, "endpoint", "value", "ms", limits={"/recommend": 100.0})
    far = over_time.lines(rows, "endpoint", "value", "ms", limits={"/recommend": 1000.0})

    assert [shape.y0 for shape in near.layout.shapes] == [100.0]
    assert not far.layout.shapes


def test_percentiles_go_by_endpoint():
    rows = [
        {"endpoint": "/recommend", "kpi": "latency_p50_ms", "value": 2.0},
        {"endpoint": "/similar", "kpi": "latency_p50_ms", "value": 1.0},
    ]

    (dots,) = latency.percentiles(rows, {"latency_p50_ms": "median"}).data

    assert dict(zip(dots.y, dots.x, strict=True)) == {"/recommend": 2.0, "/similar": 1.0}


def test_the_distribution_has_every_bucket_in_order_for_every_endpoint():
    rows = [
        {"endpoint": "/similar", "bucket_low_ms": 5.0, "bucket_high_ms": None, "share": 1.0},
        {"endpoint": "/recommend", "bucket_low_ms": 0.0, "bucket_high_ms": 5.0, "share": 1.0},
    ]

    bars = latency.distribution(rows).data

    assert [bar.name for bar in bars] == ["/recommend", "/similar"]
    assert [list(bar.x) for bar in bars] == [["0 – 5", "5 +"]] * 2
    assert [list(bar.y) for bar in bars] == [[1.0, 0], [0, 1.0]]


def test_reasons_say_their_share():
    (bars,) = fallback.reasons([{"reason": "no_user", "requests": 4, "share": 0.25}]).data

    assert (list(bars.y), list(bars.text)) == (["no_user"], ["25.0%"])


def test_intervals_reach_from_end_to_end():
    rows = [
        {"name": "NDCG@10", "model": "a", "value": 0.2, "ci_low": 0.1, "ci_high": 0.4},
        {"name": "NDCG@10", "model": "b", "value": 0.3, "ci_low": None, "ci_high": None},
    ]

    figure = estimates.intervals(rows, "name", "model", "realised", zero=True)

    first, second = figure.data
    assert first.error_x.array == pytest.approx([0.2])
    assert first.error_x.arrayminus == pytest.approx([0.1])
    assert list(second.error_x.array) == [0.0]
    assert first.y[0] != second.y[0]
    assert [shape.x0 for shape in figure.layout.shapes] == [0]


def test_breaches_of_drift_are_ringed():
    rows = [
        {"day": date(2026, 11, day), "subject": "request_genres", "measure": measure}
        | {"value": 0.1 * day, "status": status}
        for day, status in ((19, "ok"), (20, "breach"))
        for measure in ("psi", "js")
    ]

    line, rings = drift.psi_by_day(rows).data

    assert line.name == "asked for, genres"
    assert len(line.y) == 2
    assert (rings.name, list(rings.y)) == ("breach", [2.0])


@pytest.mark.parametrize(
    "figure",
    [
        over_time.stacked([], "endpoint", "value", ""),
        over_time.lines([], "endpoint", "value", ""),
        latency.percentiles([], {}),
        latency.distribution([]),
        fallback.reasons([]),
        estimates.intervals([], "name", "model", ""),
        drift.psi_by_day([]),
    ],
)
def test_no_rows_are_an_empty_figure(figure):
    assert not [trace for trace in figure.data if trace.x]
