"""A report as one HTML page that needs nothing else, and as Markdown."""

import re
from functools import cache
from pathlib import Path

import plotly.graph_objects as go
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from dashboards.report.document import Report
from warehouse.files import write_text

_UNIT = re.compile(r"(?<=\d) (?=%|ms\b)")
# Shown in words too: colour and sign are never the only bearers.
SIGNS = {"ok": "✓", "warning": "!", "breach": "✗"}


def write_report(report: Report, folder: Path, name: str) -> tuple[Path, Path]:
    """Write ``<name>.html`` and ``<name>.md`` into a folder, each at once.

    Parameters
    ----------
    report : Report
    folder : Path
        Made where it does not exist.
    name : str

    Returns
    -------
    tuple of Path
        The page and the Markdown file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page, text = folder / f"{name}.html", folder / f"{name}.md"
    write_text(page, as_html(report))
    write_text(text, as_markdown(report))
    return page, text


def as_html(report: Report) -> str:
    """Write a page that holds its scripts and styles, and asks nobody for anything."""
    has_figures = any(
        exhibit.figure is not None for section in report.sections for exhibit in section.exhibits
    )
    template = _templates(is_html=True).get_template("report.html.j2")
    return template.render(
        report=report,
        signs=SIGNS,
        plotly_js=Markup(get_plotlyjs()) if has_figures else None,  # noqa: S704 - a library
    )


def as_markdown(report: Report) -> str:
    """Write the same figures as text and tables."""
    template = _templates(is_html=False).get_template("report.md.j2")
    return template.render(report=report, signs=SIGNS)


@cache
def _templates(is_html: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("dashboards.report"),
        autoescape=is_html,  # noqa: S701 - Markdown escapes by a filter of its own
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    if is_html:
        environment.finalize = _unbroken
    environment.filters["figure"] = _figure
    environment.filters["md"] = _markdown
    return environment


def _unbroken(value: object) -> object:
    """Keep a number and its unit on one line."""
    return _UNIT.sub("\u00a0", value) if type(value) is str else value


def _figure(figure: go.Figure, anchor: str) -> Markup:
    """Give Plotly's own element, without its library; its JSON holds no ``<``."""
    return Markup(  # noqa: S704
        figure.to_html(
            full_html=False,
            include_plotlyjs=False,
            div_id=anchor,
            config={"displayModeBar": False, "responsive": True, "showTips": False},
        )
    )


def _markdown(text: str) -> str:
    """Text that neither ends a cell nor is taken for mark-up."""
    plain = " ".join(text.split())
    for character in "\\`*_[]<>|#":
        plain = plain.replace(character, f"\\{character}")
    return plain
