"""What every Marquee command line shares: one console, one way to fail, one log setting."""

import errno
import sys
from typing import Any

import click
from rich.console import Console

from warehouse.errors import MarqueeError

console = Console(stderr=True, highlight=False)


class MarqueeGroup(click.Group):
    """A command group that turns expected failures into one clear message.

    A ``MarqueeError`` and a failure of the disk or of permissions end with
    the message and a non-zero exit code; anything else is a defect and keeps
    its traceback.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except MarqueeError as error:
            fail(str(error), error.exit_code)
        except KeyboardInterrupt:
            fail("interrupted; the next run finishes the work", 130)
        except OSError as error:
            if error.errno not in _HINTS:
                raise
            fail(f"{error.filename or ''}: {error.strerror}\n  hint: {_HINTS[error.errno]}", 1)


_HINTS = {
    errno.ENOSPC: "free some disk space, or move MARQUEE_HOME to a larger disk",
    errno.EDQUOT: "free some of your quota, or move MARQUEE_HOME to another disk",
    errno.EACCES: "mend the permissions, or choose another MARQUEE_HOME",
    errno.EROFS: "choose a MARQUEE_HOME on a disk that can be written",
}


def fail(message: str, exit_code: int) -> None:
    """Print `message` as an error and leave the program."""
    console.print("[bold red]error:[/]", end=" ")
    console.print(message, markup=False, soft_wrap=True)
    sys.exit(exit_code)
