"""What waits for a human: until when somebody decides, and who was told of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from sqlalchemy import ForeignKey, Index, exists, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from parsers.address import key
from storage.activity import Activity, Desk
from storage.address_health import AddressHealth, Health
from storage.base import Base, Number
from storage.event import DOOR_OF_OLD_MAIL, Event, Kind
from storage.journal import Inbound, State
from storage.old_mail import in_parts
from storage.outbox import Delivery, Progress

WAITS = (State.HELD, State.FAILED)
"""The states in which a mail waits for somebody to decide."""
DEAD = frozenset({Progress.GIVEN_UP, Progress.CANCELLED})
"""A letter in one of these told nobody anything."""
SURE = frozenset({"reply", "bounce", "report", "receipt", "own"})
"""Kinds of machine mail (parsers.automatic) that no human ever writes."""


class Held(Base):
    """The deadline of one mail that is held or failed (decisions F53)."""

    __tablename__ = "held"
    __table_args__ = (Index("ix_held_desk", "desk"),)

    inbound_id: Mapped[int] = mapped_column(
        Number, ForeignKey("inbound.id"), primary_key=True, autoincrement=False
    )
    desk: Mapped[str]
    """The matching key of the address of the desk whose team decides."""
    deadline_at: Mapped[datetime]
    """The desk's next contact from when it was held; then the team is reminded."""
    is_quiet: Mapped[bool] = mapped_column(default=False)
    """Nobody is told at once (decisions C25): the team's digest has a line of it."""


class Notice(Base):
    """One delivery that tells one person of one mail."""

    __tablename__ = "notice"

    inbound_id: Mapped[int] = mapped_column(
        Number, ForeignKey("inbound.id"), primary_key=True
    )
    delivery_id: Mapped[int] = mapped_column(
        Number, ForeignKey("delivery.id"), primary_key=True
    )
    at: Mapped[datetime]


def keep(
    session: Session, inbound_id: int, desk: str, deadline_at: datetime, *, quiet: bool
) -> None:
    """Note until when somebody decides on a mail, anew when it is held again."""
    found = session.get(Held, inbound_id)
    if found is None:
        found = Held(inbound_id=inbound_id, desk=desk, deadline_at=deadline_at)
        session.add(found)
    found.desk, found.deadline_at, found.is_quiet = desk, deadline_at, quiet
    session.flush()


def told(
    session: Session,
    inbound_ids: Iterable[int],
    deliveries: Iterable[int | None],
    at: datetime,
) -> None:
    """Note that deliveries tell of mails; None is one that was not sent."""
    sent = [number for number in deliveries if number is not None]
    rows = [
        {"inbound_id": inbound, "delivery_id": delivery, "at": at}
        for inbound, delivery in product(inbound_ids, sent)
    ]
    if rows:
        session.execute(insert(Notice), rows)


def has_notice(session: Session, inbound_id: int) -> bool:
    """Say whether somebody was ever told of a mail."""
    wanted = select(Notice.delivery_id).where(Notice.inbound_id == inbound_id)
    return session.scalar(wanted.limit(1)) is not None


def share_notice(session: Session, inbound_id: int, twin_id: int) -> None:
    """Let the notices of a mail count for its copy too, which came by another road."""
    own = select(Notice.delivery_id).where(Notice.inbound_id == inbound_id)
    rows = session.scalars(
        select(Notice).where(
            Notice.inbound_id == twin_id, Notice.delivery_id.not_in(own)
        )
    ).all()
    for row in rows:
        told(session, [inbound_id], [row.delivery_id], row.at)


def without_deadline(session: Session) -> list[Inbound]:
    """Give what waits and has no deadline: it was held by a program before this."""
    wanted = select(Inbound).where(
        Inbound.state.in_(WAITS),
        Inbound.door != DOOR_OF_OLD_MAIL,
        ~exists().where(Held.inbound_id == Inbound.id),
    )
    return list(session.scalars(wanted.order_by(Inbound.id)))


def paused(session: Session) -> frozenset[str]:
    """Give the keys of the addresses that mail does not reach."""
    return frozenset(
        session.scalars(
            select(AddressHealth.key).where(AddressHealth.state == Health.PAUSED)
        )
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that waits for somebody of a desk's team to decide."""

    inbound: int
    state: State
    received_at: datetime
    deadline_at: datetime
    is_quiet: bool
    sender: str
    """Of its envelope; empty is the null sender."""
    reason: str
    is_told: bool
    """Somebody got a letter that tells of it, as far as we know."""


def waiting(session: Session, desk: str) -> list[Waiting]:
    """Give what waits for a desk, oldest first."""
    rows = session.execute(
        select(
            Inbound.id,
            Inbound.state,
            Inbound.received_at,
            Inbound.settled_at,
            Held.deadline_at,
            Held.is_quiet,
            Inbound.sender,
            Inbound.reason,
        )
        .join(Held, Held.inbound_id == Inbound.id)
        .where(Held.desk == desk, Inbound.state.in_(WAITS))
        .order_by(Inbound.id)
    ).all()
    notices = live_notices(session, [row.id for row in rows])
    return [
        Waiting(
            inbound=row.id,
            state=row.state,
            received_at=row.received_at,
            deadline_at=row.deadline_at,
            is_quiet=row.is_quiet,
            sender=row.sender,
            reason=row.reason,
            is_told=is_told(row.state, row.settled_at, notices.get(row.id)),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class AtCase:
    """The case at whose door a mail waits."""

    activity: int
    public_id: str
    subject: str
    excerpt: str
    """What the mail says, in short; empty where it was not kept."""


def at_cases(session: Session, inbound_ids: Collection[int]) -> dict[int, AtCase]:
    """Give the case of each of some mails that waits at one, the newest it came to."""
    rows = session.execute(
        select(
            Event.inbound_id,
            Event.values,
            Activity.id,
            Activity.public_id,
            Activity.subject,
        )
        .join(Activity, Activity.id == Event.activity_id)
        .where(Event.kind == Kind.HELD, Event.inbound_id.in_(inbound_ids))
        .order_by(Event.id)
    )
    return {
        inbound: AtCase(number, public_id, subject, str(values.get("excerpt", "")))
        for inbound, values, number, public_id, subject in rows
        if inbound is not None
    }


def held_at(session: Session, inbound_ids: Collection[int]) -> dict[int, set[int]]:
    """Give the cases that each of some mails was held at, by their numbers."""
    found: dict[int, set[int]] = {}
    for some in in_parts(inbound_ids):
        rows = session.execute(
            select(Event.inbound_id, Event.activity_id).where(
                Event.kind == Kind.HELD, Event.inbound_id.in_(some)
            )
        )
        for inbound, activity in rows:
            found.setdefault(inbound or 0, set()).add(activity)
    return found


def is_told(
    state: State, settled_at: datetime | None, last_notice: datetime | None
) -> bool:
    """Say whether a mail's last notice tells of how it is now.

    One that failed after somebody let it in has a notice from before, which they
    believe to be done with.
    """
    if last_notice is None:
        return False
    return state is not State.FAILED or settled_at is None or last_notice >= settled_at


def told_in_vain(session: Session, address: str, *, lost: int) -> list[Inbound]:
    """Give what waits and only an address was told of that mail does not reach.

    `lost` is a delivery that came back just now, whatever its state says still.
    """
    told = (
        select(Notice.inbound_id)
        .join(Delivery, Delivery.id == Notice.delivery_id)
        .where(Delivery.address == address)
    )
    waits = select(Inbound).where(Inbound.state.in_(WAITS), Inbound.id.in_(told))
    found = list(session.scalars(waits.order_by(Inbound.id)))
    live = live_notices(session, [each.id for each in found], but=lost)
    return [each for each in found if each.id not in live]


def told_in_vain_of(session: Session, inbound_id: int) -> frozenset[str]:
    """Give the keys of the addresses from which a letter about a mail came back.

    Of one that was withdrawn before it left nobody knows what it would have done.
    """
    rows = session.scalars(
        select(Delivery.address)
        .join(Notice, Notice.delivery_id == Delivery.id)
        .where(Notice.inbound_id == inbound_id, Delivery.state == Progress.GIVEN_UP)
    )
    return frozenset(map(key, rows))


def live_notices(
    session: Session, inbound_ids: Collection[int], *, but: int = 0
) -> Mapping[int, datetime]:
    """Give when each mail was told of last, by letters that did not come back.

    `but` is a delivery that counts as one of those.
    """
    gone = paused(session)
    found: dict[int, datetime] = {}
    for some in in_parts(inbound_ids):
        rows = session.execute(
            select(Notice.inbound_id, Notice.at, Delivery.address)
            .join(Delivery, Delivery.id == Notice.delivery_id)
            .where(
                Notice.inbound_id.in_(some),
                Delivery.state.not_in(DEAD),
                Delivery.id != but,
            )
        )
        for inbound, at, address in rows:
            if key(address) not in gone:
                found[inbound] = max(at, found.get(inbound, at))
    return found


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail of a case's customer that was taken for a machine's, told to nobody."""

    inbound: int
    desk: str
    """The matching key of its address."""
    received_at: datetime
    sender: str
    public_id: str
    subject: str
    """Of the case."""


def kept_unseen(session: Session) -> list[Kept]:
    """Give what customers wrote, marked as a machine's, that nobody was told of.

    Answers of absence, reports and receipts are left out: no human writes those.
    """
    rows = session.execute(
        select(
            Event.values,
            Event.inbound_id,
            Desk.address,
            Event.received_at,
            Inbound.sender,
            Activity.public_id,
            Activity.subject,
        )
        .join(Activity, Activity.id == Event.activity_id)
        .join(Desk, Desk.id == Activity.desk_id)
        .join(Inbound, Inbound.id == Event.inbound_id)
        .where(
            Event.kind == Kind.MACHINE,
            Event.actor_id == Activity.customer_id,
            ~exists().where(Notice.inbound_id == Event.inbound_id),
        )
        .order_by(Event.id)
    )
    # What was kept before its kind was noted is let be.
    return [
        Kept(*row[1:])
        for row in rows
        if "kind" in row.values and row.values["kind"] not in SURE
    ]


def count(session: Session, desk: str | None = None) -> int:
    """Count the mails that wait for a human and are not a machine's; of one desk."""
    wanted = (
        select(func.count())
        .select_from(Inbound)
        .outerjoin(Held, Held.inbound_id == Inbound.id)
        .where(Inbound.state.in_(WAITS), Held.is_quiet.is_not(True))
    )
    if desk is not None:
        wanted = wanted.where(Held.desk == desk)
    return session.scalar(wanted) or 0
