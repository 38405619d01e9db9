"""Groups mails into threads: by their ids, and where those fail by subject and people.

Two mails are of one thread when one names the other's Message-ID in In-Reply-To or
References, or when both name the same third one, be it here or not (RFC 5256 and its
ancestor in spirit; who answers whom inside a thread is not asked, so a loop in
References is no trouble).

Then the oldest mail of a thread is looked at once more. It joins a thread with the same
base subject, which must not be empty, and with an outside participant in common:
when it is an answer (`Re:`, or it names mails that are not here), if that thread had a
mail in the 14 days before; when it is not, in the 3 days before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

ANSWER_DAYS, FRESH_DAYS = 14, 3
_ANSWER = timedelta(days=ANSWER_DAYS).total_seconds()
_FRESH = timedelta(days=FRESH_DAYS).total_seconds()
_MOST_PEOPLE = 50
_NEVER = (float("-inf"), -1)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as the rule for subjects sees it."""

    node: int
    """What `Threads.add` gave."""
    at: float
    """Seconds since 1970."""
    subject: str
    """The base subject."""
    people: tuple[int, ...]
    """Who takes part from outside, by any number that is theirs alone."""
    is_answer: bool


class Threads:
    """Threads that grow mail by mail, in any order; time and memory are linear."""

    def __init__(self) -> None:
        """Start without any mail."""
        self._nodes: dict[str, int] = {}
        self._above: list[int] = []
        self._size: list[int] = []

    def add(self, message_id: str, named: Iterable[str] = ()) -> int:
        """Take a mail with the ids that it names; give the number to ask for it by.

        Mails with the same id share a number, mails without an id never do.
        """
        node = self.node(message_id) if message_id else self._new()
        for one in named:
            self._join(node, self.node(one))
        return node

    def node(self, message_id: str) -> int:
        """Give the number of an id, whether its mail is here or only named."""
        found = self._nodes.get(message_id)
        if found is None:
            found = self._nodes[message_id] = self._new()
        return found

    def thread(self, node: int) -> int:
        """Give the number of the thread that a mail is in, so far."""
        above = self._above
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    def join_by_subject(self, letters: Iterable[Letter]) -> None:
        """Join what has lost its ids, by the rule above; call it once, at the end."""
        latest: dict[tuple[str, int], tuple[float, int]] = {}
        seen: set[int] = set()
        for one in sorted(letters, key=lambda letter: (letter.at, letter.node)):
            if not one.subject:
                continue
            subject = one.subject.casefold()
            people = one.people[:_MOST_PEOPLE]
            thread = self.thread(one.node)
            if thread not in seen:
                window = _ANSWER if one.is_answer else _FRESH
                earlier = (latest.get((subject, person), _NEVER) for person in people)
                at, node = max(earlier, default=_NEVER)
                if one.at - at <= window:
                    self._join(node, one.node)
            seen.add(self.thread(one.node))
            for person in people:
                latest[subject, person] = one.at, one.node

    def _new(self) -> int:
        self._above.append(len(self._above))
        self._size.append(1)
        return len(self._above) - 1

    def _join(self, one: int, other: int) -> None:
        """Make two threads one; the smaller goes below the larger."""
        one, other = self.thread(one), self.thread(other)
        if one == other:
            return
        if self._size[one] < self._size[other]:
            one, other = other, one
        self._above[other] = one
        self._size[one] += self._size[other]
