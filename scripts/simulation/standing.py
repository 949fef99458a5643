"""A simulation beside pipelines that may end it: one walk at a time, and no state brought back."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from filelock import FileLock, Timeout

from scripts.simulation.state import State
from warehouse.errors import LockedError, MarqueeError
from warehouse.home import Home
from warehouse.lock import exclusive

_LOOK_SECONDS = 0.2


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Be the one simulation that walks in a home; pipelines are not kept from it.

    Raises
    ------
    LockedError
        Another one does.
    """
    lock = FileLock(home.simulation.with_suffix(".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(
            f"another simulation is at work in {home.root}",
            "wait until it ends, or give this one a home of its own with MARQUEE_HOME",
        ) from error
    try:
        yield
    finally:
        lock.release()


@dataclass
class Standing:
    """The simulation as the home has it: what this process has read or written last."""

    home: Home
    state: State

    @contextmanager
    def held(self, patience: float) -> Iterator[None]:
        """Hold the home's lock while the simulation stands.

        Parameters
        ----------
        patience : float
            Seconds to wait for a pipeline that is at work.

        Raises
        ------
        LockedError
            It is still at work.
        MarqueeError
            Somebody has ended the simulation meanwhile, or begun another.
        """
        deadline = time.monotonic() + patience
        with ExitStack() as stack:
            while True:
                try:
                    stack.enter_context(exclusive(self.home))
                    break
                except LockedError:
                    if time.monotonic() >= deadline:
                        raise
                    time.sleep(_LOOK_SECONDS)
            if State.read(self.home, self.state.dataset) != self.state:
                raise MarqueeError(
                    f"{self.home.simulation}: the simulation was ended while this walk went on, "
                    "which hands nothing in",
                    "`make simulate` begins another",
                )
            yield

    def write(self, state: State) -> None:
        """Replace the state; only while it is `held`."""
        state.write(self.home)
        self.state = state

    def write_if_free(self, state: State) -> None:
        """Replace the state, unless a pipeline is at work just now.

        Raises
        ------
        MarqueeError
            See `held`.
        """
        try:
            with self.held(patience=0):
                self.write(state)
        except LockedError:
            return
