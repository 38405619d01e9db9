"""Puts letters into the outbox: heads filled, placeholders drawn, recipients queued."""

from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.activities.house import House
from gateway.activities.loop_mark import loop_mark
from gateway.activities.restraint import Robot, withholds
from gateway.routing.desk import Desk
from parsers import head
from parsers.address import read_mailboxes
from parsers.mail import Attachment
from parsers.reply_address import TOKEN_LETTERS, number
from storage import held, outbox
from storage.activity import Activity, Lane
from storage.database import Session
from storage.event import Event
from storage.event import Kind as EventKind
from storage.outbox import Letter, NewDelivery, Priority
from storage.people import Person
from storage.roster import Seat
from templates.bearing import kind_of
from templates.letter import Head, compose
from templates.values import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Somebody a letter goes to."""

    person: int
    address: str
    token: int | None
    """The number that the letter's tokens seal for them."""
    refused: frozenset[str] = frozenset()
    """Kinds of letters that they complained of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a letter's head says beside its kind; one for all its recipients."""

    desk: Desk
    activity: Activity | None
    at: datetime
    reason: str
    """X-Parlour-Reason."""
    author: str = ""
    """Whom the From names; empty: the desk itself."""
    author_is_staff: bool = False
    lane: Lane | None = None
    message_id: str = ""
    """Of the post it carries; other letters get an id of their own."""
    event: int | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    language: str = ""
    zone: str = ""
    reply_to: str = ""
    """The address of a person who is answered past us; mostly empty."""
    by_mail: bool = False
    """It answers a mail, so it counts as auto-replied (RFC 3834 section 5)."""
    subject: str = ""
    """Only for a letter about no activity."""
    priority: Priority = Priority.TRANSACTION
    tells_of: tuple[int, ...] = ()
    """Numbers of the mails whose notice this is (promises R16)."""
    hops: int = 0
    """How many letters caused each other before this one (gateway.activities.marks)."""
    numbers: Sequence[int] = ()
    """What the numbered tokens of a letter to one reader seal, the first from 1."""


def addressee(seat: Seat) -> Addressee:
    """Give a participant as somebody a letter goes to."""
    return Addressee(
        person=seat.person.id,
        address=seat.address,
        token=number(seat.participant.id, seat.participant.generation),
        refused=seat.refused,
    )


def language_of(person: Person, desk: Desk) -> str:
    """Give the language that a person reads."""
    return person.language or desk.language


def zone_of(person: Person, desk: Desk) -> str:
    """Give the zone in which a person reads times."""
    return person.zone or desk.zone


def may_be_written(house: House, desk: Desk, address: str) -> bool:
    """Say whether a desk writes to an address; one that only listens, to teams alone.

    The team of another desk counts: a mail to two desks is told to both teams.
    """
    return not desk.listens or any(each.is_team(address) for each in house.desks.all)


def may_go(house: House, recipient: str, octets: bytes) -> bool:
    """Say whether a mail that was queued earlier may still go to its recipient.

    Its From is the desk's address; the desk may listen only since. Reads the header.
    """
    if not any(desk.listens for desk in house.desks.all):
        return True
    senders = read_mailboxes(head.fields(octets).first("from"))
    sender = senders[0].address if senders else ""
    # A digest is from an address that bears a token.
    desk = house.desks.by_address(sender) or house.desks.behind_token(sender)
    return desk is None or may_be_written(house, desk, recipient)


def send(
    session: Session,
    house: House,
    sheet: Sheet,
    values: Values,
    to: Sequence[Addressee],
    attachments: Sequence[Attachment] = (),
) -> list[int | None]:
    """Render one letter and queue it for its recipients, who are woken up for.

    Every letter passes here, so here nobody but the team gets one of a desk that only
    listens (decision 0020), nobody one of a kind that they complained of (B2), and
    nobody outside more than the limits of what robots may write (T10), whatever a deed
    forgot. Returns the numbers of the deliveries, in the order of `to`; None for who
    was left out.
    """
    may = [is_wanted(session, house, sheet, values, each) for each in to]
    written = [each for each, is_reader in zip(to, may, strict=True) if is_reader]
    if not written:
        return [None] * len(to)
    numbers = iter(_queue(session, house, sheet, values, written, attachments))
    return [next(numbers) if is_reader else None for is_reader in may]


def is_wanted(
    session: Session, house: House, sheet: Sheet, values: Values, to: Addressee
) -> bool:
    """Say whether a letter may go to somebody: the gates of `send`, asked for one."""
    return (
        kind_of(values) not in to.refused
        and may_be_written(house, sheet.desk, to.address)
        and not withholds(
            session,
            house,
            Robot(sheet.desk, sheet.at, values),
            to.person,
            to.address,
        )
    )


def _queue(
    session: Session,
    house: House,
    sheet: Sheet,
    values: Values,
    to: Sequence[Addressee],
    attachments: Sequence[Attachment],
) -> list[int]:
    placeholder = draw_placeholder(house)
    at = house.sends_at or sheet.at
    letter = Letter(
        kind="",
        message_id=sheet.message_id,
        made_at=at,
        raw=b"",
        placeholder=placeholder,
        return_path=sheet.desk.reply.template,
        activity_id=sheet.activity.id if sheet.activity else None,
        event_id=sheet.event,
        lane=sheet.lane,
        numbers=list(sheet.numbers) or None,
    )
    if not letter.message_id:
        session.add(letter)
        session.flush()
        letter.message_id = house.ids.write("l", letter.id, sheet.desk.reply.domain)
    head = replace(head_of(house, sheet, placeholder), message_id=letter.message_id)
    composed = compose(head, values, attachments)
    letter.kind, letter.raw = composed.kind, composed.raw
    if composed.context and sheet.activity is not None:
        _remember(session, sheet, sheet.activity, composed.context)
    house.wake.tell_all(session)
    numbers = outbox.queue(
        session,
        letter,
        [
            NewDelivery(
                person_id=each.person,
                address=each.address,
                due_at=at,
                token_number=each.token,
                priority=sheet.priority,
            )
            for each in to
        ],
    )
    held.told(session, sheet.tells_of, numbers, sheet.at)
    return numbers


def _remember(session: Session, sheet: Sheet, activity: Activity, said: str) -> None:
    """Keep what a letter tells the team, which must not go to everyone (E40)."""
    session.add(
        Event(
            activity_id=activity.id,
            lane=Lane.TEAM,
            kind=EventKind.CONTEXT,
            actor_id=None,
            door="outbox",
            proof="",
            received_at=sheet.at,
            text=said,
        )
    )


def draw_placeholder(house: House) -> str:
    """Letters that no text can contain, because nobody can guess them."""
    return b32encode(house.chance(20)).decode().lower()[:TOKEN_LETTERS]


def head_of(house: House, sheet: Sheet, placeholder: str) -> Head:
    """Give what the headers of a letter need; its id is that of the sheet."""
    desk, activity = sheet.desk, sheet.activity
    domain = desk.reply.domain
    public_id = activity.public_id if activity else ""
    return Head(
        message_id=sheet.message_id,
        date=house.sends_at or sheet.at,
        desk_name=desk.name,
        desk_address=desk.address,
        author=sheet.author,
        author_is_staff=sheet.author_is_staff,
        team_only=sheet.lane is Lane.TEAM,
        reply=desk.reply,
        base_url=house.base_url,
        placeholder=placeholder,
        activity=public_id,
        subject=activity.subject if activity else sheet.subject,
        reason=sheet.reason,
        loop_mark=loop_mark(house, public_id or "0", sheet.hops),
        team_root=house.ids.write("t", activity.id, domain) if activity else "",
        in_reply_to=sheet.in_reply_to,
        references=sheet.references,
        language=sheet.language or desk.language,
        zone=sheet.zone or desk.zone,
        by_mail=sheet.by_mail,
        reply_to=sheet.reply_to,
        only_listens=desk.listens,
    )
