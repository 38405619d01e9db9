"""The gate before the everyone lane: what a mail would bring there (E40 to E42)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gateway.activities.house import House
from gateway.activities.named import answered_posts
from gateway.activities.place import Place
from gateway.routing.asking import Asking
from gateway.routing.desk import Desk
from gateway.routing.facts import Writer
from gateway.routing.instructions import PRIVATE
from parsers.address import Mailbox
from parsers.courtesy import farewells, greets
from parsers.mail import Command, ParsedMail
from parsers.overlap import letters, shared
from parsers.veiled import quoted
from storage import activity as activities
from storage import event as events
from storage import outbox, roster
from storage.activity import Activity, Lane
from storage.database import Session
from storage.event import Event, Kind, Written
from storage.roster import Card, display_name
from templates import mime

_LETTERS = 20
"""Letters to the outside that are looked through when something was found."""
_OCTETS = 64_000
"""Of each of them; it is the text twin that comes first."""
# What of a command everybody will read: why somebody was invited.
_SHOWN = frozenset({"invite"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """A mail on its way into an activity, as far as the gate looks at it."""

    inbound: int | None
    mail: ParsedMail
    sender: Mailbox
    writer: Writer
    commands: tuple[Command, ...]
    prose: str
    as_written: bool
    """Lines that look like commands are text."""
    team_lane: bool
    """It will not go to everyone, or has gone past us."""
    passed: frozenset[tuple[str, int]]
    notes: frozenset[int]
    """What was asked about it and answered, by activity."""


def look(
    session: Session,
    house: House,
    desk: Desk | None,
    activity: Activity | None,
    going: Going,
) -> dict[str, Any]:
    """Compare a mail with what stands in the lanes of its activity; changes nothing.

    Gives the facts of these names.
    """
    # What was said of an activity holds for the one that it was merged into.
    where = frozenset(activity.family if activity else ())
    found: dict[str, Any] = {
        "team_text": (),
        "answers_post": None,
        "newer_answers": (),
        "greets_customer": False,
        "passed": frozenset(Asking(asked) for asked, at in going.passed if at in where),
        "as_note": not where.isdisjoint(going.notes),
    }
    if activity is None:
        return found
    answered = _answered(session, house, activity, going.mail)
    found["answers_post"] = number = answered.id if answered else None
    if going.team_lane:
        found["greets_customer"] = _greets(session, activity, going)
    else:
        found["team_text"] = team_text(session, house, desk, activity, going)
        found["newer_answers"] = _newer(session, activity, going.writer, number)
    return found


def team_text(
    session: Session,
    house: House,
    desk: Desk | None,
    activity: Activity,
    going: Going,
) -> tuple[str, ...]:
    """Give the lines of a mail that only the team has read so far."""
    if any(each.word in PRIVATE for each in going.commands):
        return ()
    words = [going.mail.reply if going.as_written else going.prose]
    words += [each.argument for each in going.commands if each.word in _SHOWN]
    text = "\n".join(words)
    if not text.strip():
        return ()

    def known() -> Iterable[str]:
        return [
            *everyone_text(session, activity),
            *_cards(session, desk, activity, going.sender, going.mail, text),
            *letters_outside(session, activity),
        ]

    own = (going.writer.person, going.inbound)
    team = written_for_team(session, activity, own)
    found = shared(text, team.texts, known)
    if team.marks:
        is_back = quoted(text, team.marks, house.sealer.veil, known)
        lines = zip(text.split("\n"), is_back, strict=False)
        back = (line.strip() for line, is_quoted in lines if is_quoted)
        found = tuple(dict.fromkeys((*found, *back)))
    return found


def written_for_team(
    session: Session, activity: Activity, own: tuple[int | None, int | None]
) -> Written:
    """Give all text of the team lane, each line of its letters' contexts once.

    Not what was held of a writer, given as `own` with the mail in hand: the team alone
    has read it, and yet it is no word of theirs. With it the marks of all texts of the
    activity that were taken back, for the team or for everyone.
    """
    found = events.written(session, activity.family, Lane.TEAM, but_held_of=own)
    return Written(list(dict.fromkeys(found.texts)), found.marks)


def everyone_text(session: Session, activity: Activity) -> list[str]:
    """Give what stands in the everyone lane; it is no secret."""
    return events.written(session, activity.family, Lane.EVERYONE).texts


def letters_outside(session: Session, activity: Activity) -> list[str]:
    """Give what letters said to people outside the team, the newest of them."""
    begun = outbox.beginnings(session, activity.family, octets=_OCTETS, most=_LETTERS)
    return [mime.text_of(each) for each in begun]


def cards(place: Place, sender: Mailbox, mail: ParsedMail, text: str) -> list[str]:
    """Give the names and addresses in a text that are no secret in an activity."""
    return _cards(place.session, place.desk, place.activity, sender, mail, text)


def _cards(
    session: Session,
    desk: Desk | None,
    activity: Activity,
    sender: Mailbox,
    mail: ParsedMail,
    text: str,
) -> list[str]:
    """What stands on the cards, what a mail names itself, and how its writer ends.

    Of the cards those alone whose names or addresses the text holds: there may be a
    thousand, and each ends a letter in seventy ways.
    """
    known = [activity.subject, mail.subject, sender.name, sender.address]
    known.append(f"{sender.name} {sender.address}")
    for box in (*mail.to, *mail.cc):
        known += [box.address, f"{box.name} {box.address}"]
    house_name = desk.name if desk else ""
    known += [house_name, desk.address if desk else ""]
    known += farewells((sender.name, house_name))
    first = sender.name.split(" ", 1)[0]
    known += farewells((first, house_name))
    said = letters(text)
    for card in roster.cards(session, activity.id):
        if letters(card.shown) in said or letters(card.address) in said:
            known += _card(card, house_name)
    return known


def _card(card: Card, house_name: str) -> list[str]:
    name, organisation = card.shown, card.organisation
    known = [f"{name} {organisation}", f"{name} {house_name}"]
    if not card.in_team:
        known += [card.address, f"{name} {card.address}"]
    known += farewells((name, organisation or house_name))
    return known


def _answered(
    session: Session, house: House, activity: Activity, mail: ParsedMail
) -> Event | None:
    """Give the post of an activity, and of what was merged into it, that is answered.

    One that became a case of its own is known by its copy there.
    """
    posts = answered_posts(session, house, mail)
    found = (post for post in posts if post.activity_id in activity.family)
    return next((post for post in found if post.kind is Kind.POST), None)


def _newer(
    session: Session, activity: Activity, writer: Writer, answered: int | None
) -> tuple[int, ...]:
    """Give what others of the team answered since the post that is answered."""
    if answered is None or not writer.is_staff or writer.is_customer:
        return ()
    if writer.person == activity.owner_id:
        return ()
    newer = events.posts_since(session, activity.family, Lane.EVERYONE, answered)
    if not newer:
        return ()
    team = {
        seat.person_id
        for seat in activities.seats(session, activity.id)
        if seat.in_team_lane
    } - {writer.person, activity.customer_id}
    return tuple(post.id for post in newer if post.actor_id in team)


def _greets(session: Session, activity: Activity, going: Going) -> bool:
    if activity.waiting_since is None or not going.writer.in_team_lane:
        return False
    return greets(going.prose, display_name(session, activity.customer_id))
