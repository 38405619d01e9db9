"""The outbox: letters (the bytes of one variant) and their deliveries.

How deliveries are claimed and settled stands in `storage.lease`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from storage.activity import Lane, Participant, Role
from storage.base import Base, Number, never_reused, word
from storage.numbers import reserve


class Priority(IntEnum):
    """Who goes first (digests section 1)."""

    CONVERSATION = 0
    TRANSACTION = 1
    NOTIFICATION = 2
    DIGEST = 3


class Progress(StrEnum):
    """The state of a delivery."""

    WAITING = "waiting"
    """Due at `due_at`; a deferred one waits too, with `attempts` above 0."""
    LEASED = "leased"
    SENT = "sent"
    GIVEN_UP = "given up"
    CANCELLED = "cancelled"


MOVES: dict[Progress, frozenset[Progress]] = {
    Progress.WAITING: frozenset({Progress.LEASED, Progress.CANCELLED}),
    Progress.LEASED: frozenset({Progress.SENT, Progress.WAITING, Progress.GIVEN_UP}),
    # A letter that comes back was not delivered after all, or goes once more.
    Progress.SENT: frozenset({Progress.GIVEN_UP, Progress.WAITING}),
    Progress.GIVEN_UP: frozenset({Progress.WAITING}),
    Progress.CANCELLED: frozenset({Progress.WAITING}),
}


class Letter(Base):
    """A rendered mail, once per post and variant; placeholders stand for tokens."""

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_activity", "activity_id"),
        Index("ix_letter_kind", "kind", "made_at"),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    kind: Mapped[str]
    """X-Parlour-Kind."""
    message_id: Mapped[str]
    made_at: Mapped[datetime]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    """RFC 5322 octets with CRLF, without To; dispatch puts that header in front."""
    placeholder: Mapped[str]
    """26 letters that stand in `raw` for each token's body, after the letter of its
    purpose and a hyphen; drawn by chance, so that no text can contain it."""
    return_path: Mapped[str]
    """The desk's reply address with its place for a token, such as
    `support+{token}@acme.example`; a delivery's `b-` token makes it a return path."""
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity.id"), default=None
    )
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), default=None)
    lane: Mapped[Lane | None] = mapped_column(word(Lane), default=None)
    numbers: Mapped[list[int] | None] = mapped_column(default=None)
    """Of a letter to one reader about several activities: what the tokens of its first,
    second and further numbered placeholder seal (parsers.reply_address.numbered)."""


# What is still to be done; the indexes of the claim hold nothing else.
_OPEN = text("state IN ('waiting', 'leased')")
AUTOMATIC = text("priority = 1")
"""What robots write (Priority.TRANSACTION), as the index names it."""


class Delivery(Base):
    """One letter to one recipient."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(
            "ix_delivery_due",
            "priority",
            "due_at",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_delivery_order",
            "person_id",
            "activity_id",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_delivery_letter", "letter_id"),
        Index(
            "ix_delivery_automatic",
            "person_id",
            "id",
            sqlite_where=AUTOMATIC,
            postgresql_where=AUTOMATIC,
        ),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    address: Mapped[str]
    """The one recipient."""
    due_at: Mapped[datetime]
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity.id"), default=None
    )
    token_number: Mapped[int | None] = mapped_column(Number, default=None)
    """What the letter's tokens seal (parsers.reply_address.number of a participant
    or a question); the return path seals this row's own id."""
    priority: Mapped[int] = mapped_column(SmallInteger, default=Priority.CONVERSATION)
    null_sender: Mapped[bool] = mapped_column(default=False)
    """Refusals go out with the null return path (RFC 5321 section 4.5.5)."""
    state: Mapped[Progress] = mapped_column(word(Progress), default=Progress.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    leased_by: Mapped[str] = mapped_column(default="")
    last_reply: Mapped[str] = mapped_column(default="")
    """What the smarthost said last, or why it was given up."""
    settled_at: Mapped[datetime | None] = mapped_column(default=None)


# Delivery ids are sealed into return paths, where a row has 30 bits (decisions A5).
_MOST_ID = (1 << 30) - 1


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One recipient of a letter that is about to be queued."""

    person_id: int
    address: str
    due_at: datetime
    token_number: int | None = None
    priority: Priority = Priority.CONVERSATION
    null_sender: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """What sending needs of a letter."""

    id: int
    raw: bytes
    placeholder: str
    return_path: str
    numbers: list[int] | None


def queue(session: Session, letter: Letter, rows: Sequence[NewDelivery]) -> list[int]:
    """Keep a letter, if it is new, and its deliveries; gives their ids in order.

    The deliveries belong to the letter's activity. Tell `Wake` afterwards.
    Raises ValueError when the numbers of deliveries are used up (a billion).
    """
    session.add(letter)
    session.flush()
    if not rows:
        return []
    to = [(letter.id, letter.activity_id, row) for row in rows]
    return deliver(session, to)


def deliver(
    session: Session, to: Sequence[tuple[int, int | None, NewDelivery]]
) -> list[int]:
    """Queue letters that are kept: (letter, its activity, whom it goes to).

    Gives the ids of the deliveries. Raises ValueError as `queue` does.
    """
    numbers = reserve(session, "delivery", len(to))
    if numbers[-1] > _MOST_ID:
        raise ValueError("delivery numbers no longer fit a token")
    session.connection().execute(
        _INSERT,
        [
            {
                "id": number,
                "letter_id": letter,
                "activity_id": activity,
                "person_id": row.person_id,
                "address": row.address,
                "due_at": row.due_at,
                "token_number": row.token_number,
                "priority": int(row.priority),
                "null_sender": row.null_sender,
            }
            for number, (letter, activity, row) in zip(numbers, to, strict=True)
        ],
    )
    return numbers


def retry(session: Session, delivery_id: int, *, now: datetime) -> None:
    """Make a delivery due at once, with all its tries before it.

    Raises LookupError when there is none, ValueError when it is sent or in hand, or a
    digest that was given up.
    """
    delivery = _held(session, delivery_id)
    if delivery.state not in {Progress.WAITING, Progress.GIVEN_UP, Progress.CANCELLED}:
        raise ValueError(f"delivery {delivery_id} is {delivery.state}")
    if (delivery.state, delivery.priority) == (Progress.GIVEN_UP, Priority.DIGEST):
        raise ValueError(f"delivery {delivery_id}: the next digest tells what it told")
    delivery.state = Progress.WAITING
    delivery.due_at, delivery.attempts, delivery.settled_at = now, 0, None


def cancel(session: Session, delivery_id: int, *, now: datetime) -> None:
    """See to it that a delivery is not sent.

    Raises LookupError when there is none, ValueError when it is not waiting.
    """
    delivery = _held(session, delivery_id)
    if Progress.CANCELLED not in MOVES[delivery.state]:
        raise ValueError(f"delivery {delivery_id} is {delivery.state}")
    delivery.state, delivery.settled_at = Progress.CANCELLED, now


def letters(
    session: Session, ids: Collection[int], *, largest: int | None = None
) -> list[Stored]:
    """Give letters by id; only those of at most `largest` octets, if that is given."""
    statement = select(
        Letter.id, Letter.raw, Letter.placeholder, Letter.return_path, Letter.numbers
    )
    statement = statement.where(Letter.id.in_(ids))
    if largest is not None:
        statement = statement.where(func.length(Letter.raw) <= largest)
    return [Stored(*row) for row in session.execute(statement)]


def by_id(session: Session, delivery_id: int) -> Delivery | None:
    """Find a delivery."""
    return session.get(Delivery, delivery_id)


def bearing(
    session: Session,
    message_id: str,
    *,
    activity: int | None = None,
    made_at: datetime | None = None,
) -> list[Letter]:
    """Give the letters with a Message-ID: of an activity, or made at an instant."""
    statement = select(Letter).options(defer(Letter.raw))
    if activity is not None:
        statement = statement.where(Letter.activity_id == activity)
    if made_at is not None:
        statement = statement.where(
            Letter.kind.in_(["confirmation", "notice"]), Letter.made_at == made_at
        )
    return list(session.scalars(statement.where(Letter.message_id == message_id)))


def beginnings(
    session: Session,
    family: Collection[int],
    *,
    octets: int,
    most: int,
    reader: int | None = None,
) -> list[bytes]:
    """Give how the newest letters about an activity begin, at most so many octets each.

    Those to one reader, or without one those to anybody outside the team lane.
    """
    to = (
        select(Delivery.letter_id)
        .join(Participant, Participant.person_id == Delivery.person_id)
        .where(Participant.activity_id.in_(family))
    )
    if reader is None:
        # Who was of the team until the case moved got what is the team's.
        is_outside = Participant.in_team_lane.is_(False)
        to = to.where(is_outside, Participant.role != Role.TEAM)
    else:
        to = to.where(Delivery.person_id == reader)
    return list(
        session.scalars(
            select(func.substr(Letter.raw, 1, octets, type_=LargeBinary))
            .where(Letter.activity_id.in_(family), Letter.id.in_(to))
            .order_by(Letter.id.desc())
            .limit(most)
        )
    )


def of_letters(session: Session, letter_ids: Collection[int]) -> list[Delivery]:
    """Give all deliveries of these letters, the newest first."""
    statement = select(Delivery).where(Delivery.letter_id.in_(letter_ids))
    return list(session.scalars(statement.order_by(Delivery.id.desc())))


def letter_of(session: Session, delivery: Delivery) -> Letter:
    """Give the letter that a delivery carries; its octets are read when asked for."""
    return session.scalars(
        select(Letter).options(defer(Letter.raw)).where(Letter.id == delivery.letter_id)
    ).one()


def listing(session: Session, state: Progress | None, most: int) -> list[Delivery]:
    """Give the newest deliveries, of one state or of all."""
    statement = select(Delivery).order_by(Delivery.id.desc()).limit(most)
    if state is not None:
        statement = statement.where(Delivery.state == state)
    return list(session.scalars(statement))


def counts(session: Session) -> dict[Progress, int]:
    """Count the deliveries of each state."""
    rows = session.execute(
        select(Delivery.state, func.count()).group_by(Delivery.state)
    )
    return dict.fromkeys(Progress, 0) | {state: count for state, count in rows}  # noqa: C416


def oldest_waiting(session: Session) -> datetime | None:
    """Say when the oldest letter that is not settled was made; None: all are."""
    return session.scalar(
        select(Letter.made_at)
        .join(Delivery, Delivery.letter_id == Letter.id)
        .where(_OPEN)
        .order_by(Delivery.id)
        .limit(1)
    )


def _held(session: Session, delivery_id: int) -> Delivery:
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        raise LookupError(f"there is no delivery {delivery_id}")
    return delivery


_DELIVERY = Base.metadata.tables["delivery"]
_INSERT = insert(_DELIVERY).values(
    state=text("'waiting'"),
    attempts=text("0"),
    leased_by=text("''"),
    last_reply=text("''"),
)
