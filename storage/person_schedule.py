"""When each person chose to get their digests (decisions A8)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, SmallInteger, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Number, among
from storage.people import Person


class PersonSchedule(Base):
    """What one person chose for one kind of digest; without a row the default holds."""

    __tablename__ = "person_schedule"

    person_id: Mapped[int] = mapped_column(
        Number, ForeignKey("person.id"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    """A word of gateway.routing.timetable.Kind."""
    every: Mapped[str] = mapped_column(String(24))
    minute: Mapped[int] = mapped_column(SmallInteger)
    """Of the local day."""
    weekdays: Mapped[list[int]]
    """0 is Monday."""
    changed_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(default="")
    """IANA name; empty: that of the person, else of the desk."""
    quiet_from: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    quiet_to: Mapped[int | None] = mapped_column(SmallInteger, default=None)


def schedules(
    session: Session, people: Collection[int]
) -> dict[tuple[int, str], PersonSchedule]:
    """Give what some people chose, by person and kind."""
    rows = session.scalars(_CHOSEN, {"people": people})
    return {(each.person_id, each.kind): each for each in rows}


_CHOSEN = select(PersonSchedule).where(PersonSchedule.person_id.in_(among("people")))


def chosen(session: Session) -> list[tuple[PersonSchedule, str]]:
    """Give each way in which digests were chosen, once, with its person's zone."""
    rows = session.execute(
        select(PersonSchedule, Person.zone).join(
            Person, Person.id == PersonSchedule.person_id
        )
    )
    found = {
        (each.kind, each.every, each.minute, tuple(each.weekdays), each.zone, zone): (
            each,
            zone,
        )
        for each, zone in rows
    }
    return list(found.values())


def changed_since(session: Session, moment: datetime) -> bool:
    """Say whether anybody chose since a moment."""
    newest = session.scalar(select(func.max(PersonSchedule.changed_at)))
    return newest is not None and newest >= moment


def zones(session: Session) -> list[str]:
    """Give the zones in which people live; empty for that of the desk."""
    return list(session.scalars(select(Person.zone).distinct()))


def choose(session: Session, chosen: PersonSchedule) -> None:
    """Keep what somebody chose, in place of what they chose before."""
    session.merge(chosen)
    session.flush()
