"""The IMAP mailboxes that are watched, and which of their mails were fetched.

A mail in a mailbox is named by (UIDVALIDITY, UID) (RFC 3501 section 2.3.1.1). That name
is written in the same transaction as its journal row, so whatever happens between the
commit and the move, it is not fetched twice.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    exists,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Number, never_reused, word


class Todo(StrEnum):
    """What is still to be done with a fetched mail in its mailbox."""

    MOVE = "move"
    """Move it to the done folder; without one, mark it as seen."""
    FLAG = "flag"
    """Mark it for the people who look into the mailbox, and let it lie."""
    NOTHING = "nothing"


class Mailbox(Base):
    """One folder of one account that is watched."""

    __tablename__ = "mailbox"
    __table_args__ = (UniqueConstraint("name"), never_reused())

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    name: Mapped[str]
    """`user@host/FOLDER`; the peer of the mails that came from it."""
    uidvalidity: Mapped[int | None] = mapped_column(Number, default=None)
    """None until it was seen for the first time."""
    first_uid: Mapped[int] = mapped_column(Number, default=0)
    """Mails below it were there when this UIDVALIDITY was first seen."""
    seen_uid: Mapped[int] = mapped_column(Number, default=0)
    """Everything up to it was fetched or stays; only a shortcut."""
    taken_from: Mapped[datetime | None] = mapped_column(default=None)
    """What was there and is older than this stays where it is."""
    looked_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was last looked through without a fault, to the minute."""
    trouble: Mapped[str] = mapped_column(default="")
    """Why it cannot be watched; empty while it can."""
    trouble_since: Mapped[datetime | None] = mapped_column(default=None)


class Fetch(Base):
    """One mail that was fetched, by its name in the mailbox."""

    __tablename__ = "fetched"
    __table_args__ = (
        Index("ix_fetched_inbound", "inbound_id"),
        Index(
            "ix_fetched_todo",
            "mailbox_id",
            "uidvalidity",
            "uid",
            sqlite_where=text("todo != 'nothing'"),
            postgresql_where=text("todo != 'nothing'"),
        ),
    )

    mailbox_id: Mapped[int] = mapped_column(
        Number, ForeignKey("mailbox.id"), primary_key=True
    )
    uidvalidity: Mapped[int] = mapped_column(Number, primary_key=True)
    uid: Mapped[int] = mapped_column(Number, primary_key=True)
    inbound_id: Mapped[int] = mapped_column(Number, ForeignKey("inbound.id"))
    """The journal row; two names share one when the server numbered anew."""
    todo: Mapped[Todo] = mapped_column(word(Todo))


@dataclass(frozen=True, slots=True)
class Fetched:
    """The name of a mail in its mailbox, on its way into the journal with the mail."""

    mailbox: int
    uidvalidity: int
    uid: int
    todo: Todo = Todo.NOTHING


def find(session: Session, name: str) -> Mailbox | None:
    """Find a watched folder by its name."""
    return session.scalar(select(Mailbox).where(Mailbox.name == name))


def keep(session: Session, name: str) -> Mailbox:
    """Find a watched folder, or make its row."""
    found = find(session, name)
    if found is None:
        found = Mailbox(name=name)
        session.add(found)
        session.flush()
    return found


def sight(
    session: Session,
    mailbox_id: int,
    *,
    uidvalidity: int,
    first_uid: int,
    taken_from: datetime,
) -> Mailbox:
    """Note a UIDVALIDITY that was not there before: the first one, or a changed one.

    Names of an old one mean nothing any more (RFC 3501 section 2.3.1.1); `taken_from`
    counts at first sight alone.
    """
    found = session.get_one(
        Mailbox, mailbox_id, with_for_update=True, populate_existing=True
    )
    if found.uidvalidity == uidvalidity:
        return found
    session.execute(
        update(Fetch)
        .where(Fetch.mailbox_id == mailbox_id, Fetch.todo != Todo.NOTHING)
        .values(todo=Todo.NOTHING)
    )
    found.uidvalidity = uidvalidity
    found.first_uid = first_uid
    found.seen_uid = 0
    found.taken_from = found.taken_from or taken_from
    session.flush()
    return found


def advance(session: Session, mailbox_id: int, *, uidvalidity: int, uid: int) -> None:
    """Note that everything up to `uid` was fetched or stays."""
    session.execute(
        update(Mailbox)
        .where(
            Mailbox.id == mailbox_id,
            Mailbox.uidvalidity == uidvalidity,
            Mailbox.seen_uid < uid,
        )
        .values(seen_uid=uid)
    )


def known(
    session: Session, mailbox_id: int, *, uidvalidity: int, uids: Collection[int]
) -> set[int]:
    """Give those of `uids` that were fetched already."""
    if not uids:
        return set()
    found = session.scalars(
        select(Fetch.uid).where(
            Fetch.mailbox_id == mailbox_id,
            Fetch.uidvalidity == uidvalidity,
            Fetch.uid.between(min(uids), max(uids)),
        )
    )
    return set(found) & set(uids)


def was_renumbered(session: Session, mailbox_id: int, *, uidvalidity: int) -> bool:
    """Say whether mails were fetched from it under another UIDVALIDITY."""
    ends = select(
        # One at a time: so each is a look at one end of the index.
        select(func.min(Fetch.uidvalidity))
        .where(Fetch.mailbox_id == mailbox_id)
        .scalar_subquery(),
        select(func.max(Fetch.uidvalidity))
        .where(Fetch.mailbox_id == mailbox_id)
        .scalar_subquery(),
    )
    return bool(set(session.execute(ends).one()) - {None, uidvalidity})


def same_octets(
    session: Session, mailbox_id: int, digests: Collection[str]
) -> dict[str, int]:
    """Find the journal rows of the same octets that came through this mailbox."""
    inbound = Base.metadata.tables["inbound"]
    came = exists().where(
        Fetch.inbound_id == inbound.c.id, Fetch.mailbox_id == mailbox_id
    )
    rows = session.execute(
        select(inbound.c.digest, inbound.c.id)
        .where(inbound.c.digest.in_(digests), came)
        .order_by(inbound.c.id.desc())
    )
    return {digest: number for digest, number in rows}  # noqa: C416 (as below)


def write(session: Session, fetched: Iterable[tuple[Fetched, int]]) -> None:
    """Note fetched mails, each with its journal row.

    The database raises when one of them was noted already: then another node was
    quicker, and the whole transaction is void.
    """
    rows = [
        {
            "mailbox_id": each.mailbox,
            "uidvalidity": each.uidvalidity,
            "uid": each.uid,
            "inbound_id": inbound_id,
            "todo": each.todo,
        }
        for each, inbound_id in fetched
    ]
    if rows:
        session.connection().execute(_INSERT, rows)


_TABLE = Base.metadata.tables["fetched"]
_INSERT = insert(_TABLE)


def waiting(
    session: Session, mailbox_id: int, *, uidvalidity: int, most: int
) -> dict[int, Todo]:
    """Give up to `most` fetched mails with which something is still to be done."""
    rows = session.execute(
        select(Fetch.uid, Fetch.todo)
        .where(
            Fetch.mailbox_id == mailbox_id,
            Fetch.uidvalidity == uidvalidity,
            # Written out, so that SQLite knows the partial index by it.
            text("todo != 'nothing'"),
        )
        .order_by(Fetch.uid)
        .limit(most)
    )
    return {uid: todo for uid, todo in rows}  # noqa: C416 (rows are no pairs to mypy)


def put_away(
    session: Session, mailbox_id: int, *, uidvalidity: int, uids: Sequence[int]
) -> None:
    """Note that nothing is left to be done with these."""
    named = [
        {"mailbox": mailbox_id, "validity": uidvalidity, "number": uid} for uid in uids
    ]
    if named:
        session.connection().execute(_PUT_AWAY, named)


_PUT_AWAY = (
    update(_TABLE)
    .where(
        _TABLE.c.mailbox_id == bindparam("mailbox"),
        _TABLE.c.uidvalidity == bindparam("validity"),
        _TABLE.c.uid == bindparam("number"),
    )
    .values(todo=Todo.NOTHING)
)


def note_health(
    session: Session, mailbox_id: int, *, trouble: str, at: datetime
) -> None:
    """Note why a mailbox cannot be watched, or that it can (empty)."""
    found = session.get_one(Mailbox, mailbox_id, with_for_update=True)
    if not trouble:
        found.looked_at = at
    if bool(found.trouble) != bool(trouble):
        found.trouble_since = at if trouble else None
    found.trouble = trouble
    session.flush()


def sick(session: Session, names: Collection[str]) -> list[Mailbox]:
    """Give those of the named mailboxes that cannot be watched."""
    if not names:
        return []
    return list(
        session.scalars(
            select(Mailbox)
            .where(Mailbox.trouble != "", Mailbox.name.in_(names))
            .order_by(Mailbox.name)
        )
    )
