"""One digest that cannot be made stops no other: it is logged, and tried later."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from storage import job
from storage.database import Session, is_fault

AGAIN = timedelta(minutes=10)
"""So long after a run that failed for somebody they are tried once more."""
_JOB = "digests again"

_log = structlog.get_logger()
_Some = TypeVar("_Some")


class Failed:
    """Whom a run could not make a digest for."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.people: set[int] = set()

    def each(
        self,
        people: Sequence[int],
        act: Callable[[Sequence[int]], _Some],
    ) -> Iterator[_Some]:
        """Do something for all of some people, or else for each of them alone.

        Whoever it fails for is logged by number. Raises what the database says of
        itself: while it is away there is nothing to be done for anybody.
        """
        try:
            done = act(people)
        except Exception as error:
            if is_fault(error):
                raise
            if len(people) == 1:
                self._note(people[0], error)
                return
        else:
            yield done
            return
        for one in people:
            yield from self.each([one], act)

    def _note(self, person: int, error: Exception) -> None:
        self.people.add(person)
        _log.error("a digest could not be made", person=person, exc_info=error)

    def note_in(self, session: Session, at: datetime) -> None:
        """Write down that the run of an instant has to be made good."""
        if self.people:
            job.mark(session, _JOB, at)


def is_wanted(session: Session, last: datetime, at: datetime) -> bool:
    """Say whether it is time to try those again for whom the last run failed."""
    return at - last >= AGAIN and job.last_done(session, _JOB) == last


def unbroken(what: str, act: Callable[[], int]) -> int:
    """Do one thing of several; gives how much that was, 0 if it failed and was logged.

    Raises what the database says of itself.
    """
    try:
        return act()
    except Exception as error:
        if is_fault(error):
            raise
        _log.error("a digest could not be made", desk=what, exc_info=error)
        return 0
