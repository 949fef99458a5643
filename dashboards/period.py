"""The days that a report is about."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last` (UTC), both included.

    Raises
    ------
    ValueError
        `last` lies before `first`, or the calendar has no period of that length before.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.first} to {self.last}: expected the earlier day first")
        if self.first - date.min < timedelta(days=self.n_days):
            raise ValueError(f"{self.first} to {self.last}: expected a later first day")

    @classmethod
    def yesterday(cls) -> "Period":
        """Give the last day that is over."""
        day = datetime.now(UTC).date() - timedelta(days=1)
        return cls(day, day)

    @property
    def n_days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def is_day(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last

    @property
    def previous(self) -> "Period":
        """Give the period of the same length that ends where this one begins."""
        length = timedelta(days=self.n_days)
        return Period(self.first - length, self.last - length)

    @property
    def name(self) -> str:
        """Name of its files, such as ``2026-11-20`` or ``1998-03-07_to_1998-03-28``."""
        return f"{self.first}" if self.is_day else f"{self.first}_to_{self.last}"

    def __str__(self) -> str:
        return f"{self.first}" if self.is_day else f"{self.first} to {self.last}"
