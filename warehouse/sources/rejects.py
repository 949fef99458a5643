"""The record of rows that were not taken over, and the limit on how many there may be."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.errors import InvalidDataError

MALFORMED = "malformed"
RATING_OUT_OF_RANGE = "rating_out_of_range"
IMPOSSIBLE_TIMESTAMP = "impossible_timestamp"
DUPLICATE_PAIR = "duplicate_pair"
DUPLICATE_ID = "duplicate_id"
UNKNOWN_MOVIE = "unknown_movie"

REJECTS_SCHEMA = pa.schema(
    [
        pa.field("file", pa.string(), nullable=False),
        pa.field("line_number", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("line", pa.string(), nullable=False),
    ]
)
_LONGEST_LINE = 500
_EXAMPLES = 5


class RejectLog:
    """Writes rejected rows to Parquet as they are met, in bounded memory.

    Parameters
    ----------
    path : Path
        The ``rejects.parquet`` to write; there is one even when no row is bad.

    Attributes
    ----------
    reasons : Counter of str
        Rejected rows by reason.
    rows_read : int
        Rows of all files, good and bad.
    """

    def __init__(self, path: Path) -> None:
        self.reasons: Counter[str] = Counter()
        self.rows_read = 0
        self._examples: list[str] = []
        self._writer = pq.ParquetWriter(path, REJECTS_SCHEMA, compression="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._writer.close()

    def add(self, file: str, reason: str, numbers: Sequence[int], lines: Sequence[str]) -> None:
        """Record rows of one file that share a reason; numbers count from 1."""
        if not numbers:
            return
        texts = [line.rstrip("\r\n")[:_LONGEST_LINE] for line in lines]
        for number, text in zip(numbers[:_EXAMPLES], texts, strict=False):
            if len(self._examples) < _EXAMPLES:
                self._examples.append(f"{file}:{number} {reason}: {text!r}")
        self.reasons[reason] += len(texts)
        columns = [[file] * len(texts), list(numbers), [reason] * len(texts), texts]
        self._writer.write_table(pa.table(columns, schema=REJECTS_SCHEMA))

    def require_share(self, largest: float, what: str) -> None:
        """Refuse an edition with too many bad rows.

        Parameters
        ----------
        largest : float
            Share of all rows read, between 0 and 1.
        what : str
            The edition's name, for the message.

        Raises
        ------
        InvalidDataError
            With the counts by reason and the first examples.
        """
        rejected = self.reasons.total()
        share = rejected / max(self.rows_read, 1)
        if share <= largest:
            return
        counts = ", ".join(f"{reason} {n:,}" for reason, n in self.reasons.most_common())
        examples = "".join(f"\n    {example}" for example in self._examples)
        raise InvalidDataError(
            f"{what}: {rejected:,} of {self.rows_read:,} rows are bad ({share:.2%}, at most "
            f"{largest:.2%} is allowed): {counts}; the first ones:{examples}",
            hint="mend the files, or raise MARQUEE_MAX_REJECT_SHARE to take the good rows",
        )
