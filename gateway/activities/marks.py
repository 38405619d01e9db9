"""What the team is told of a mail that is not quite as it should be (R1, R3, T19, T21).

Nothing here decides anything; nobody outside the team reads it.
"""

from collections.abc import Iterator

from gateway.activities.house import House
from gateway.activities.place import Place
from gateway.routing.facts import Facts
from parsers import lookalike
from parsers.address import key
from parsers.mail import ParsedMail
from storage import activity as activities
from storage.database import Session
from storage.roster import cards
from templates.posted import Mark


def of(
    house: House,
    place: Place,
    facts: Facts,
    mail: ParsedMail,
    *,
    suggests: int | None = None,
) -> tuple[Mark, ...]:
    """Give the marks of a mail that is posted at a place."""
    session = place.session
    return (
        *_by_address(facts),
        *_by_other_cases(session, place, facts, suggests),
        *_by_date(house, facts, mail),
        *_by_name(place, facts),
    )


def _by_address(facts: Facts) -> Iterator[Mark]:
    if facts.marked and facts.purpose is not None:
        yield Mark(says="header")
    if facts.is_blind and not facts.writer.is_staff and not facts.is_form:
        yield Mark(says="bcc")
    if facts.by_shared_id and facts.writer.is_staff:
        yield Mark(says="by_id")


def _by_other_cases(
    session: Session, place: Place, facts: Facts, suggests: int | None
) -> Iterator[Mark]:
    elsewhere = facts.elsewhere.thread.activity if facts.elsewhere else None
    if facts.thread is not None and elsewhere not in {None, place.activity.id}:
        yield Mark(says="other_case", about=_subject(session, elsewhere))
    for number in facts.also:
        yield Mark(says="also_in", about=_subject(session, number))
    if suggests is not None:
        activity = activities.find(session, suggests)
        if activity is not None:
            about = f"[{activity.public_id}] {activity.subject}"
            yield Mark(says="tag", about=about)


def _subject(session: Session, number: int | None) -> str:
    activity = activities.find(session, number) if number is not None else None
    return activity.subject if activity else "?"


def _by_date(house: House, facts: Facts, mail: ParsedMail) -> Iterator[Mark]:
    if mail.date is None:
        return
    days = (facts.now - mail.date).days
    if days > house.limits.old_mail_days:
        yield Mark(says="old_date", about=str(days))


def _by_name(place: Place, facts: Facts) -> Iterator[Mark]:
    """Whom the sender's name or domain resembles (T19): ours, and those in the case."""
    sender = facts.sender
    known = {each.address: each.name for each in place.desk.team}
    own = key(sender.address)
    for card in cards(place.session, place.activity.id):
        if own not in card.keys:
            known.setdefault(card.address, card.name)
    if found := lookalike.resembles(sender, known):
        yield Mark(says="look_alike", about=found)
    elif lookalike.is_mixed(sender):
        yield Mark(says="mixed_script")
