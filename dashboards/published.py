"""Thin selects on the published warehouse, opened read-only."""

from functools import cache
from importlib.resources import files
from types import TracebackType
from typing import Any

import duckdb

from warehouse.connection import damage_behind, open_published
from warehouse.errors import BuildError
from warehouse.home import Home

Row = dict[str, Any]


@cache
def sql_of(query: str) -> str:
    """Text of a query in ``dashboards/queries``, by its name without ``.sql``."""
    return (files("dashboards") / "queries" / f"{query}.sql").read_text(encoding="utf-8")


class Published:
    """One published version of the warehouse, open for as long as the block lasts.

    Parameters
    ----------
    home : Home

    Raises
    ------
    BuildError
        Nothing is published yet, or the file is damaged.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._connection = open_published(home)

    def __enter__(self) -> "Published":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.close()

    def select(self, query: str, **parameters: Any) -> list[Row]:
        """Run a query of ``dashboards/queries``.

        Parameters
        ----------
        query : str
            Its name.
        **parameters
            Exactly those that it names with a dollar sign.

        Returns
        -------
        list of dict
            One a row, by column.

        Raises
        ------
        BuildError
            The file is damaged, or was published before what is asked existed.
        """
        try:
            answer = self._connection.cursor().execute(sql_of(query), parameters)
            names = [column[0] for column in answer.description or ()]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise BuildError(
                f"the published warehouse does not have what {query} asks: "
                f"{str(error).splitlines()[0]}",
                "it was published by an older Marquee: run `make pipeline`",
            ) from error
        except duckdb.Error as error:
            raise damage_behind(self._home, error) or error from error
