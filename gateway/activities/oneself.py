"""What people tell of themselves: by `/me`, by their page, by the operator's table."""

from collections.abc import Callable
from datetime import date, datetime

from gateway.activities.letters import language_of, zone_of
from gateway.routing.desk import Desk
from parsers.day import read_day
from parsers.mail import ParsedMail
from parsers.oneself import Said, read_said, skills
from parsers.signature import read_signature
from parsers.zone import read_zone, zone_named
from storage.people import Person
from templates.catalogue import language_named
from templates.understood import Understood


def obey(person: Person, desk: Desk, argument: str, now: datetime) -> Understood:
    """Do one `/me`; the answer says what was understood and how to undo it."""
    said = read_said(argument)
    if said is None:
        return Understood(command="/me", outcome="me_what")
    if not said.field:
        return Understood(command="/me", outcome="me_shows", names=shown(person, desk))
    return _DEEDS[said.field](person, desk, said, now)


def shown(person: Person, desk: Desk) -> tuple[str, ...]:
    """Give what is known of a person, in the order in which letters say it."""
    away = person.away_until.isoformat() if person.away_until else ""
    return (
        person.name,
        person.title,
        person.organisation,
        ", ".join(person.skills),
        language_of(person, desk),
        zone_of(person, desk),
        person.about,
        away,
    )


def learn(person: Person, mail: ParsedMail) -> tuple[str, ...]:
    """Keep what somebody's first signature says, as a proposal (decisions D38).

    Gives what it says and they have not said themselves, for the team: role, company,
    telephone; nothing when they were read before.
    """
    if mail.automatic.is_ or not _UNREAD.isdisjoint(person.proposed):
        return ()
    signed = read_signature(mail.folded, mail.sender)
    said = {
        "title": "" if person.title else signed.role,
        "organisation": "" if person.organisation else signed.organisation,
        "telephone": signed.telephone,
    }
    new = {field: value for field, value in said.items() if value}
    if new:
        person.proposed = {**person.proposed, **new}
    return tuple(new.values())


_UNREAD = frozenset({"title", "organisation", "telephone"})
"""What a signature proposes; the first one that proposes anything is the last read."""


def is_here(person: Person, mail: ParsedMail) -> None:
    """End the absence that a vacation note began: they write themselves."""
    if person.away_by_note and not mail.automatic.is_:
        person.away_until, person.away_by_note = None, False


def note_away(person: Person, back_on: date, at: datetime) -> None:
    """Take the day from a vacation note; what they said themselves stands (D35)."""
    if person.away_by_note or not person.is_away(at):
        person.away_until, person.away_by_note = back_on, True


def is_taken(person: Person, desk: Desk, name: str) -> bool:
    """Say whether a name is that of one of the desk's team, and not theirs."""
    if person.name and name.casefold() == person.name.casefold():
        return False
    wanted = "".join(name.casefold().split())
    return any("".join(each.name.casefold().split()) == wanted for each in desk.team)


def _text(person: Person, desk: Desk, said: Said, _: datetime) -> Understood:
    """Set a line of text; a name cannot be taken away, nor that of the team taken."""
    value = "" if said.clears else said.value
    if not said.value or (said.field == "name" and said.clears):
        return Understood(command="/me", outcome="me_what")
    if said.field == "name" and is_taken(person, desk, value):
        return Understood(command="/me name", outcome="me_name_taken", names=(value,))
    before = getattr(person, said.field)
    setattr(person, said.field, value)
    return _changed(said.field, value, before)


def _skills(person: Person, _: Desk, said: Said, __: datetime) -> Understood:
    if not said.value:
        return Understood(command="/me", outcome="me_what")
    before = ", ".join(person.skills)
    person.skills = [] if said.clears else skills(said.value)
    return _changed("skills", ", ".join(person.skills), before)


def _zone(person: Person, desk: Desk, said: Said, _: datetime) -> Understood:
    zone = "" if said.clears else read_zone(said.value)
    if not zone and not said.clears:
        return Understood(command="/me zone", outcome="me_no_zone", names=(said.value,))
    before = person.zone
    person.zone = zone
    return _changed("zone", zone or desk.zone, before)


def _language(person: Person, desk: Desk, said: Said, _: datetime) -> Understood:
    language = "" if said.clears else language_named(said.value)
    if not language and not said.clears:
        return Understood(
            command="/me language", outcome="me_no_language", names=(said.value,)
        )
    before = person.language
    person.language = language
    return _changed("language", language or desk.language, before)


def _away(person: Person, desk: Desk, said: Said, now: datetime) -> Understood:
    if said.clears:
        return _back(person, desk, said, now)
    today = now.astimezone(zone_named(zone_of(person, desk))).date()
    until = read_day(said.value, today) if said.value else None
    if until is None or until <= today:
        return Understood(command="/me away", outcome="me_no_day", names=(said.value,))
    person.away_until, person.away_by_note = until, False
    return Understood(
        command="/me away",
        outcome="me_away",
        names=(until.isoformat(),),
        undo="/me back",
    )


def _back(person: Person, _: Desk, __: Said, ___: datetime) -> Understood:
    before = person.away_until
    person.away_until, person.away_by_note = None, False
    undo = f"/me away until {before.isoformat()}" if before else ""
    return Understood(command="/me back", outcome="me_back", undo=undo)


def _changed(field: str, value: str, before: str) -> Understood:
    word = "role" if field == "title" else field
    undo = "" if field == "name" and not before else f"/me {word} {before or '-'}"
    outcome = f"me_{field}" if value else "me_cleared"
    return Understood(command=f"/me {word}", outcome=outcome, names=(value,), undo=undo)


_DEEDS: dict[str, Callable[[Person, Desk, Said, datetime], Understood]] = {
    "name": _text,
    "title": _text,
    "organisation": _text,
    "about": _text,
    "skills": _skills,
    "zone": _zone,
    "language": _language,
    "away": _away,
    "back": _back,
}
