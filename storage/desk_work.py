"""What a desk has to do: its open cases, what was closed, and how it fares."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from parsers.address import key
from storage.activity import Activity, Lane, Membership, Participant, Role, Turn
from storage.address_health import AddressHealth, Health
from storage.event import Event, Kind
from storage.people import Person, PersonAddress

_OPEN = and_(Activity.turn != Turn.RESOLVED, Activity.redirect_id.is_(None))
_LOST = (Health.PAUSED, Health.PROBING, Health.DEAD)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """One open case, and since when nothing happened in it."""

    activity: int
    customer: int
    owner: int | None
    turn: Turn
    opened_at: datetime
    waiting_since: datetime | None
    promised_at: datetime | None
    day_only: bool
    answered_at: datetime | None
    """When the team last wrote to everybody."""
    asked_again: int
    """How often it did so since its first answer to what the customer wrote last."""
    noted_by: int | None
    """Who of the team wrote a note since the customer began to wait."""


def open_cases(session: Session, desk: int) -> list[OpenCase]:
    """Give the open cases of a desk, by the number of its row."""
    # Columns: a desk has thousands of cases, and none of them is changed here.
    rows = session.execute(
        select(
            Activity.id,
            Activity.customer_id,
            Activity.owner_id,
            Activity.turn,
            Activity.opened_at,
            Activity.taken_at,
            Activity.waiting_since,
            Activity.promised_at,
            Activity.promised_day_only,
            Activity.merged,
        )
        .where(Activity.desk_id == desk, _OPEN)
        .order_by(Activity.id)
    ).all()
    part_of = {number: row.id for row in rows for number in (row.id, *row.merged)}
    said = _said(session, desk, {row.id: row.customer_id for row in rows}, part_of)
    return [
        OpenCase(
            activity=row.id,
            customer=row.customer_id,
            owner=row.owner_id,
            turn=row.turn,
            opened_at=row.opened_at,
            waiting_since=row.waiting_since,
            promised_at=row.promised_at,
            day_only=row.promised_day_only,
            answered_at=said[row.id].answered_at or row.taken_at,
            asked_again=max(0, said[row.id].answers - 1),
            noted_by=said[row.id].noted_by if row.waiting_since else None,
        )
        for row in rows
    ]


@dataclass(slots=True)
class _Said:
    answered_at: datetime | None = None
    answers: int = 0
    noted_by: int | None = None


def _said(
    session: Session, desk: int, customers: dict[int, int], part_of: dict[int, int]
) -> defaultdict[int, _Said]:
    """Read who wrote last in each open case of a desk."""
    root = aliased(Activity)
    rows = session.execute(
        select(
            Event.activity_id,
            Event.actor_id,
            Event.lane,
            Event.received_at,
            or_(Participant.in_team_lane, Participant.role == Role.TEAM),
        )
        .join(Activity, Activity.id == Event.activity_id)
        .outerjoin(root, root.id == Activity.redirect_id)
        .outerjoin(
            Participant,
            and_(
                Participant.activity_id == Event.activity_id,
                Participant.person_id == Event.actor_id,
            ),
        )
        .where(
            Activity.desk_id == desk,
            or_(_OPEN, root.turn != Turn.RESOLVED),
            Event.kind == Kind.POST,
        )
        .order_by(Event.id)
    )
    found: defaultdict[int, _Said] = defaultdict(_Said)
    for activity, actor, lane, at, is_team in rows:
        case = part_of.get(activity)
        if case is None:
            continue
        said = found[case]
        if actor == customers[case]:
            said.answers, said.noted_by = 0, None
        elif is_team and lane is Lane.TEAM:
            said.noted_by = actor
        elif is_team:
            said.answered_at, said.answers = at, said.answers + 1
            said.noted_by = None
    return found


def owners(session: Session) -> dict[int, frozenset[int]]:
    """Give who has an open case, by the number of the desk's row."""
    rows = session.execute(
        select(Activity.desk_id, Activity.owner_id)
        .where(_OPEN, Activity.owner_id.is_not(None))
        .distinct()
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for desk, owner in rows:
        found[desk].add(owner or 0)
    return {desk: frozenset(people) for desk, people in found.items()}


def gone_owners(session: Session, desk: int) -> frozenset[int]:
    """Give the open cases of a desk whose owner takes part no longer."""
    rows = session.scalars(
        select(Activity.id)
        .outerjoin(
            Participant,
            and_(
                Participant.activity_id == Activity.id,
                Participant.person_id == Activity.owner_id,
            ),
        )
        .where(
            Activity.desk_id == desk,
            _OPEN,
            Activity.owner_id.is_not(None),
            or_(
                Participant.id.is_(None),
                Participant.membership.not_in((Membership.TOLD, Membership.JOINED)),
            ),
        )
    )
    return frozenset(rows)


@dataclass(frozen=True, slots=True)
class Closed:
    """One case that was closed."""

    activity: int
    subject: str
    customer: int
    by: int | None
    at: datetime
    is_dropped: bool
    """Without a word to its customer."""


def closed(session: Session, desk: int, since: datetime) -> list[Closed]:
    """Give what was closed at a desk since a moment and is still, the newest first."""
    rows = session.execute(
        select(Event, Activity)
        .join(Activity, Activity.id == Event.activity_id)
        .where(
            Activity.desk_id == desk,
            Activity.turn == Turn.RESOLVED,
            Activity.redirect_id.is_(None),
            Event.kind.in_((Kind.RESOLVED, Kind.DROPPED, Kind.SPAM)),
            Event.received_at > since,
        )
        .order_by(Event.id)
    )
    last = {
        row.id: Closed(
            row.id,
            row.subject,
            row.customer_id,
            event.actor_id,
            event.received_at,
            event.kind is not Kind.RESOLVED,
        )
        for event, row in rows
    }
    return sorted(last.values(), key=lambda each: each.at, reverse=True)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Somebody in an open case whom mail does not reach."""

    person: int
    address: str
    status: str
    """What was said last: an enhanced status code or an SMTP reply."""
    since: datetime | None
    subject: str
    """Of the case."""
    is_customer: bool
    other: str = ""
    """Another address of theirs, where one is known."""


def troubles(session: Session, desk: int) -> list[Trouble]:
    """Give who of the open cases of a desk is not reached, customers first."""
    rows = session.execute(
        select(
            Participant.person_id,
            PersonAddress.written,
            AddressHealth.status,
            AddressHealth.since,
            Activity.subject,
            Activity.customer_id == Participant.person_id,
        )
        .join(PersonAddress, PersonAddress.person_id == Participant.person_id)
        .join(AddressHealth, AddressHealth.key == PersonAddress.key)
        .join(Activity, Activity.id == Participant.activity_id)
        .where(
            Activity.desk_id == desk,
            _OPEN,
            AddressHealth.state.in_(_LOST),
            Participant.membership.in_((Membership.TOLD, Membership.JOINED)),
        )
        .order_by(Activity.id, Participant.id)
    ).all()
    first: dict[int, Trouble] = {}
    for row in sorted(rows, key=lambda each: not each[5]):
        first.setdefault(row[0], Trouble(*row))
    return _with_others(session, first)


def _with_others(session: Session, found: dict[int, Trouble]) -> list[Trouble]:
    if not found:
        return []
    rows = session.execute(
        select(PersonAddress.person_id, PersonAddress.written).where(
            PersonAddress.person_id.in_(found)
        )
    )
    other = {
        person: written
        for person, written in rows
        if key(written) != key(found[person].address)
    }
    return [
        Trouble(
            each.person,
            each.address,
            each.status,
            each.since,
            each.subject,
            each.is_customer,
            other.get(each.person, ""),
        )
        for each in found.values()
    ]


@dataclass(frozen=True, slots=True)
class Week:
    """How a desk fared in one week."""

    open: int
    """At its end."""
    first_reply: timedelta | None
    """The median; None when nobody was answered for the first time."""
    kept: int
    """Of the promises that ended in it, those that a human message kept in time."""
    promised: int
    """How many promises ended in it."""


def week(session: Session, desk: int, ends: datetime) -> Week:
    """Give how a desk fared in the seven days before an instant."""
    still = or_(Activity.resolved_at.is_(None), Activity.resolved_at > ends)
    count = session.scalar(
        select(func.count())
        .select_from(Activity)
        .where(
            Activity.desk_id == desk,
            Activity.redirect_id.is_(None),
            Activity.opened_at <= ends,
            still,
        )
    )
    ended = _promises(session, desk, ends)
    return Week(
        open=count or 0,
        first_reply=_first_reply(session, desk, ends),
        kept=ended.get(Kind.KEPT, 0),
        promised=sum(ended.values()),
    )


def _promises(session: Session, desk: int, ends: datetime) -> dict[Kind, int]:
    """Count by how they ended; asked by the cases, for a year's events are many."""
    rows = session.execute(
        select(Event.kind, func.count())
        .join(Activity, Activity.id == Event.activity_id)
        .where(
            Activity.desk_id == desk,
            or_(Activity.resolved_at.is_(None), Activity.resolved_at > ends - _WEEK),
            Event.kind.in_((Kind.KEPT, Kind.KEPT_LATE, Kind.BROKEN)),
            Event.received_at > ends - _WEEK,
            Event.received_at <= ends,
        )
        .group_by(Event.kind)
    )
    return {kind: count for kind, count in rows}  # noqa: C416 (a row is no pair to it)


def _first_reply(session: Session, desk: int, ends: datetime) -> timedelta | None:
    first = (
        select(
            Activity.opened_at.label("opened"),
            func.min(Event.received_at).label("answered"),
        )
        .join(Event, Event.activity_id == Activity.id)
        .join(
            Participant,
            and_(
                Participant.activity_id == Activity.id,
                Participant.person_id == Event.actor_id,
            ),
        )
        .where(
            Activity.desk_id == desk,
            Event.kind == Kind.POST,
            Event.lane == Lane.EVERYONE,
            Event.actor_id != Activity.customer_id,
            Participant.role == Role.TEAM,
            Event.received_at <= ends,
            Activity.opened_at > ends - 5 * _WEEK,
        )
        .group_by(Activity.id, Activity.opened_at)
        .having(func.min(Event.received_at) > ends - _WEEK)
    )
    took = [
        (answered - opened).total_seconds()
        for opened, answered in session.execute(first)
    ]
    return timedelta(seconds=median(took)) if took else None


def skills(session: Session, people: Collection[int]) -> dict[int, list[str]]:
    """Give what some people said that they know; nobody who said nothing."""
    rows = session.execute(
        select(Person.id, Person.skills).where(Person.id.in_(people))
    )
    return {person: said for person, said in rows if said}


def people_of(session: Session, addresses: Collection[str]) -> dict[str, int]:
    """Give the people with some addresses, by the matching key."""
    rows = session.execute(
        select(PersonAddress.key, PersonAddress.person_id).where(
            PersonAddress.key.in_(addresses)
        )
    )
    return {address: person for address, person in rows}  # noqa: C416


def deputies(session: Session, people: Collection[int]) -> dict[int, int]:
    """Give who stands in for some people while they are away, where somebody does."""
    rows = session.execute(
        select(Person.id, Person.deputy_id).where(
            Person.id.in_(people), Person.deputy_id.is_not(None)
        )
    )
    return {person: deputy or 0 for person, deputy in rows}
