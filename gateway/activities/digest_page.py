"""What somebody chooses on the page behind a digest; GET looks, POST acts."""

from dataclasses import dataclass
from datetime import datetime

from gateway.activities.digest_answers import Subscription, change, rescheduled
from gateway.activities.house import House
from gateway.activities.timetables import timetable
from gateway.routing.asking import Asking
from gateway.routing.timetable import Kind
from parsers.reply_address import Purpose
from storage.database import Session
from storage.people import Person
from storage.question import Question
from templates.digested import Rescheduled

CHOICES = frozenset({"daily", "weekly", "hourly", "off"})
"""The buttons of the page (field `scope`); `digest` is the one-click's `off`."""


@dataclass(frozen=True, kw_only=True)
class DigestPage:
    """What the page behind a digest shows."""

    desk: str
    language: str
    schedule: Rescheduled


def look(house: House, token: str, now: datetime) -> DigestPage | None:
    """Give what the page shows; None for a token that is no digest's."""
    with house.database.reading() as session:
        found = _behind(session, house, token)
        return _page(session, found, now) if found else None


def choose(house: House, token: str, words: str, now: datetime) -> DigestPage | None:
    """Change when this kind of digest comes; any number of times."""
    with house.database.transaction() as session:
        found = _behind(session, house, token)
        if found is None:
            return None
        change(session, house, found, words, now)
        page = _page(session, found, now)
    house.wake.tell()
    return page


def _behind(session: Session, house: House, token: str) -> Subscription | None:
    unsealed = house.sealer.unseal(token)
    if unsealed is None or unsealed.purpose is not Purpose.DIGEST:
        return None
    question = session.get(Question, unsealed.row)
    if question is None or question.asking != Asking.DIGEST:
        return None
    desk = house.desks.by_address(question.values["desk"])
    if desk is None:
        return None
    person = session.get_one(Person, question.person_id)
    if person.forgotten_at is not None:
        return None
    return Subscription(desk, person, Kind(question.values["kind"]))


def _page(session: Session, own: Subscription, now: datetime) -> DigestPage:
    desk, person, kind = own
    return DigestPage(
        desk=desk.name,
        language=person.language or desk.language,
        schedule=rescheduled(timetable(session, desk, person, kind), now),
    )
