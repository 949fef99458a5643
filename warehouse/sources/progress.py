"""How long steps show that they are alive."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


@contextmanager
def byte_progress(
    console: Console, what: str, total: int | None, done: int = 0
) -> Iterator[Callable[[int], None]]:
    """Show a bar that counts bytes.

    Parameters
    ----------
    console : Console
    what : str
        Stands before the bar.
    total : int or None
        None where it is not known.
    done : int
        Bytes that an earlier attempt has left.

    Yields
    ------
    callable
        Takes the number of further bytes.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total, completed=done)
        yield lambda count: progress.advance(task, count)
