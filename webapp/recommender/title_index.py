"""Which titles hold which text: equal to it, beginning with it, holding its words, or nearly."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from warehouse.bundle.components import Array
from webapp.recommender.title_text import ARTICLES, title_keys

_LAST = "\U0010ffff"
_UNREACHABLE = 1_000_000
_REMEMBERED_WORDS = 1024
_LEAST_RUN_TOGETHER = 6
_LEAST_LIKENESS = 78.0


class TitleIndex:
    """Titles by their keys and by their words.

    Parameters
    ----------
    titles : sequence of str
        The positions in it are what every search returns.
    """

    def __init__(self, titles: Sequence[str]) -> None:
        self._count = len(titles)
        pairs: list[tuple[str, int]] = []
        words: dict[str, list[int]] = {}
        for position, title in enumerate(titles):
            keys = title_keys(title)
            pairs += [(key, position) for key in keys]
            for word in sorted({word for key in keys for word in key.split(" ")}):
                words.setdefault(word, []).append(position)
        self._keys, self._owners = _sorted_apart(pairs)
        self._compact, self._compact_owners = _sorted_apart(
            {(key.replace(" ", ""), owner) for key, owner in pairs}
        )
        self._words = sorted(words)
        self._postings = [np.array(words[word], dtype=np.int32) for word in self._words]
        self._near_words = lru_cache(_REMEMBERED_WORDS)(partial(_near_words, self._words))

    def exact(self, text: str) -> Array:
        """Titles of which a key equals the text, spaces aside."""
        compact = text.replace(" ", "")
        first, last = bisect_left(self._compact, compact), bisect_right(self._compact, compact)
        return self._compact_owners[first:last]

    def prefixed(self, text: str) -> Array:
        """Titles of which a key begins with the text."""
        first, last = bisect_left(self._keys, text), bisect_left(self._keys, text + _LAST)
        return self._once(self._owners[first:last])

    def run_together(self, text: str) -> Array:
        """Titles of which a key begins with the text, spaces aside."""
        compact = text.replace(" ", "")
        if len(compact) < _LEAST_RUN_TOGETHER:
            return self._compact_owners[:0]
        first, last = (
            bisect_left(self._compact, compact),
            bisect_left(self._compact, compact + _LAST),
        )
        return self._once(self._compact_owners[first:last])

    def with_words(self, text: str) -> Array:
        """Titles that hold every word of the text; the last word may have just begun."""
        *whole, begun = text.split(" ")
        keep = self._holding(begun, begun + _LAST)
        for word in whole:
            keep &= self._holding(word, word + " ")
        return np.flatnonzero(keep)

    def with_similar_words(self, text: str) -> tuple[Array, Array]:
        """Titles that hold every word of the text but for slips, and how many slips.

        One slip (a letter wrong, missing, too many, or two in the wrong order)
        is forgiven from four letters on, a second from eight.
        """
        words = text.split(" ")
        telling = [word for word in words if word not in ARTICLES] or words
        slips = np.zeros(self._count, dtype=np.int32)
        for word in telling:
            least = np.full(self._count, _UNREACHABLE, dtype=np.int32)
            for number, distance in self._near_words(word):
                least[self._postings[number]] = distance
            slips += least
        found = np.flatnonzero(slips < _UNREACHABLE)
        return found, slips[found]

    def resembling(self, text: str, limit: int) -> tuple[Array, Array]:
        """Titles of the `limit` keys that resemble the text most as a whole, and how much, to 1."""
        near = process.extract(
            text.replace(" ", ""),
            self._compact,
            scorer=fuzz.ratio,
            score_cutoff=_LEAST_LIKENESS,
            limit=limit,
        )
        likeness: dict[int, float] = {}
        for _, score, number in near:
            likeness.setdefault(int(self._compact_owners[number]), score / 100)
        return np.array(list(likeness), dtype=np.int32), np.array(list(likeness.values()))

    def _once(self, positions: Array) -> Array:
        """Each position once, ascending."""
        held = np.zeros(self._count, dtype=np.bool_)
        held[positions] = True
        return np.flatnonzero(held)

    def _holding(self, first: str, last: str) -> Array:
        """Whether each title holds one of the words from `first` to before `last`, bool."""
        held = np.zeros(self._count, dtype=np.bool_)
        for number in range(bisect_left(self._words, first), bisect_left(self._words, last)):
            held[self._postings[number]] = True
        return held


def _sorted_apart(pairs: Iterable[tuple[str, int]]) -> tuple[list[str], Array]:
    """Sort keys with their owners, and return each of the two, int32 the owners."""
    ordered = sorted(pairs)
    return [key for key, _ in ordered], np.array([owner for _, owner in ordered], dtype=np.int32)


def _near_words(words: Sequence[str], word: str) -> list[tuple[int, int]]:
    """Numbers of the words that `word` is a slip or two from, and how many, the most first."""
    allowed = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    near = process.extract(word, words, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    return [(number, distance) for _, distance, number in reversed(near)]
