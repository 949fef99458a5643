"""A bounded first-in, first-out buffer between threads that must not wait long and one that may."""

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Buffer(Generic[T]):
    """Items of many producers for one consumer.

    An item takes room until its batch is finished, not only until it is
    taken. Producers check without a lock, so each of them may once overshoot
    `capacity` by its one item.

    Parameters
    ----------
    capacity : int
        Items that may wait, those in the batch at work included.
    wait_seconds : float
        How long `put` waits for room. After one wait in vain no other begins
        until a batch has been finished, so that a stall is paid for once.
    """

    def __init__(self, capacity: int, wait_seconds: float) -> None:
        self._capacity = capacity
        self._wait_seconds = wait_seconds
        self._waiting: deque[T] = deque()
        self._batch: list[T] = []
        self._freed = threading.Condition()
        self._stalled = False
        self.wanted = threading.Event()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._batch)

    def put(self, item: T) -> bool:
        """Take an item in; False where there is no room even after the wait."""
        if len(self._waiting) + len(self._batch) >= self._capacity and not self._wait_for_room():
            return False
        self._waiting.append(item)
        return True

    def batch(self, size: int) -> list[T]:
        """Oldest items, at most `size`; the same and those after them until `finish`."""
        while self._waiting and len(self._batch) < size:
            self._batch.append(self._waiting.popleft())
        return self._batch

    def finish(self) -> None:
        """Forget the batch: its items have found their end."""
        self._batch = []
        with self._freed:
            self._stalled = False
            self._freed.notify_all()

    def _wait_for_room(self) -> bool:
        with self._freed:
            if self._stalled:
                return False
            self.wanted.set()
            has_room = self._freed.wait_for(lambda: len(self) < self._capacity, self._wait_seconds)
            self._stalled = not has_room
            return has_room
