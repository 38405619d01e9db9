"""Which cases are not settled, read from their history alone (promises R16).

A text of the customer waits until the team answers it or somebody dismisses it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from storage.activity import (
    Activity,
    Desk,
    Lane,
    Participant,
    Role,
    Turn,
)
from storage.event import DOOR_OF_OLD_MAIL, Event, Kind
from storage.old_mail import in_parts, waits_since_old_mail
from storage.unseen import Unseen, Why

# What was merged is part of the case that it was merged into.

_Part = aliased(Activity)
_ROOT = func.coalesce(_Part.redirect_id, _Part.id)
"""The case that a part belongs to. Not joined: both have the same customer, and no
index would find the parts of a case."""
_Seat = aliased(Participant)
_BY_CUSTOMER = and_(
    Event.kind == Kind.POST,
    Event.lane == Lane.EVERYONE,
    Event.door != DOOR_OF_OLD_MAIL,
    Event.actor_id == _Part.customer_id,
    # Pure thanks waits for nothing (decisions E44).
    Event.is_thanks.is_(False),
)
_BY_TEAM = and_(
    Event.kind == Kind.POST,
    # When they hear from us next answers nothing (decision 0043).
    Event.is_promise.is_(False),
    Event.lane == Lane.EVERYONE,
    Event.door != DOOR_OF_OLD_MAIL,
    # Nobody: sent by hand from the mailbox, by one of us.
    or_(
        Event.actor_id.is_(None),
        and_(_Seat.id.is_not(None), Event.actor_id != _Part.customer_id),
    ),
)
_DISMISSING = (Kind.RESOLVED, Kind.DROPPED, Kind.SPAM)
_DISMISSES = and_(Event.kind.in_(_DISMISSING), Event.actor_id.is_not(None))


def _newest(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((which, Event.id), else_=0))


@dataclass(frozen=True, slots=True)
class Case:
    """A case whose customer waits, or wrote last."""

    id: int
    public_id: str
    subject: str
    desk: str
    customer: int
    owner: int | None
    turn: Turn
    opened_at: datetime
    waiting_since: datetime | None
    promised_at: datetime | None
    since_old_mail: bool
    unsettled: Mapping[int, int]
    """By part, the event up to which all is answered or dismissed, where not all is."""

    def is_unseen(self, why: Why) -> Unseen:
        """Give it as an exception."""
        return Unseen(
            why=why,
            activity=self.id,
            public_id=self.public_id,
            subject=self.subject,
            since=self.waiting_since or self.opened_at,
            desk=self.desk,
        )


Unsettled = dict[int, dict[int, int]]
"""By case and by part: up to which event all is settled, where not all is."""


def find_unsettled(session: Session, parts: Collection[int] | None = None) -> Unsettled:
    """Give the cases in a part of which the customer wrote last.

    `parts` are the cases, and what was merged into them; all, if not given. A part is
    answered by what was said there, and in the whole after it was merged.
    """
    asked, answered, dismissed = map(_newest, (_BY_CUSTOMER, _BY_TEAM, _DISMISSES))
    wanted = (
        select(_ROOT, _Part.id, asked, answered, dismissed, func.max(Event.id))
        .select_from(Event)
        .join(_Part, _Part.id == Event.activity_id)
        .outerjoin(
            _Seat,
            and_(
                _Seat.activity_id == _ROOT,
                _Seat.person_id == Event.actor_id,
                # Of the team still, or until the case went to another desk.
                or_(_Seat.in_team_lane, _Seat.role == Role.TEAM),
            ),
        )
        .where(Event.kind.in_([Kind.POST, Kind.MERGED, *_DISMISSING]))
        .where(Event.id.not_in(split_off(session)))
        .group_by(_Part.id, _Part.redirect_id)
    )
    chunks = [None] if parts is None else in_parts(parts)
    rows = [
        row
        for some in chunks
        for row in session.execute(
            wanted if some is None else wanted.where(Event.activity_id.in_(some))
        )
    ]
    whole = {
        root: max(said, shut) for root, part, _, said, shut, _ in rows if root == part
    }
    found: Unsettled = {}
    for root, part, last_asked, said, shut, newest in rows:
        since = whole.get(root, 0)
        settled = max(said, shut, since if since > newest else 0)
        if last_asked > settled:
            found.setdefault(root, {})[part] = settled
    return found


def split_off(session: Session) -> list[int]:
    """Give the posts that became cases of their own: they wait there."""
    found = session.scalars(select(Event.values).where(Event.kind == Kind.SPLIT))
    return [values["post"] for values in found if "post" in values]


def open_cases(session: Session, unsettled: Unsettled) -> Iterator[Case]:
    """Give the cases whose customer waits, and those that are not settled.

    Who was promised a word waits for it, though nothing was asked.
    """
    wanted = (
        select(
            Activity.id,
            Activity.public_id,
            Activity.subject,
            Desk.address,
            Activity.customer_id,
            Activity.owner_id,
            Activity.turn,
            Activity.opened_at,
            Activity.waiting_since,
            Activity.promised_at,
            waits_since_old_mail().label("since_old_mail"),
        )
        .join(Desk, Desk.id == Activity.desk_id)
        .where(Activity.redirect_id.is_(None))
        .order_by(Activity.id)
    )
    owed = or_(Activity.waiting_since.is_not(None), Activity.promised_at.is_not(None))
    rows = list(session.execute(wanted.where(owed)))
    others = unsettled.keys() - {row.id for row in rows}
    for some in in_parts(others):
        rows += session.execute(wanted.where(Activity.id.in_(some)))
    for row in rows:
        yield Case(*row, unsettled.get(row.id, {}))


def answered_in_old_mail(session: Session, cases: Iterable[Case]) -> set[int]:
    """Give the cases in which old mail of others is as late as the customer's last."""
    said = case((_BY_CUSTOMER, Event.received_at))
    answers = case(
        (
            and_(
                Event.kind == Kind.POST,
                Event.lane == Lane.EVERYONE,
                Event.door == DOOR_OF_OLD_MAIL,
                Event.actor_id.is_distinct_from(_Part.customer_id),
            ),
            Event.received_at,
        )
    )
    found: set[int] = set()
    for some in in_parts(each.id for each in cases):
        found.update(
            session.scalars(
                select(Event.activity_id)
                .join(_Part, _Part.id == Event.activity_id)
                .where(Event.activity_id.in_(some))
                .group_by(Event.activity_id)
                .having(func.max(answers) >= func.max(said))
            )
        )
    return found
