"""Nobody waits unseen (promises R16): every exception, with its reason.

Each human mail of a customer is at every instant answered; promised with a name and a
time, and seen by somebody of the team who is still there; the customer's turn; held
with a notice of its own and a deadline; or dismissed by a named person. What is none of
these is an exception. Imported old mail is none: nobody was promised anything.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from storage import held
from storage.activity import Activity, Desk, Lane, Membership, Participant, Turn
from storage.event import DOOR_OF_OLD_MAIL, Event, Kind
from storage.held import DEAD, Held
from storage.journal import Inbound, State
from storage.ledger import Ledger, Outcome
from storage.old_mail import in_parts, waits_since_old_mail
from storage.outbox import Delivery, Letter
from storage.people import PersonAddress

READ_WITHIN = timedelta(minutes=10)
"""A mail that nobody has read for so long waits for nobody."""
GRACE = timedelta(days=4)
"""From Friday's daily letter to Tuesday's: so long a held mail may go unmentioned."""
_HERE = frozenset({Membership.TOLD, Membership.JOINED})


class Why(StrEnum):
    """What is wrong; letters know these names."""

    NO_PROMISE = "no_promise"
    FORGOTTEN = "forgotten"
    CUSTOMERS_TURN = "customers_turn"
    AFTER_RESOLUTION = "after_resolution"
    OWNER_GONE = "owner_gone"
    NOBODY = "nobody"
    UNSEEN = "unseen"
    UNREAD = "unread"
    UNTOLD = "untold"
    NO_DEADLINE = "no_deadline"
    UNREMINDED = "unreminded"
    MACHINE = "machine"


_SAYS = {
    Why.NO_PROMISE: "the customer of {} waits without a promise",
    Why.FORGOTTEN: "the customer of {} wrote last, and nobody counts them as waiting",
    Why.CUSTOMERS_TURN: "the customer of {} wrote last, yet it counts as their turn",
    Why.AFTER_RESOLUTION: "the customer of {} wrote after it was resolved",
    Why.OWNER_GONE: "the owner of {}, whose customer waits, takes part no longer",
    Why.NOBODY: "the customer of {} waits, and nobody of the team can be reached there",
    Why.UNSEEN: "nobody of the team who is there got what the customer of {} wrote",
    Why.UNREAD: "mail {} was accepted and has been read by nobody since",
    Why.UNTOLD: "mail {} waits for a human, and nobody was told of it",
    Why.NO_DEADLINE: "mail {} waits for a human without a deadline",
    Why.UNREMINDED: "mail {} is past its deadline, and nobody was reminded",
    Why.MACHINE: "mail {} of a customer was taken for a machine's, and nobody was told",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """One exception: somebody waits and nobody looks after it."""

    why: Why
    activity: int | None = None
    public_id: str = ""
    subject: str = ""
    """Of the case, if there is one."""
    inbound: int | None = None
    sender: str = ""
    """Of the mail's envelope, if it is a mail."""
    since: datetime
    desk: str = ""
    """The matching key of the desk's address; empty when it is not known."""

    @property
    def text(self) -> str:
        """What is wrong, in plain English."""
        return _SAYS[self.why].format(self.public_id or self.inbound)


def exceptions(session: Session, now: datetime) -> Iterator[Unseen]:
    """Give everybody who waits unseen."""
    yield from _cases(session)
    yield from _unread(session, now)
    yield from _held(session, now)
    yield from _taken_for_machines(session, now)


def count(session: Session, desk: str | None = None) -> int:
    """Count the customers who wait for us, in a case or at the door; of one desk."""
    in_cases = (
        select(func.count())
        .select_from(Activity)
        .join(Desk, Desk.id == Activity.desk_id)
        .where(Activity.waiting_since.is_not(None), Activity.redirect_id.is_(None))
    )
    if desk is not None:
        in_cases = in_cases.where(Desk.address == desk)
    return (session.scalar(in_cases) or 0) + held.count(session, desk)


# Cases.


def _last(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.max(Event.id), 0))
        .where(Event.activity_id == Activity.id, *conditions)
        .scalar_subquery()
    )


_SAID = and_(
    Event.kind == Kind.POST,
    Event.lane == Lane.EVERYONE,
    Event.door != DOOR_OF_OLD_MAIL,
)
_BY_TEAM = or_(
    # Sent by hand from the mailbox: one of us, nobody knows who.
    Event.actor_id.is_(None),
    and_(
        Event.actor_id != Activity.customer_id,
        Event.actor_id.in_(
            select(Participant.person_id).where(
                Participant.activity_id == Activity.id, Participant.in_team_lane
            )
        ),
    ),
)
_ASKED = _last(_SAID, Event.actor_id == Activity.customer_id)
_ANSWERED = _last(_SAID, _BY_TEAM)
_DISMISSED = _last(Event.kind == Kind.RESOLVED, Event.actor_id.is_not(None))


@dataclass(frozen=True, slots=True)
class _Case:
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
    settled: int
    """The event after which nothing of the customer is answered or dismissed."""
    since_old_mail: bool

    def is_unseen(self, why: Why) -> Unseen:
        return Unseen(
            why=why,
            activity=self.id,
            public_id=self.public_id,
            subject=self.subject,
            since=self.waiting_since or self.opened_at,
            desk=self.desk,
        )


def _cases(session: Session) -> Iterator[Unseen]:
    waiting = []
    for case in _open(session):
        if why := _misjudged(session, case):
            yield case.is_unseen(why)
        elif case.waiting_since is not None:
            waiting.append(case)
    seats = _seats(session, waiting)
    unseen = unseen_posts(session, [case.id for case in waiting], seats)
    for case in waiting:
        team = seats[case.id]
        if team and not any(team.values()):
            yield case.is_unseen(Why.NOBODY)
        elif case.owner is not None and case.owner not in team:
            yield case.is_unseen(Why.OWNER_GONE)
        elif team and unseen.get(case.id):
            yield case.is_unseen(Why.UNSEEN)


def _open(session: Session, only: Collection[int] | None = None) -> Iterator[_Case]:
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
            _ANSWERED.label("answered"),
            _DISMISSED.label("dismissed"),
            waits_since_old_mail().label("since_old_mail"),
        )
        .join(Desk, Desk.id == Activity.desk_id)
        .where(
            Activity.redirect_id.is_(None),
            or_(
                Activity.waiting_since.is_not(None),
                and_(_ASKED > _ANSWERED, _ASKED > _DISMISSED),
            ),
        )
        .order_by(Activity.id)
    )
    if only is not None:
        wanted = wanted.where(Activity.id.in_(only))
    for row in session.execute(wanted):
        yield _Case(*row[:10], max(row.answered, row.dismissed), row.since_old_mail)


def _misjudged(session: Session, case: _Case) -> Why | None:
    """Say whether the state of a case is not what its history tells."""
    if case.turn is Turn.CUSTOMERS:
        why = Why.CUSTOMERS_TURN
    elif case.turn is Turn.RESOLVED:
        why = Why.AFTER_RESOLUTION
    elif case.waiting_since is None:
        why = Why.FORGOTTEN
    elif case.promised_at is None and not case.since_old_mail:
        return Why.NO_PROMISE
    else:
        return None
    # The answer may be old mail that was imported since, by another number.
    if case.waiting_since is None and _answered_in_old_mail(session, case):
        return None
    return why


def _answered_in_old_mail(session: Session, case: _Case) -> bool:
    asked = select(func.max(Event.received_at)).where(
        Event.activity_id == case.id, _SAID, Event.actor_id == case.customer
    )
    return bool(
        session.scalar(
            select(
                exists().where(
                    Event.activity_id == case.id,
                    Event.kind == Kind.POST,
                    Event.lane == Lane.EVERYONE,
                    Event.door == DOOR_OF_OLD_MAIL,
                    Event.actor_id.is_distinct_from(case.customer),
                    Event.received_at >= asked.scalar_subquery(),
                )
            )
        )
    )


_Seats = dict[int, dict[int, bool]]
"""By case, who of its team is there, and whether mail reaches them."""


def _seats(session: Session, cases: Collection[_Case]) -> _Seats:
    gone = held.paused(session)
    found: _Seats = {case.id: {} for case in cases}
    for some in in_parts(found):
        rows = session.execute(
            select(
                Participant.activity_id,
                Participant.person_id,
                Participant.membership,
                PersonAddress.key,
            )
            .outerjoin(PersonAddress, PersonAddress.person_id == Participant.person_id)
            .where(Participant.activity_id.in_(some), Participant.in_team_lane)
            # The address that is written to comes last, and wins.
            .order_by(PersonAddress.is_primary, PersonAddress.id.desc())
        )
        for activity, person, membership, address in rows:
            if membership in _HERE:
                found[activity][person] = address not in gone
            else:
                # Whoever is there no longer shows that there is a team.
                found[activity].setdefault(-person, False)
    return found


def unseen_posts(
    session: Session, activities: Collection[int], seats: _Seats
) -> dict[int, list[int]]:
    """Give, by case, the customer's texts that nobody who is there has got.

    Got is what went to them, be it directly; what waits in the digest of somebody who
    knows that the customer waits; and what a later notice told them.
    """
    posts = _unanswered(session, activities)
    activity_of = {post: case for case, all_ in posts.items() for post in all_}
    got, digest = _heard(session, activity_of)
    unseen: dict[int, list[int]] = {}
    for case, all_ in posts.items():
        live = {person for person, is_live in seats[case].items() if is_live}
        know = {person for post in all_ for person in got[post] if person in live}
        missed = [
            post for post in all_ if not (got[post] & live or digest[post] & know)
        ]
        if missed:
            unseen[case] = missed
    return unseen


def _unanswered(session: Session, activities: Collection[int]) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for some in in_parts(activities):
        rows = session.execute(
            select(Event.activity_id, Event.id)
            .join(Activity, Activity.id == Event.activity_id)
            .where(
                Activity.id.in_(some),
                _SAID,
                Event.actor_id == Activity.customer_id,
                Event.id > _ANSWERED.correlate(Activity),
                Event.id > _DISMISSED.correlate(Activity),
            )
            .order_by(Event.id)
        )
        for activity, post in rows:
            found[activity].append(post)
    return found


_Readers = defaultdict[int, set[int]]


def _heard(session: Session, activity_of: dict[int, int]) -> tuple[_Readers, _Readers]:
    """Give who got each post, and in whose digest it waits."""
    got: _Readers = defaultdict(set)
    digest: _Readers = defaultdict(set)
    for some in in_parts(activity_of):
        rows = session.execute(
            select(Ledger.event_id, Ledger.person_id, Ledger.outcome, Delivery.state)
            .outerjoin(Delivery, Delivery.id == Ledger.delivery_id)
            .where(Ledger.event_id.in_(some))
        )
        for post, person, outcome, state in rows:
            is_sent = outcome is Outcome.COPY and state not in {None, *DEAD}
            if is_sent or outcome is Outcome.DIRECT:
                got[post].add(person)
            elif outcome is Outcome.DIGEST:
                digest[post].add(person)
        _add_notices(session, some, activity_of, got)
    return got, digest


def _add_notices(
    session: Session, posts: list[int], activity_of: dict[int, int], got: _Readers
) -> None:
    """A notice that names a post tells all that the customer wrote until then."""
    notices = session.execute(
        select(Letter.event_id, Delivery.person_id)
        .join(Delivery, Delivery.letter_id == Letter.id)
        .where(
            Letter.event_id.in_(posts),
            Letter.kind == "notice",
            Delivery.state.not_in(DEAD),
        )
    )
    for newest, person in notices:
        for post, activity in activity_of.items():
            if activity == activity_of.get(newest or 0) and post <= (newest or 0):
                got[post].add(person)


def unheard(session: Session, only: int | None = None) -> dict[int, list[int]]:
    """Give, by case, the customer's texts that somebody who is there should get.

    Those alone where somebody is there whom a letter could reach.
    """
    cases = [
        case
        for case in _open(session, None if only is None else [only])
        if case.waiting_since is not None and case.turn in {Turn.NEW, Turn.OURS}
    ]
    seats = _seats(session, cases)
    reachable = [case.id for case in cases if any(seats[case.id].values())]
    return unseen_posts(session, reachable, seats)


# Mail.


def _unread(session: Session, now: datetime) -> Iterator[Unseen]:
    late = now - READ_WITHIN
    rows = session.execute(
        select(
            Inbound.id,
            Inbound.received_at,
            Inbound.sender,
            Inbound.leased_until,
            Inbound.values,
        ).where(
            Inbound.state == State.PENDING,
            Inbound.received_at < late,
            or_(Inbound.leased_until.is_(None), Inbound.leased_until < late),
        )
    )
    for row in rows:
        # One that a human let in a moment ago was received long before.
        let_in = {"released", "meant"} & row.values.keys()
        if row.leased_until is not None or not let_in:
            yield Unseen(
                why=Why.UNREAD,
                inbound=row.id,
                sender=row.sender,
                since=row.received_at,
            )


def _held(session: Session, now: datetime) -> Iterator[Unseen]:
    rows = session.execute(
        select(
            Inbound.id,
            Inbound.state,
            Inbound.received_at,
            Inbound.settled_at,
            Inbound.sender,
            Held.desk,
            Held.deadline_at,
            Held.is_quiet,
        )
        .outerjoin(Held, Held.inbound_id == Inbound.id)
        .where(Inbound.state.in_(held.WAITS), Inbound.door != DOOR_OF_OLD_MAIL)
        .order_by(Inbound.id)
    ).all()
    notices = held.live_notices(session, [row.id for row in rows])
    for row in rows:
        last = notices.get(row.id)
        is_told = held.is_told(row.state, row.settled_at, last)
        if why := _neglected(row.deadline_at, row.is_quiet, last, now, is_told=is_told):
            yield Unseen(
                why=why,
                inbound=row.id,
                sender=row.sender,
                since=row.received_at,
                desk=row.desk or "",
            )


def _neglected(
    deadline: datetime | None,
    is_quiet: bool | None,  # noqa: FBT001 (a column)
    last: datetime | None,
    now: datetime,
    *,
    is_told: bool,
) -> Why | None:
    """Say what a held mail lacks: a deadline, a notice, a reminder."""
    if deadline is None:
        return Why.NO_DEADLINE
    is_overdue = now > deadline + GRACE
    if not is_told:
        # The daily letter has a line of what is held without a word.
        return Why.UNTOLD if is_overdue or not is_quiet else None
    if is_overdue and not is_quiet and (last is None or last < now - GRACE):
        return Why.UNREMINDED
    return None


def _taken_for_machines(session: Session, now: datetime) -> Iterator[Unseen]:
    for kept in held.kept_unseen(session):
        if kept.received_at < now - GRACE:
            yield Unseen(
                why=Why.MACHINE,
                subject=kept.subject,
                desk=kept.desk,
                inbound=kept.inbound,
                sender=kept.sender,
                since=kept.received_at,
            )
