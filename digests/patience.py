"""Whoever never answers what digests ask them hears less often, and is told so.

We do not know what anybody reads, only what they answer. After four digests that asked
something they are asked whether once a week is better; after eight it is once a week.
Never for who has a case: somebody waits for them (digests section 3.6).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from digests.content import Written
from digests.due import Due, Run
from gateway.activities.timetables import set_schedule
from gateway.routing.timetable import Every, Kind
from storage import activity as activities
from storage import digest_unanswered
from storage.database import Session
from storage.people import Person

ASKS_AFTER, CHANGES_AFTER = 4, 8
_LOOKS_BACK = timedelta(days=180)


class Patience(StrEnum):
    """What a digest says of its reader's silence; the letter knows these names."""

    NOTHING = ""
    ASKS = "asks"
    CHANGES = "changes"


def after(in_vain: int) -> Patience:
    """Say what the digest does that makes it so many without an answer; pure."""
    if in_vain == ASKS_AFTER:
        return Patience.ASKS
    return Patience.CHANGES if in_vain >= CHANGES_AFTER else Patience.NOTHING


Letter = tuple[int, Due, Written]


def weigh(session: Session, made: Run, letters: Sequence[Letter]) -> list[Letter]:
    """Give letters with what they say of silence; lets some come once a week.

    Asks nothing when none of them needs a colleague who reads more often than that.
    """
    people = sorted({due.person for _, due, written in letters if _asks(due, written)})
    if not people or made.is_preview:
        return list(letters)
    before = made.at - _LOOKS_BACK
    counts = digest_unanswered.in_vain(session, people, Kind.COLLEAGUE, before)
    found = []
    for at, due, written in letters:
        patience = Patience.NOTHING
        if _asks(due, written):
            patience = after(counts.get((due.person, due.desk_id), 0) + 1)
        if patience and not activities.has_cases(session, due.person):
            written = _said(session, made, due, written, patience)  # noqa: PLW2901
        found.append((at, due, written))
    return found


def _asks(due: Due, written: Written) -> bool:
    often = due.timetable.every in {Every.DAILY, Every.HOURLY}
    return due.kind is Kind.COLLEAGUE and often and written.values.count_needs > 0


def _said(
    session: Session, made: Run, due: Due, written: Written, patience: Patience
) -> Written:
    values = replace(written.values, patience=str(patience))
    if patience is Patience.CHANGES:
        person = session.get_one(Person, due.person)
        now = set_schedule(session, due.desk, person, due.kind, "weekly", made.at)
        assert now is not None
        values = replace(
            values, every=str(now.every), weekdays=tuple(sorted(now.weekdays))
        )
    return replace(written, values=values)
