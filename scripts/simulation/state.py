"""``simulation.json``: how far the simulation of a home has come."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from warehouse.errors import MarqueeError
from warehouse.files import write_json
from warehouse.home import Home


@dataclass(frozen=True)
class State:
    """How far a simulation has come; instants are UTC, without a zone.

    Attributes
    ----------
    dataset : str
        Name of the edition's folder.
    as_of : datetime
        Ratings of the edition from here on are unknown, but for those handed in.
    seed : int
    slice : int
        Number of the slice that was handed in last; 0 at the beginning.
    begins_at : datetime
        Where the next slice begins; everything before it has been handed in.
    simulated_until : datetime
        Where the clock stands: at `begins_at`, or within the next slice where a walk was cut short.
    ends_at : datetime or None
        Where the walk that was cut short was to end.
    """

    dataset: str
    as_of: datetime
    seed: int
    slice: int
    begins_at: datetime
    simulated_until: datetime
    ends_at: datetime | None = None

    @classmethod
    def begin(cls, dataset: str, as_of: datetime, seed: int) -> "State":
        """State of a simulation that begins."""
        return cls(dataset, as_of, seed, 0, as_of, as_of)

    @classmethod
    def read(cls, home: Home, dataset: str) -> "State | None":
        """Read the state of the simulation of a dataset; none where there is none.

        Raises
        ------
        MarqueeError
            It cannot be read.
        """
        try:
            content: dict[str, Any] = json.loads(home.simulation.read_text(encoding="utf-8"))
            if content["dataset"] != dataset:
                return None
            following = content["next_slice"]
            ends_at = following.get("ends_at")
            return cls(
                dataset,
                datetime.fromisoformat(content["as_of"]),
                int(content["seed"]),
                int(content["slice"]),
                datetime.fromisoformat(following["begins_at"]),
                datetime.fromisoformat(content["simulated_until"]),
                datetime.fromisoformat(ends_at) if ends_at else None,
            )
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MarqueeError(
                f"{home.simulation}: not the state of a simulation ({error!r})",
                "`make pipeline` removes it and returns to all that is known",
            ) from error

    def write(self, home: Home) -> None:
        """Replace the state of the home."""
        content = asdict(self) | {
            name: getattr(self, name).isoformat() for name in ("as_of", "simulated_until")
        }
        del content["begins_at"], content["ends_at"]
        content["next_slice"] = {
            "number": self.slice + 1,
            "begins_at": self.begins_at.isoformat(),
            "ends_at": self.ends_at.isoformat() if self.ends_at else None,
        }
        write_json(home.simulation, content)

    def asked_until(self, instant: datetime, ends_at: datetime) -> "State":
        """State of a walk to `ends_at` that has asked all up to an instant, itself included."""
        following = instant + timedelta(microseconds=1)
        return replace(self, simulated_until=following, ends_at=ends_at)

    def handed_in(self, until: datetime) -> "State":
        """State after a slice was walked and handed in."""
        return State(self.dataset, self.as_of, self.seed, self.slice + 1, until, until)
