"""People and their addresses; one person may have several."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Row, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from parsers import address as addresses
from parsers.zone import zone_named
from storage.base import Base, Number, never_reused


class Person(Base):
    """Somebody who writes or reads."""

    __tablename__ = "person"
    __table_args__ = (never_reused(),)

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    name: Mapped[str] = mapped_column(default="")
    """As written by themselves or by the settings; empty when unknown."""
    language: Mapped[str] = mapped_column(default="")
    """BCP 47; empty means the desk's."""
    zone: Mapped[str] = mapped_column(default="")
    """IANA name; empty means the desk's."""
    is_staff: Mapped[bool] = mapped_column(default=False)
    """Marked on the people page; a desk's `team` is staff for that desk anyway."""
    organisation: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    never_invite: Mapped[bool] = mapped_column(default=False)
    """They answered an invitation with "never again"."""
    skills: Mapped[list[str]] = mapped_column(default_factory=list)
    """What they know, in their own words."""
    about: Mapped[str] = mapped_column(default="")
    away_until: Mapped[date | None] = mapped_column(default=None)
    """The day on which they are back; None or past: they are here."""
    away_by_note: Mapped[bool] = mapped_column(default=False)
    """A vacation note said so, not they themselves: whatever they write ends it."""
    proposed: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """What a signature or an inviter said of them and they did not confirm: name,
    title, organisation, telephone, skill; only the team sees it (decisions D38)."""
    paused_until: Mapped[datetime | None] = mapped_column(default=None)
    """Until then nothing of any activity goes to them at once (decisions D35)."""
    deputy_id: Mapped[int | None] = mapped_column(Number, default=None)
    """Who of the team hears the customers of their cases while they are away."""
    ignores: Mapped[list[int]] = mapped_column(
        default_factory=list, server_default="[]"
    )
    """The persons whose posts go to their digest; nobody is told (support.md 1)."""
    forgotten_at: Mapped[datetime | None] = mapped_column(default=None)
    """When all that says who they are was taken away (support.md section 8)."""

    def is_away(self, at: datetime) -> bool:
        """Say whether they are away at a moment: the day counts where they are."""
        return is_away(self.away_until, self.zone, at)


def is_away(until: date | None, zone: str, at: datetime) -> bool:
    """Say whether who is back on a day is away at a moment, by their zone's date."""
    return until is not None and at.astimezone(zone_named(zone)).date() < until


class PersonAddress(Base):
    """One mail address of one person."""

    __tablename__ = "person_address"
    __table_args__ = (Index("ix_person_address_person", "person_id"), never_reused())

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(unique=True)
    """The matching key (parsers.address.key)."""
    written: Mapped[str]
    """As it was first written; what mail is sent to."""
    is_primary: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime | None] = mapped_column(default=None)


def by_address(session: Session, address: str) -> Person | None:
    """Find the person who has this address, however it is written."""
    return session.scalar(_BY_ADDRESS, {"key": addresses.key(address)})


_BY_ADDRESS = (
    select(Person)
    .join(PersonAddress, PersonAddress.person_id == Person.id)
    .where(PersonAddress.key == bindparam("key"))
)


def meet(
    session: Session, mailbox: addresses.Mailbox, *, now: datetime, language: str = ""
) -> Person:
    """Find the person behind a mailbox, or remember a new one.

    A known person without a name takes the one in the mailbox. Whoever is met by two
    transactions in one moment is one person: the later one waits.
    """
    person = by_address(session, mailbox.address)
    if person is None:
        person = Person(name=mailbox.name, language=language)
        session.add(person)
        session.flush()
        if _is_first(session, person, mailbox, now):
            return person
        session.delete(person)
        session.flush()
        person = by_address(session, mailbox.address)
        assert person is not None
    if not person.name:
        person.name = mailbox.name
    return person


def _is_first(
    session: Session, person: Person, mailbox: addresses.Mailbox, now: datetime
) -> bool:
    """Give somebody new their address, unless another has it by now."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    row = {
        "person_id": person.id,
        "key": addresses.key(mailbox.address),
        "written": mailbox.address,
        "is_primary": True,
        "added_at": now,
    }
    statement = insert(PersonAddress).values(row).on_conflict_do_nothing()
    # How many rows an INSERT made, drivers do not agree on.
    return session.scalar(statement.returning(PersonAddress.id)) is not None


def add_address(
    session: Session, person_id: int, address: str, *, now: datetime
) -> bool:
    """Add a further address to somebody; False if it is another person's already."""
    owner = by_address(session, address)
    if owner is not None:
        return owner.id == person_id
    session.add(
        PersonAddress(
            person_id=person_id,
            key=addresses.key(address),
            written=address,
            is_primary=False,
            added_at=now,
        )
    )
    session.flush()
    return True


def primary_addresses(session: Session, people: list[int]) -> dict[int, str]:
    """Give the address to write to, by person id."""
    rows = session.execute(
        select(PersonAddress.person_id, PersonAddress.written)
        .where(PersonAddress.person_id.in_(people))
        .order_by(PersonAddress.is_primary, PersonAddress.id.desc())
    )
    # Primary and oldest come last, so they win.
    return {person: written for person, written in rows}  # noqa: C416


def address_keys(session: Session, person: int) -> frozenset[str]:
    """Give the matching keys of all addresses of one person."""
    return frozenset(
        session.scalars(
            select(PersonAddress.key).where(PersonAddress.person_id == person)
        )
    )


def written(session: Session, address: str) -> str:
    """Give an address as it was first written; what is not known stays as it is."""
    found = session.scalar(
        select(PersonAddress.written).where(PersonAddress.key == addresses.key(address))
    )
    return found or address


def names(session: Session) -> Iterable[Row[int, str, str]]:
    """Give everybody's name beside each of their addresses, one after the other."""
    wanted = select(Person.id, Person.name, PersonAddress.written).join(
        PersonAddress, PersonAddress.person_id == Person.id
    )
    return session.execute(wanted.order_by(Person.id))


def addresses_of(session: Session, person: int) -> list[PersonAddress]:
    """Give all addresses of one person, the one that mail goes to first."""
    return list(
        session.scalars(
            select(PersonAddress)
            .where(PersonAddress.person_id == person)
            .order_by(PersonAddress.is_primary.desc(), PersonAddress.id)
        )
    )
