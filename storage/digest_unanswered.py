"""Digests that asked for something, and whose reader did nothing since."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from storage.base import among
from storage.digest import Digest, Issue
from storage.event import Event
from storage.person_schedule import PersonSchedule
from storage.question import Question


def in_vain(
    session: Session, people: Collection[int], kind: str, since: datetime
) -> dict[tuple[int, int], int]:
    """Count the digests that asked some people for something, by person and desk.

    Those that were mailed since they last did anything in any case, or chose when such
    digests come; no older ones than `since`.
    """
    named = {"people": people, "kind": kind, "since": since}
    found: dict[tuple[int, int], int] = {}
    for person, desk, values in session.execute(_ASKED, named):
        if values.get("needs"):
            found[person, desk] = found.get((person, desk), 0) + 1
    return found


_LAST_DEED = (
    select(func.max(Event.received_at))
    .where(Event.actor_id == Digest.person_id)
    .correlate(Digest)
    .scalar_subquery()
)
_LAST_CHOICE = (
    select(PersonSchedule.changed_at)
    .where(
        PersonSchedule.person_id == Digest.person_id,
        PersonSchedule.kind == Digest.kind,
    )
    .correlate(Digest)
    .scalar_subquery()
)
_ASKED = (
    select(Digest.person_id, Digest.desk_id, Question.values)
    .join(Question, Question.id == Digest.question_id)
    .where(
        Digest.person_id.in_(among("people")),
        Digest.kind == bindparam("kind"),
        Digest.state == Issue.QUEUED,
        Digest.slot_at > bindparam("since"),
        Digest.slot_at > func.coalesce(_LAST_DEED, bindparam("since")),
        Digest.slot_at > func.coalesce(_LAST_CHOICE, bindparam("since")),
    )
)
