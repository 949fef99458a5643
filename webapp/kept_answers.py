"""Answers kept for whoever asks the same again, within a bound of bytes.

Answers are counted and not weighed, because a counting cache is the one that
Python has in C. So only short ones are kept, and only for short requests: a
popular question is both. One takes at most 10 KiB with all that belongs to it.
"""

from collections.abc import Callable
from functools import lru_cache

from webapp.ranked_answer import RankedAnswer

LONGEST_REQUEST = 512
LONGEST_ANSWER = 3072

Answerer = Callable[[bytes], RankedAnswer]


class _TooLongError(Exception):
    """Carries an answer past the cache, which keeps whatever is returned through it."""

    def __init__(self, answer: RankedAnswer) -> None:
        super().__init__()
        self.answer = answer


def keeper(kept: int) -> Callable[[Answerer], Answerer]:
    """Make the decorator of functions whose answers share one cache.

    Parameters
    ----------
    kept : int
        Answers that are kept, those of all functions together; 0 keeps none.
    """
    if not kept:
        return lambda answerer: answerer
    recall = lru_cache(maxsize=kept)(_short_answer)

    def keep(answerer: Answerer) -> Answerer:
        def answer(asked: bytes) -> RankedAnswer:
            if len(asked) > LONGEST_REQUEST:
                return answerer(asked)
            try:
                return recall(answerer, asked)
            except _TooLongError as too_long:
                return too_long.answer

        return answer

    return keep


def _short_answer(answerer: Answerer, asked: bytes) -> RankedAnswer:
    answer = answerer(asked)
    if len(answer.head) > LONGEST_ANSWER:
        raise _TooLongError(answer)
    return answer
