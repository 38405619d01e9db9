"""An activity: a thread with people in it, and who takes part how."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import search
from storage.base import Base, Number, never_reused, word
from storage.owed import Owed


class Lane(StrEnum):
    """Who reads a text: everyone who joined, or the team alone."""

    EVERYONE = "everyone"
    TEAM = "team"


class Turn(StrEnum):
    """The state of an activity: whose turn it is (decisions F51)."""

    NEW = "new"
    OURS = "ours"
    CUSTOMERS = "customers"
    RESOLVED = "resolved"


class Role(StrEnum):
    """What a participant is to the activity."""

    CUSTOMER = "customer"
    TEAM = "team"
    COLLEAGUE = "colleague"
    GUEST = "guest"
    CONSULTED = "consulted"
    """A colleague behind the scenes: in the team lane of this activity alone, seen by
    the team alone (decisions B16)."""


class Membership(StrEnum):
    """How far a participant has come: nobody is conscripted."""

    TOLD = "told"
    """On the desk's team: hears of it, has neither joined nor refused."""
    INVITED = "invited"
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"


MOVES: dict[Membership, frozenset[Membership]] = {
    Membership.TOLD: frozenset({Membership.JOINED, Membership.LEFT}),
    Membership.INVITED: frozenset({Membership.JOINED, Membership.DECLINED}),
    Membership.JOINED: frozenset({Membership.LEFT}),
    Membership.DECLINED: frozenset({Membership.INVITED, Membership.JOINED}),
    Membership.LEFT: frozenset({Membership.INVITED, Membership.JOINED}),
}


class Hearing(StrEnum):
    """What a participant has chosen to get."""

    EACH = "each"
    DIGEST = "digest"
    URGENT = "urgent"
    """What needs them at once, the rest on the page alone."""
    MUTED = "muted"


class Desk(Base):
    """A support address, remembered so that mail to a former one is not refused."""

    __tablename__ = "desk"
    __table_args__ = (never_reused(),)

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    address: Mapped[str] = mapped_column(unique=True)
    """The matching key of the desk's address (parsers.address.key)."""
    name: Mapped[str]
    gone_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was first missing from the settings; None while it is in service."""


_LOOKED_AT = "promise_due_at IS NOT NULL"


class Activity(Owed, Base):
    """One thread: a customer, an owner, a state, a promise."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_customer", "customer_id", "opened_at"),
        Index(
            "ix_activity_promise_due_at",
            "promise_due_at",
            sqlite_where=text(_LOOKED_AT),
            postgresql_where=text(_LOOKED_AT),
        ),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    public_id: Mapped[str] = mapped_column(unique=True)
    """Eight base32 letters; what people and headers call it."""
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    subject: Mapped[str]
    """Frozen at creation, prefixes removed (mail-rules 1.3)."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    turn: Mapped[Turn] = mapped_column(word(Turn), default=Turn.NEW)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    taken_at: Mapped[datetime | None] = mapped_column(default=None)
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)
    redirect_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity.id"), default=None
    )
    """Merged into this one; later mail follows."""
    linked_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity.id"), default=None
    )
    """The activity this one follows up."""
    owner_invites: Mapped[bool] = mapped_column(default=False)
    """The owner closed the door: nobody else may invite."""
    merged: Mapped[list[int]] = mapped_column(default_factory=list)
    """The activities that were merged into this one, also by way of others."""

    @property
    def family(self) -> tuple[int, ...]:
        """Its own number, and those of what was merged into it: one history."""
        return (self.id, *self.merged)


_UNANSWERED = "membership = 'invited' AND reminded_at IS NULL"


class Participant(Base):
    """One person in one activity; its row number is what reply tokens seal."""

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("activity_id", "person_id"),
        Index("ix_participant_person", "person_id"),
        Index(
            "ix_participant_unanswered",
            "changed_at",
            sqlite_where=text(_UNANSWERED),
            postgresql_where=text(_UNANSWERED),
        ),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(word(Role))
    membership: Mapped[Membership] = mapped_column(word(Membership))
    in_team_lane: Mapped[bool] = mapped_column(default=False)
    hearing: Mapped[Hearing] = mapped_column(word(Hearing), default=Hearing.EACH)
    generation: Mapped[int] = mapped_column(default=0)
    """Turned when a token leaked; 0 to 15, the low four bits of a token's number."""
    invited_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None
    )
    reason: Mapped[str] = mapped_column(default="")
    """Why they were invited, in the inviter's words."""
    since_event_id: Mapped[int] = mapped_column(Number, default=0)
    """Sees the everyone lane after this event; 0 means from the start."""
    with_history: Mapped[bool] = mapped_column(default=False)
    """A guest who will see what their inviter sees (`+history`), from there on."""
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)
    """When they were reminded of the invitation; it happens once."""
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the membership changed; for who is invited, when that was."""
    heard_before: Mapped[Hearing | None] = mapped_column(word(Hearing), default=None)
    """What they had chosen before `hearing`: an undo goes back to it."""
    moved_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("participant.id"), default=None
    )
    """The seat that its person has here since two people turned out to be one; old
    tokens still seal this one."""
    unsaid: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    """Answers to commands, waiting for the next letter to this person."""

    @property
    def is_staff(self) -> bool:
        """Answers for the desk; who is only consulted does not."""
        return self.in_team_lane and self.role is not Role.CONSULTED

    @property
    def is_former(self) -> bool:
        """Was of a team that has the case no more, or is of it no more."""
        return self.role is Role.TEAM and not self.in_team_lane


def move(participant: Participant, to: Membership, now: datetime) -> None:
    """Change how far a participant has come.

    Raises ValueError for a move that MOVES does not allow.
    """
    if to not in MOVES[participant.membership]:
        raise ValueError(f"{participant.membership} cannot become {to}")
    participant.membership = to
    participant.changed_at = now


def desk_named(session: Session, address_key: str) -> Desk | None:
    """Find the row of a desk by its address key."""
    return session.scalar(select(Desk).where(Desk.address == address_key))


def desks(session: Session) -> list[Desk]:
    """Give all desks that there are or were."""
    return list(session.scalars(select(Desk).order_by(Desk.id)))


def keep_desks(session: Session, desks: dict[str, str], now: datetime) -> list[str]:
    """Bring the desk rows in step with the settings (names by address key).

    Returns the addresses that are gone from the settings.
    """
    known = {desk.address: desk for desk in session.scalars(select(Desk))}
    for address, name in desks.items():
        if address in known:
            known[address].name = name
            known[address].gone_at = None
        else:
            session.add(Desk(address=address, name=name))
    gone = sorted(known.keys() - desks.keys())
    for address in gone:
        known[address].gone_at = known[address].gone_at or now
    return gone


def begin(session: Session, activity: Activity) -> Activity:
    """Add an activity; its number is known afterwards, its subject's words are kept."""
    session.add(activity)
    session.flush()
    number = search.subject_number(activity.id)
    search.keep(session.connection(), [(number, activity.subject)])
    return activity


def find(session: Session, activity_id: int, *, lock: bool = False) -> Activity | None:
    """Find an activity, or the one it was merged into.

    `lock` holds its row until the transaction ends; nothing to do on SQLite, where a
    writing transaction is alone anyway.
    """
    # SQLite has no row locks, and asking for one would read the row anew.
    held = (lock and session.get_bind().dialect.name != "sqlite") or None
    activity = session.get(Activity, activity_id, with_for_update=held)
    while activity is not None and activity.redirect_id is not None:
        activity = session.get(Activity, activity.redirect_id, with_for_update=held)
    return activity


def participant_of(
    session: Session, activity_id: int, person_id: int
) -> Participant | None:
    """Find how one person takes part in one activity."""
    named = {"activity": activity_id, "person": person_id}
    return session.scalar(_PARTICIPANT_OF, named)


_PARTICIPANT_OF = select(Participant).where(
    Participant.activity_id == bindparam("activity"),
    Participant.person_id == bindparam("person"),
)


def named(session: Session, public_id: str) -> Activity | None:
    """Find an activity by what people call it, or the one it was merged into."""
    found = by_public_id(session, public_id)
    return find(session, found.id) if found else None


def by_public_id(session: Session, public_id: str) -> Activity | None:
    """Find an activity by what people call it, merged or not."""
    return session.scalar(
        select(Activity).where(Activity.public_id == public_id.upper())
    )


def held_now(session: Session, seat: Participant) -> Participant:
    """Give the seat that stands for another one since two people are one."""
    while seat.moved_to_id is not None:
        seat = session.get_one(Participant, seat.moved_to_id)
    return seat


def present_seat(session: Session, participant: Participant) -> Participant:
    """Give the seat that somebody has since their activity was merged into another.

    Or since they were merged with somebody who sat there too. Their old tokens seal the
    old seat; what they may do, the present one says.
    """
    participant = held_now(session, participant)
    activity = find(session, participant.activity_id)
    if activity is None or activity.id == participant.activity_id:
        return participant
    present = participant_of(session, activity.id, participant.person_id)
    return present or participant


def opened_since(session: Session, customer_id: int, since: datetime) -> list[Activity]:
    """Give what one customer opened since a moment, oldest first."""
    return list(
        session.scalars(
            select(Activity)
            .where(Activity.customer_id == customer_id, Activity.opened_at >= since)
            .order_by(Activity.id)
        )
    )


def opened_before(session: Session, customer_id: int, activity_id: int) -> int:
    """Count the earlier cases of one customer."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Activity)
            .where(Activity.customer_id == customer_id, Activity.id < activity_id)
        )
        or 0
    )


def unsolved_of(session: Session, customer_id: int, most: int) -> list[Activity]:
    """Give the newest cases of one customer that are not solved."""
    return list(
        session.scalars(
            select(Activity)
            .where(
                Activity.customer_id == customer_id,
                Activity.turn != Turn.RESOLVED,
                Activity.redirect_id.is_(None),
            )
            .order_by(Activity.id.desc())
            .limit(most)
        )
    )


def has_role(session: Session, activity_id: int, roles: Collection[Role]) -> bool:
    """Say whether somebody who joined has one of these roles."""
    return (
        session.scalar(
            select(Participant.id)
            .where(
                Participant.activity_id == activity_id,
                Participant.role.in_(roles),
                Participant.membership == Membership.JOINED,
            )
            .limit(1)
        )
        is not None
    )


def count_role(session: Session, activity_id: int, role: Role) -> int:
    """Count those of one role who were ever in an activity."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Participant)
            .where(Participant.activity_id == activity_id, Participant.role == role)
        )
        or 0
    )


def seats(session: Session, activity_id: int) -> list[Participant]:
    """Give all who take part in an activity, or were asked to, as they came."""
    wanted = select(Participant).where(Participant.activity_id == activity_id)
    return list(session.scalars(wanted.order_by(Participant.id)))


def seats_of(session: Session, person_id: int) -> list[Participant]:
    """Give every activity that one person takes part in, or was asked to."""
    return list(
        session.scalars(select(Participant).where(Participant.person_id == person_id))
    )


def newest_desk_of(session: Session, person_id: int) -> str | None:
    """Give the address key of the desk of the newest case that somebody is in."""
    return session.scalar(
        select(Desk.address)
        .join(Activity, Activity.desk_id == Desk.id)
        .join(Participant, Participant.activity_id == Activity.id)
        .where(Participant.person_id == person_id, Desk.gone_at.is_(None))
        .order_by(Participant.id.desc())
        .limit(1)
    )


def has_cases(session: Session, owner_id: int, customer_id: int | None = None) -> bool:
    """Say whether somebody owns a case that is open; of one customer, if given."""
    wanted = select(Activity.id).where(
        Activity.owner_id == owner_id,
        Activity.turn != Turn.RESOLVED,
        Activity.redirect_id.is_(None),
    )
    if customer_id is not None:
        wanted = wanted.where(Activity.customer_id == customer_id)
    return session.scalar(wanted.limit(1)) is not None


def unanswered(
    session: Session, invited_before: datetime, invited_after: datetime
) -> list[int]:
    """Give the seats whose invitation was neither answered nor reminded of.

    Only those in open activities that are not part of another, oldest first.
    """
    wanted = (
        select(Participant.id)
        .join(Activity, Activity.id == Participant.activity_id)
        .where(
            Participant.membership == Membership.INVITED,
            Participant.reminded_at.is_(None),
            Participant.changed_at <= invited_before,
            Participant.changed_at > invited_after,
            Activity.turn != Turn.RESOLVED,
            Activity.redirect_id.is_(None),
        )
        .order_by(Participant.changed_at, Participant.id)
    )
    return list(session.scalars(wanted))
