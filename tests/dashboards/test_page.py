"""The page and the Markdown file: complete in themselves, and safe whatever the log holds."""

import re
import shutil
import subprocess
from datetime import datetime
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from dashboards.period import Period
from dashboards.published import Published
from dashboards.report.contents import report_of
from dashboards.report.writing import as_html, as_markdown, write_report
from tests.dashboards.sample import FIRST, SECOND, everything

HOSTILE = '</script><img src=x onerror="alert(1)">| `a` *b* [c](http://d)\nnew line'
# As scripts/install_browser.sh looks for them.
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Page(HTMLParser):
    """The attributes, texts and nesting that the tests ask about."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.open, self.texts = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name in ("src", "href", "action")]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.texts.append(data)


def _report(home):
    with Published(home) as published:
        return report_of(published, Period(FIRST, SECOND), datetime(2026, 11, 21))


@pytest.fixture(scope="module")
def report(full_home):
    return _report(full_home)


@pytest.fixture(scope="module")
def html(report):
    return as_html(report)


@pytest.fixture(scope="module")
def hostile(publish):
    rows = everything()
    rows["marts.fct_promotion_decisions"][0]["reason"] = HOSTILE
    for table in ("reports.rpt_kpi_daily", "reports.rpt_coverage", "reports.rpt_replay_by_model"):
        rows[table] = [
            row if row["model_version"] == "all" else row | {"model_version": HOSTILE}
            for row in rows[table]
        ]
    rows["reports.rpt_fallback"][0]["reason"] = HOSTILE
    return _report(publish(rows))


def test_the_page_needs_nothing_else(html):
    page = Page(html)

    assert page.open == []
    assert page.links and all(link.startswith("#") for link in page.links)
    assert "default-src 'none'" in html
    assert html.count("plotly.js v") == 1


def test_links_within_the_page_lead_somewhere(html):
    anchors = set(re.findall(r'id="([^"]+)"', html))

    assert {link.removeprefix("#") for link in Page(html).links} <= anchors


def test_charts_have_a_name_and_their_numbers_beside_them(html, report):
    n_charts = sum(1 for section in report.sections for each in section.exhibits if each.figure)

    assert n_charts >= 10
    assert len(re.findall(r'role="img" aria-label="[^"]+"', html)) == n_charts
    assert "600" in Page(html).texts


def test_what_the_log_holds_is_text(hostile):
    page = Page(as_html(hostile))

    assert "img" not in page.tags
    assert page.open == []
    assert any("onerror" in text for text in page.texts)


def test_a_page_without_charts_is_small(publish):
    page = as_html(_report(publish({})))

    assert len(page) < 20_000
    assert "<script" not in page


def test_markdown_tables_keep_their_shape(report, hostile):
    for each in (report, hostile):
        lines = as_markdown(each).splitlines()
        tables = 0
        for line, following in pairwise(lines):
            if line.startswith("|") and following.startswith("|"):
                assert _cells(line) == _cells(following), line
            tables += bool(re.fullmatch(r"[|:-]+", line))
        assert tables >= 15


def test_markdown_says_status_in_words(report):
    text = as_markdown(report)

    assert "**✗ breach.** 1 figure in breach" in text
    assert "120 ms (breach)" in text


def test_files_are_written_anew(report, tmp_path):
    (tmp_path / "day.html").write_text("old")

    page, text = write_report(report, tmp_path, "day")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["day.html", "day.md"]
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert text.read_text(encoding="utf-8").startswith("# Marquee, 2026-11-19 to 2026-11-20")


def test_a_browser_draws_every_chart_without_a_network(html, report, tmp_path):
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert browser, "no Chromium here: make test installs it where it may"
    page = tmp_path / "page.html"
    page.write_text(html, encoding="utf-8")

    done = subprocess.run(
        [
            browser,
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={tmp_path / 'profile'}"),
            *("--enable-logging=stderr", "--virtual-time-budget=5000", "--dump-dom"),
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    n_charts = sum(1 for section in report.sections for each in section.exhibits if each.figure)
    assert len(re.findall(r'class="[^"]*js-plotly-plot', done.stdout)) == n_charts
    assert done.stdout.count('class="plot-container') == n_charts
    assert "CONSOLE" not in done.stderr


def _cells(line):
    return len(re.findall(r"(?<!\\)\|", line))
