"""A person's own card on a page: GET looks, POST changes it, all of it or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from gateway.activities import view
from gateway.activities.cards import unconfirmed
from gateway.activities.house import House
from gateway.activities.letters import language_of, zone_of
from gateway.activities.oneself import is_taken
from gateway.routing.desk import Desk
from parsers.header import clean_line, clean_name
from parsers.oneself import LONGEST, skills
from parsers.zone import read_zone, zone_named
from storage import people
from storage.database import Session
from storage.people import Person
from templates import catalogue

FIELDS = (
    "name",
    "title",
    "organisation",
    "skills",
    "about",
    "zone",
    "language",
    "away",
    "primary",
)
"""What the form holds; each as a string."""
CONFIRM, SAVE = "confirm", "save"


@dataclass(frozen=True, kw_only=True)
class OwnCard:
    """What the page shows."""

    desk: str
    fields: Mapping[str, str]
    """By the names of FIELDS; after a mistake as they were typed."""
    before: Mapping[str, str]
    """What they were before this press, to take it back."""
    proposed: tuple[str, ...]
    """What a signature or an inviter said, and they have not said themselves."""
    addresses: tuple[tuple[str, str], ...]
    """Number and address."""
    languages: tuple[str, ...]
    reads: str
    """The language that we write to them in, and below it the zone."""
    zone: str
    wrong: str = ""
    """The field that could not be taken: name, zone, away."""
    saved: bool = False


def look(house: House, token: str, now: datetime) -> OwnCard | None:
    """Give the page behind a reader's own `v-` token; None when it opens nothing."""
    with house.database.reading() as session:
        entered = view.enter(session, house, token, now)
        if entered is None:
            return None
        place, participant = entered
        person = session.get_one(Person, participant.person_id)
        return shown(session, place.desk, person, now)


def change(
    house: House, token: str, pressed: str, typed: Mapping[str, str], now: datetime
) -> OwnCard | None:
    """Take what was typed, or with CONFIRM what was proposed; twice is the same."""
    with house.database.transaction() as session:
        entered = view.enter(session, house, token, now)
        if entered is None:
            return None
        place, participant = entered
        person = session.get_one(Person, participant.person_id)
        return changed(session, place.desk, person, pressed, typed, now)


def changed(
    session: Session,
    desk: Desk,
    person: Person,
    pressed: str,
    typed: Mapping[str, str],
    now: datetime,
) -> OwnCard:
    """Change a card in a transaction, and give it as it is then."""
    before = _fields(session, person, now)
    if pressed == CONFIRM:
        confirm(person)
    elif wrong := _take(session, desk, person, typed, now):
        kept = {name: typed.get(name, "")[:1000] for name in FIELDS}
        return replace(shown(session, desk, person, now), fields=kept, wrong=wrong)
    session.flush()
    page = shown(session, desk, person, now)
    return replace(page, before=before, saved=True)


def confirm(person: Person) -> None:
    """Make one's own what was proposed; what one said oneself stays."""
    proposed = person.proposed
    person.title = person.title or str(proposed.get("title", ""))
    person.organisation = person.organisation or str(proposed.get("organisation", ""))
    if not person.skills and proposed.get("skill"):
        person.skills = skills(str(proposed["skill"]))


def _take(
    session: Session,
    desk: Desk,
    person: Person,
    typed: Mapping[str, str],
    now: datetime,
) -> str:
    """Change everything, or nothing and give the field that was wrong."""
    said = {name: clean_line(typed.get(name, "")) for name in FIELDS}
    said["name"] = clean_name(said["name"])
    zone = read_zone(said["zone"])
    language = catalogue.language_named(said["language"])
    until = _day(said["away"])
    if not said["name"] or is_taken(person, desk, said["name"]):
        return "name"
    if said["zone"] and not zone:
        return "zone"
    today = now.astimezone(zone_named(zone or zone_of(person, desk))).date()
    if said["away"] and (until is None or until <= today):
        return "away"
    for name in ("name", "title", "organisation", "about"):
        setattr(person, name, said[name][: LONGEST[name]])
    person.skills = skills(said["skills"])
    person.zone, person.language = zone, language
    if until != person.away_until:
        person.away_until, person.away_by_note = until, False
    _make_primary(session, person, said["primary"])
    return ""


def _make_primary(session: Session, person: Person, number: str) -> None:
    """Write to another of their addresses from now on; a foreign number is nothing."""
    own = people.addresses_of(session, person.id)
    if number in {str(each.id) for each in own}:
        for each in own:
            each.is_primary = str(each.id) == number


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _fields(session: Session, person: Person, now: datetime) -> dict[str, str]:
    own = people.addresses_of(session, person.id)
    return {
        "name": person.name,
        "title": person.title,
        "organisation": person.organisation,
        "skills": ", ".join(person.skills),
        "about": person.about,
        "zone": person.zone,
        "language": person.language,
        "away": person.away_until.isoformat()
        if person.away_until and person.is_away(now)
        else "",
        "primary": str(own[0].id) if own else "",
    }


def shown(session: Session, desk: Desk, person: Person, now: datetime) -> OwnCard:
    """Give a card as the form shows it."""
    fields = _fields(session, person, now)
    own = people.addresses_of(session, person.id)
    return OwnCard(
        desk=desk.name,
        fields=fields,
        before=fields,
        # A telephone is for the team, who knows it already.
        proposed=tuple(
            each
            for each in unconfirmed(person)
            if each != person.proposed.get("telephone")
        ),
        addresses=tuple((str(each.id), each.written) for each in own),
        languages=tuple(sorted(catalogue.spoken())),
        reads=language_of(person, desk),
        zone=zone_of(person, desk),
    )
