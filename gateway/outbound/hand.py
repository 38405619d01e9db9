"""What a dispatcher has in hand: deliveries that are leased and not yet settled."""

import threading
from bisect import insort
from collections import deque
from collections.abc import Collection, Iterable
from datetime import datetime

from storage.lease import Claimed


class Hand:
    """A queue from the one that claims to those that send; for any thread.

    A delivery is in hand from `put` until `done`, so also while it is being sent. What
    goes first in the outbox goes first here: an answer passes the digests that wait.
    """

    def __init__(self, low: int) -> None:
        """Ask for more when fewer than `low` wait for a worker."""
        self._low = low
        self._change = threading.Condition()
        self._queue: deque[Claimed] = deque()
        self._until: dict[int, datetime] = {}
        self._closed = False

    def put(self, claimed: Iterable[Claimed]) -> None:
        """Add deliveries, to be taken by priority and then in this order."""
        with self._change:
            for one in claimed:
                insort(self._queue, one, key=_priority)
                self._until[one.id] = one.leased_until
            self._change.notify_all()

    def take(self, seconds: float) -> Claimed | None:
        """Give the next delivery; None when none came in time, or none will."""
        with self._change:
            self._change.wait_for(lambda: self._queue or self._closed, seconds)
            if not self._queue:
                return None
            one = self._queue.popleft()
            if self.is_low:
                self._change.notify_all()
            return one

    def done(self, ids: Collection[int]) -> None:
        """Let settled or lost deliveries go."""
        with self._change:
            for number in ids:
                self._until.pop(number, None)
            if self.is_low:
                self._change.notify_all()

    def empty(self) -> list[int]:
        """Take all that no worker has begun; gives their ids, which stay in hand."""
        with self._change:
            ids = [one.id for one in self._queue]
            self._queue.clear()
            return ids

    def drop(self, ids: Collection[int]) -> None:
        """Forget deliveries whose lease another node has."""
        with self._change:
            lost = set(ids)
            self._queue = deque(one for one in self._queue if one.id not in lost)
        self.done(ids)

    def wait(self, seconds: float) -> None:
        """Return when something was taken or settled and little waits, or in time."""
        with self._change:
            self._change.wait(seconds)

    def close(self) -> None:
        """Tell the workers that nothing more comes."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def leased_until(self, delivery_id: int) -> datetime | None:
        """Say how long a delivery is ours; None when it is not."""
        return self._until.get(delivery_id)

    def renewed(self, ids: Collection[int], until: datetime) -> None:
        """Note a longer lease of what is still in hand."""
        with self._change:
            for number in self._until.keys() & set(ids):
                self._until[number] = until

    def first_end(self) -> datetime | None:
        """Say when the first lease of all ends; None with empty hands."""
        with self._change:
            return min(self._until.values(), default=None)

    @property
    def ids(self) -> list[int]:
        """All that is in hand."""
        with self._change:
            return list(self._until)

    @property
    def waiting(self) -> int:
        """Say how many wait for a worker."""
        return len(self._queue)

    @property
    def last_priority(self) -> int | None:
        """Give the priority of what goes last; None when nothing waits for a worker."""
        with self._change:
            return self._queue[-1].priority if self._queue else None

    @property
    def is_low(self) -> bool:
        """Say whether the workers will soon have nothing to do."""
        return len(self._queue) < self._low

    @property
    def is_closed(self) -> bool:
        """Say whether the workers shall end."""
        return self._closed


def _priority(one: Claimed) -> int:
    return one.priority
