"""Who is signed in: the links that were asked for, and the browsers that used one.

Of a browser's key only its hash is kept, of a link nothing: its token seals the number
of the row (decisions A5). Rows go when they have no use any more.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Number, never_reused


class SignIn(Base):
    """One link that was asked for; there is a row whether or not we know the address.

    So nobody learns from the limits, which count these rows, who is known here.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        Index("ix_sign_in_address", "address_mac", "asked_at"),
        Index("ix_sign_in_network", "network_mac", "asked_at"),
        Index("ix_sign_in_asked_at", "asked_at"),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    address_mac: Mapped[str]
    """What the address is counted by; the address itself is not kept."""
    network_mac: Mapped[str]
    asked_at: Mapped[datetime]
    return_to: Mapped[str] = mapped_column(default="")
    """The page that they wanted; checked before it is kept."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    """Whose the link is; None when nobody has that address."""
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class WebSession(Base):
    """One browser in which somebody is signed in."""

    __tablename__ = "web_session"
    __table_args__ = (
        Index("ix_web_session_person", "person_id"),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the key that the browser's cookie holds."""
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]


def asked_since(
    session: Session, since: datetime, *, address: str = "", network: str = ""
) -> int:
    """Count the links asked for since a moment, for an address or from a network."""
    column = SignIn.address_mac if address else SignIn.network_mac
    return (
        session.scalar(
            select(func.count())
            .select_from(SignIn)
            .where(column == (address or network), SignIn.asked_at > since)
        )
        or 0
    )


def forget_old(session: Session, asked_before: datetime, now: datetime) -> None:
    """Drop the links that nobody can use or needs to count, and what has ended."""
    session.execute(delete(SignIn).where(SignIn.asked_at < asked_before))
    session.execute(delete(WebSession).where(WebSession.ends_at < now))


def link(session: Session, number: int, *, lock: bool = False) -> SignIn | None:
    """Find a link that was asked for; `lock` keeps it for this transaction."""
    held = (lock and session.get_bind().dialect.name != "sqlite") or None
    return session.get(SignIn, number, with_for_update=held)


def behind(session: Session, key_hash: str) -> WebSession | None:
    """Find the browser with this key."""
    return session.scalar(select(WebSession).where(WebSession.key_hash == key_hash))


def of_person(session: Session, person: int) -> list[WebSession]:
    """Give the browsers in which somebody is signed in, the newest first."""
    wanted = select(WebSession).where(WebSession.person_id == person)
    return list(session.scalars(wanted.order_by(WebSession.id.desc())))


def end(session: Session, found: WebSession) -> None:
    """Sign one browser out."""
    session.delete(found)
    session.flush()


def end_all(session: Session, *people: int) -> int:
    """Sign people out everywhere and end their links; gives in how many browsers."""
    session.execute(delete(SignIn).where(SignIn.person_id.in_(people)))
    ended = session.scalars(
        delete(WebSession)
        .where(WebSession.person_id.in_(people))
        .returning(WebSession.id)
    )
    return len(ended.all())
