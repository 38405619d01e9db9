"""Mails of a mailbox that could not be taken: one of them must not stop the others."""

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

TRIES = 3
"""Times that a mail may break the connection before it is left alone for a while."""
REST_SECONDS = 600.0


@dataclass(slots=True)
class _Setback:
    failures: int = 0
    not_before: float = float("-inf")


class Setbacks:
    """Remembers, while we run, which mails gave trouble.

    A mail in hand when the connection breaks is suspected: from then on it is fetched
    alone, so that the next break names the culprit, which then has to wait.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._found: dict[int, _Setback] = {}

    def __bool__(self) -> bool:
        """Say whether any mail waits for another try."""
        return bool(self._found)

    def all(self) -> Collection[int]:
        """Give the numbers of the mails that were not taken yet."""
        return self._found.keys()

    def may_try(self, uid: int) -> bool:
        """Say whether this mail may be tried now."""
        found = self._found.get(uid)
        return found is None or time.monotonic() >= found.not_before

    def is_alone(self, uid: int) -> bool:
        """Say whether this mail is fetched without company."""
        return uid in self._found

    def suspect(self, uid: int) -> None:
        """Note that this mail was not to be had: it is tried again, alone."""
        self._found.setdefault(uid, _Setback())

    def note(self, uid: int) -> None:
        """Note that this mail itself was refused: it waits."""
        found = self._found.setdefault(uid, _Setback())
        found.failures += 1
        found.not_before = time.monotonic() + REST_SECONDS

    def keep_only(self, uids: Collection[int]) -> None:
        """Forget what is not in the mailbox any more."""
        there = set(uids)
        self._found = {uid: at for uid, at in self._found.items() if uid in there}

    def forget(self, *uids: int) -> None:
        """Note that these were taken, or were not to blame."""
        for uid in uids:
            self._found.pop(uid, None)

    @contextmanager
    def in_hand(self, uids: Sequence[int]) -> Iterator[None]:
        """Suspect these mails when what is done with them fails."""
        try:
            yield
        except Exception:
            for uid in uids:
                found = self._found.setdefault(uid, _Setback())
                found.failures += len(uids) == 1
                if found.failures >= TRIES:
                    found.not_before = time.monotonic() + REST_SECONDS
            raise
        # What was noted meanwhile was refused; the others were not to blame.
        self.forget(*(uid for uid in uids if self.may_try(uid)))
