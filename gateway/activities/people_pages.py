"""The pages of people: who there is, and one of them; staff edit, others look (D37)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from gateway.activities import own_card, visiting
from gateway.activities.cards import cards
from gateway.activities.house import House
from gateway.activities.own_card import OwnCard
from gateway.activities.visiting import Visitor
from parsers.address import key
from parsers.header import clean_line
from storage import found_people
from storage.database import Session
from storage.people import Person
from storage.roster import roster, seat_of
from templates.face import Face

_log = structlog.get_logger()

MARK, UNMARK = "mark", "unmark"
_A_PAGE = 50
_LAST_PAGE = 1000
_MOST_CASES = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the list."""

    number: int
    name: str
    title: str
    organisation: str
    skills: tuple[str, ...]
    address: str
    is_staff: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """What `/people` shows to staff."""

    words: str
    lines: tuple[Line, ...]
    page: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of somebody, that the reader may open."""

    public_id: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """What `/people/ID` shows to that person, or to staff."""

    name: str
    card: OwnCard
    is_own: bool
    of_team: tuple[str, ...]
    """The desks in whose `team` the settings name them."""
    is_marked: bool
    may_mark: bool
    """Only who is named in the settings says who else is staff."""
    cases: tuple[CaseLine, ...]
    """Of the reader's desks; for themselves `/` has them."""


def people(house: House, who: Visitor, words: str, page: int) -> PeoplePage | None:
    """Give the people that staff looks for, fifty at a time; None for who is none."""
    if not who.is_staff:
        return None
    page = min(max(1, page), _LAST_PAGE)
    words = clean_line(words)[:200]
    with house.database.reading() as session:
        found, has_more = found_people.found_people(
            session, words, skip=(page - 1) * _A_PAGE, most=_A_PAGE
        )
        team = {key(each.address) for desk in house.desks.all for each in desk.team}
        lines = tuple(
            Line(
                number=each.person.id,
                name=each.person.name or each.address.partition("@")[0],
                title=each.person.title,
                organisation=each.person.organisation,
                skills=tuple(each.person.skills),
                address=each.address,
                is_staff=each.person.is_staff or key(each.address) in team,
            )
            for each in found
        )
    return PeoplePage(words=words, lines=lines, page=page, has_more=has_more)


def person(
    house: House, who: Visitor, number: int, now: datetime
) -> PersonPage | Face | None:
    """Give a person: to staff and themselves all, to others the card of a shared case.

    None for who may not see them, and for nobody.
    """
    with house.database.reading() as session:
        found = _find(session, number)
        if found is None:
            return None
        if not _may_edit(who, number):
            return _face(session, who, found, now)
        return _page(session, house, who, found, now)


def change(
    house: House,
    who: Visitor,
    number: int,
    pressed: str,
    typed: Mapping[str, str],
    now: datetime,
) -> PersonPage | None:
    """Save a card, confirm what a signature said (oneself alone), mark as staff or not.

    None for who may not; twice is the same.
    """
    with house.database.transaction() as session:
        found = _find(session, number)
        if found is None or not _may_edit(who, number):
            return None
        if pressed in {MARK, UNMARK}:
            if not who.is_team:
                return None
            _mark(found, who, is_staff=pressed == MARK)
            return _page(session, house, who, found, now)
        if pressed == own_card.CONFIRM and number != who.person:
            return None
        own = visiting.desks_of(session, house, found.id)
        desk = visiting.home_desk(session, house, found, own)
        card = own_card.changed(session, desk, found, pressed, typed, now)
        return _page(session, house, who, found, now, card)


def _find(session: Session, number: int) -> Person | None:
    """Give a person who is somebody still: not forgotten, and not somebody else now."""
    found = session.get(Person, number)
    if found is None or found.forgotten_at is not None:
        return None
    return found


def _may_edit(who: Visitor, number: int) -> bool:
    return who.is_staff or number == who.person


def _mark(found: Person, who: Visitor, *, is_staff: bool) -> None:
    if found.is_staff != is_staff:
        found.is_staff = is_staff
        _log.warning("person.marked", person=found.id, is_staff=is_staff, by=who.person)


def _face(session: Session, who: Visitor, found: Person, now: datetime) -> Face | None:
    case = found_people.shared_case(session, who.person, found.id)
    seat = seat_of(roster(session, case.id), found.id) if case else None
    if case is None or seat is None:
        return None
    [face] = cards(session, [seat], case, at=now)
    return face


def _page(
    session: Session,
    house: House,
    who: Visitor,
    found: Person,
    now: datetime,
    card: OwnCard | None = None,
) -> PersonPage:
    own = visiting.desks_of(session, house, found.id)
    desk = visiting.home_desk(session, house, found, own)
    card = card or own_card.shown(session, desk, found, now)
    is_own = found.id == who.person
    desks = [key(desk.address) for desk in who.desks]
    cases = (
        found_people.cases_at(session, found.id, desks, _MOST_CASES)
        if desks and not is_own
        else []
    )
    first = card.addresses[0][1] if card.addresses else ""
    return PersonPage(
        name=found.name or first.partition("@")[0],
        card=card,
        is_own=is_own,
        of_team=tuple(desk.name for desk in own),
        is_marked=found.is_staff,
        may_mark=who.is_team and not own,
        cases=tuple(CaseLine(each.public_id, each.subject) for each in cases),
    )
