"""What a report is made of, before it is written in any format."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboards.wording import NOTHING


@dataclass(frozen=True)
class Cell:
    """One cell of a table: a text, and the status of what it tells (null: none)."""

    text: str
    status: str | None = None


@dataclass(frozen=True)
class Table:
    """Rows of cells below their headings.

    Attributes
    ----------
    headings : tuple of str
    rows : tuple of tuple of Cell
        Each as long as `headings`.
    words : frozenset of int
        Columns of words, which are set to the left and may wrap; the others
        hold numbers.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: frozenset[int]

    @property
    def is_narrow(self) -> bool:
        """Whether it has room beside a chart."""
        return len(self.headings) <= 4

    @classmethod
    def of(
        cls,
        headings: Sequence[str],
        rows: Iterable[Sequence[Cell | str]],
        words: Iterable[int] = (0,),
    ) -> "Table":
        """Make a table of texts and cells."""
        cells = (
            tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row) for row in rows
        )
        return cls(tuple(headings), tuple(cells), frozenset(words))


@dataclass(frozen=True)
class Exhibit:
    """A chart and the numbers behind it; either may be missing.

    Attributes
    ----------
    title : str
        What it shows.
    table : Table or None
        None where that of the exhibit before has its numbers too.
    figure : Figure or None
    note : str
        How to read it; may be empty.
    """

    title: str
    table: Table | None = None
    figure: go.Figure | None = None
    note: str = ""


@dataclass(frozen=True)
class Section:
    """One subject.

    Attributes
    ----------
    key : str
        Its anchor.
    title : str
    exhibits : tuple of Exhibit
    text : str
        What it is about, or why there is nothing; may be empty.
    """

    key: str
    title: str
    exhibits: tuple[Exhibit, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Tile:
    """One headline figure.

    Attributes
    ----------
    label : str
    value : str
    status : str or None
        ok, warning or breach; none where there is no threshold.
    days : str
        On how many of several days it was not ok; may be empty.
    change : str
        How it differs from the period before; empty where that has no figure.
    limit : str
        Its thresholds in words; may be empty.
    """

    label: str
    value: str
    status: str | None
    days: str
    change: str
    limit: str


@dataclass(frozen=True)
class Report:
    """A whole report.

    Attributes
    ----------
    title : str
    facts : tuple of str
        What it is made of, for its head.
    verdict : str
        The period in one sentence.
    status : str or None
        The worst status of the headline figures.
    tiles : tuple of Tile
    sections : tuple of Section
    """

    title: str
    facts: tuple[str, ...]
    verdict: str
    status: str | None
    tiles: tuple[Tile, ...] = ()
    sections: tuple[Section, ...] = ()


def pivoted(
    corner: str,
    down: Sequence[str],
    across: Sequence[str],
    cells: dict[tuple[str, str], Cell | str],
    words: Iterable[int] = (0,),
) -> Table:
    """Lay cells out in two directions, with a dash where there is none.

    Parameters
    ----------
    corner : str
        Heading of the first column.
    down, across : sequence of str
        Names of the rows and of the columns.
    cells : dict
        By row and column.
    words : iterable of int
        Columns of words.
    """
    rows = ([name, *(cells.get((name, column), NOTHING) for column in across)] for name in down)
    return Table.of([corner, *across], rows, words)
