"""Cutting files into numbered lines: small ones as text, large ones in blocks of bytes."""

from collections.abc import Iterator
from typing import IO

import numpy as np
import pyarrow as pa

_BLOCK_BYTES = 8 << 20


def decode(content: bytes) -> str:
    """Text of a small file: UTF-8 where it is valid, else ISO-8859-1.

    ML-100K and ML-1M are ISO-8859-1, all later editions and the copies in
    packages UTF-8. Accented Latin-1 letters are never valid UTF-8 in practice.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("iso-8859-1")


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines of a small file with their numbers from 1, cut at newlines only.

    `str.splitlines` would also cut at characters such as U+0085, which stand
    inside ISO-8859-1 files, and so give wrong numbers.
    """
    lines = text.removesuffix("\n").split("\n") if text else []
    for number, line in enumerate(lines, start=1):
        yield number, line.removesuffix("\r")


def line_blocks(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Cut a stream into blocks of whole lines.

    Yields
    ------
    first_line : int
        Number of the block's first line, from 1.
    block : bytes
        Ends in a newline, added where the file's last line lacks it.
    """
    number, rest = 1, b""
    while chunk := stream.read(_BLOCK_BYTES):
        head, newline, tail = chunk.rpartition(b"\n")
        if not newline:
            rest += chunk
            continue
        block = rest + head + newline
        yield number, block
        number += block.count(b"\n")
        rest = tail
    if rest:
        yield number, rest + b"\n"


def lines_of(block: bytes) -> pa.Array:
    """Lines of a block, newlines included, as a zero-copy binary array."""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")) + 1
    offsets = np.concatenate(([0], ends)).astype(np.int64)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(block)]
    return pa.Array.from_buffers(pa.large_binary(), len(ends), buffers)
