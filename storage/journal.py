"""The journal: every accepted SMTP transaction, raw, with its envelope and state."""

import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    Index,
    LargeBinary,
    Table,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from parsers import claims
from storage.base import Base, Number, never_reused, word
from storage.blobs import Blobs
from storage.question import close as close_questions
from storage.wake import tell_all

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


class State(StrEnum):
    """Where an accepted mail is; exactly one of these, always."""

    PENDING = "pending"
    DONE = "done"
    HELD = "held"
    """Kept for a human, with a reason."""
    DISCARDED = "discarded"
    FAILED = "failed"
    """Broke *process* three times; kept with the reason (T27)."""


MOVES: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.DONE, State.HELD, State.DISCARDED, State.FAILED}),
    State.HELD: frozenset({State.PENDING, State.DONE, State.DISCARDED}),
    State.FAILED: frozenset({State.PENDING, State.DISCARDED}),
    State.DONE: frozenset(),
    State.DISCARDED: frozenset({State.PENDING}),
}


class Inbound(Base):
    """One SMTP transaction as it came."""

    __tablename__ = "inbound"
    __table_args__ = (
        Index("ix_inbound_state", "state", "id"),
        Index("ix_inbound_thread", "thread_key", "id"),
        Index("ix_inbound_digest", "digest"),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    received_at: Mapped[datetime]
    door: Mapped[str]
    """smtp, lmtp, imap, import."""
    peer: Mapped[str]
    """The address that connected, or the mailbox it was fetched from."""
    trusted: Mapped[bool]
    """Came from a trusted peer, whose Authentication-Results may be believed."""
    sender: Mapped[str]
    """Envelope sender; empty is the null sender."""
    recipients: Mapped[list[str]]
    """Every envelope recipient, as given."""
    size: Mapped[int]
    """Octets as transferred, before compression."""
    digest: Mapped[str]
    """SHA-256 of the octets kept, hexadecimal; names the file of a large mail."""
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    """zstd of the mail up to 256 kB; None when it lies in a file (storage.blobs)."""
    state: Mapped[State] = mapped_column(word(State), default=State.PENDING)
    reason: Mapped[str] = mapped_column(default="")
    """Why it is held, discarded or failed; for people, in plain English."""
    settled_by: Mapped[str] = mapped_column(default="")
    """The rule or the person that settled it."""
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    """Counted before the work, so that a mail that kills us is set aside."""
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    leased_by: Mapped[str] = mapped_column(default="")
    thread_key: Mapped[str | None] = mapped_column(default=None)
    """`a:ID` of the activity, else `s:ADDRESS` of the sender; None until read."""
    values: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """What a human said of it ({"released": "post"} and the like), what the door
    knew: "oversize" (octets), "by_hand", "marked" ("header"), "senderless", and how it
    is known while it is held ("held", "noticed_at", "twin_of", "refused_in")."""


TABLE = cast("Table", Inbound.__table__)
"""For what each mail needs: the unit of work would cost more than the commit."""


def packed(raw: bytes) -> bytes:
    """Give the octets as a row keeps them."""
    return zstd.compress(raw, level=3)


def original(inbound: Inbound, blobs: Blobs) -> bytes:
    """Give the octets as they came, line ends made CRLF."""
    if inbound.raw is not None:
        return zstd.decompress(inbound.raw)
    return blobs.get(inbound.digest)


def octets(inbound: Inbound, blobs: Blobs) -> bytes:
    """Give the octets to read: without what only a trusted peer may say.

    The journal keeps the transaction as it came (decisions A2, A13), so the claims of
    untrusted peers (Authentication-Results and the like) are taken out here.
    """
    raw = original(inbound, blobs)
    return raw if inbound.trusted else claims.without(raw)


def settle(
    session: Session,
    inbound_id: int,
    state: State,
    *,
    reason: str,
    by: str,
    now: datetime,
) -> None:
    """Move a mail to `state`; back to pending means: read it anew.

    Raises ValueError for a move that MOVES does not allow.
    """
    inbound = session.get_one(
        Inbound, inbound_id, with_for_update=True, populate_existing=True
    )
    if state not in MOVES[inbound.state]:
        raise ValueError(f"mail {inbound_id}: {inbound.state} cannot become {state}")
    inbound.state = state
    inbound.reason = reason
    inbound.settled_by = by
    inbound.settled_at = now
    inbound.leased_until = None
    inbound.leased_by = ""
    if state is State.PENDING:
        inbound.attempts = 0
        inbound.settled_at = None
        tell_all(session)
    elif state is not State.HELD:
        done_with(session, inbound_id, now)
    session.flush()


def done_with(session: Session, inbound_id: int, now: datetime) -> None:
    """See to what hung on a mail that waited: questions about it, and its twins.

    The same mail by another road is settled with it (decisions E48).
    """
    close_questions(session, inbound_id, now)
    twins = select(Inbound.id).where(
        Inbound.state == State.HELD,
        Inbound.values["twin_of"].as_integer() == inbound_id,
    )
    for twin in session.scalars(twins).all():
        reason = f"the same mail as inbound {inbound_id}"
        settle(session, twin, State.DISCARDED, reason=reason, by="twin", now=now)


def listing(
    session: Session, state: State | None = None, most: int = 100
) -> list[Inbound]:
    """Give the newest mails, of one state or of any, without their octets."""
    wanted = (
        select(Inbound)
        .options(defer(Inbound.raw))
        .order_by(Inbound.id.desc())
        .limit(most)
    )
    if state is not None:
        wanted = wanted.where(Inbound.state == state)
    return list(session.scalars(wanted))


def newest(session: Session) -> int:
    """Give the row number of the newest mail; 0 when there is none."""
    return session.scalar(select(func.max(Inbound.id))) or 0


def since(session: Session, inbound_id: int, *, largest: int) -> list[Inbound]:
    """Give the mails that came after one, in order, without those that are larger."""
    wanted = select(Inbound).where(Inbound.id > inbound_id, Inbound.size <= largest)
    return list(session.scalars(wanted.order_by(Inbound.id)))


def by_id(session: Session, inbound_id: int) -> Inbound | None:
    """Find one mail by its row number."""
    return session.get(Inbound, inbound_id)


def counts(session: Session) -> dict[State, int]:
    """Give how many mails are in each state, zeros included."""
    found = dict.fromkeys(State, 0)
    for state, number in session.execute(
        select(Inbound.state, func.count()).group_by(Inbound.state)
    ):
        found[state] = number
    return found


def oldest_pending(session: Session) -> datetime | None:
    """Give when the mail that waits longest was received."""
    return session.scalar(
        select(Inbound.received_at)
        .where(Inbound.state == State.PENDING)
        .order_by(Inbound.id)
        .limit(1)
    )


def release(
    session: Session,
    inbound_id: int,
    said: Mapping[str, object],
    *,
    by: str,
    now: datetime,
) -> None:
    """Let a held or failed mail be processed anew, with what a human said of it.

    `said` is {"released": WORD}, with {"released_in": ACTIVITY} where it was said of
    that one alone, or {"meant": {WRITTEN: COMMAND}};
    ValueError for a mail that is neither held nor failed.
    """
    settle(session, inbound_id, State.PENDING, reason="released", by=by, now=now)
    inbound = session.get_one(Inbound, inbound_id)
    # Whoever said something before may have said it of one activity alone.
    kept = {name: it for name, it in inbound.values.items() if name != "released_in"}
    inbound.values = {**kept, **said}


def same(session: Session, digest: str, ids: Collection[int]) -> list[Inbound]:
    """Give the mails with these octets or row numbers, without their octets."""
    wanted = select(Inbound).options(defer(Inbound.raw)).order_by(Inbound.id)
    either = or_(Inbound.digest == digest, Inbound.id.in_(ids))
    return list(session.scalars(wanted.where(either)))


def same_before(
    session: Session,
    inbound_id: int,
    digest: str,
    sender: str,
    recipients: Sequence[str],
) -> int | None:
    """Find an earlier transaction with the same octets, sender and recipients.

    A sender who never heard our 250 offers the same mail again (promises R4).
    """
    named = {"number": inbound_id, "digest": digest, "sender": sender}
    rows = session.execute(_SAME_BEFORE, named)
    wanted = set(recipients)
    return next((number for number, had in rows if wanted <= set(had)), None)


_SAME_BEFORE = (
    select(Inbound.id, Inbound.recipients)
    .where(
        Inbound.digest == bindparam("digest"),
        Inbound.sender == bindparam("sender"),
        Inbound.id < bindparam("number"),
        Inbound.state != State.FAILED,
    )
    .order_by(Inbound.id)
)
