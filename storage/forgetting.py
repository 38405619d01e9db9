"""All that says who somebody is is taken away; the case stays (support.md section 8).

What they wrote stays under a pseudonym. Their name is taken out where they sat, their
addresses wherever they stand; what was mailed is rewritten octet by octet, and what
they mailed themselves is emptied. Decision 49 has what remains.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Enum,
    String,
    Table,
    Text,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from parsers.address import key
from parsers.pseudonym import Pseudonym
from storage import journal, people, schema, search, web_session
from storage.activity import Activity, Participant
from storage.address_health import AddressHealth, Health
from storage.blocked import BlockedSender
from storage.event import Event, Kind
from storage.help_offer import Helper, HelpOffer
from storage.journal import Inbound, State
from storage.ledger import Ledger
from storage.outbox import Delivery, Letter, Progress
from storage.people import Person, PersonAddress
from storage.person_schedule import PersonSchedule
from storage.question import Question

_AT_ONCE = 200
_SIGNED = frozenset({"signature", "disclaimer"})


@dataclass(frozen=True, slots=True)
class Held:
    """What is held on somebody, before it is taken away."""

    addresses: tuple[str, ...]
    family: tuple[int, ...]
    """The activities in which they have a seat, and what was merged into these."""
    mails: tuple[int, ...]
    """Their own mails in the journal."""
    posts: int
    """What they wrote."""
    waiting: tuple[int, ...]
    """Letters to them that are not sent yet."""


def held_on(session: Session, person: Person) -> Held:
    """Give what is held on somebody; changes nothing."""
    addresses = tuple(each.written for each in people.addresses_of(session, person.id))
    seats = select(Participant.activity_id).where(Participant.person_id == person.id)
    family = {
        number
        for activity in session.scalars(select(Activity).where(Activity.id.in_(seats)))
        for number in activity.family
    }
    own = select(Event.inbound_id).where(
        Event.actor_id == person.id,
        Event.kind == Kind.POST,
        Event.inbound_id.is_not(None),
    )
    keys = [key(each) for each in addresses]
    written = {each.lower() for each in (*addresses, *keys)}
    mails = session.scalars(
        select(Inbound.id)
        .where(
            or_(
                Inbound.id.in_(own),
                func.lower(Inbound.sender).in_(written),
                Inbound.thread_key.in_([f"s:{each}" for each in keys]),
            )
        )
        .order_by(Inbound.id)
    )
    posts = session.scalar(
        select(func.count())
        .select_from(Event)
        .where(Event.actor_id == person.id, Event.kind == Kind.POST)
    )
    waiting = session.scalars(
        select(Delivery.id).where(
            Delivery.person_id == person.id, Delivery.state == Progress.WAITING
        )
    )
    return Held(
        addresses=addresses,
        family=tuple(sorted(family)),
        mails=tuple(mails),
        posts=posts or 0,
        waiting=tuple(waiting),
    )


def forget(
    session: Session, person: Person, found: Held, called: Pseudonym, now: datetime
) -> list[str]:
    """Take away what says who somebody is; gives the files that are to be removed.

    Files go after the commit: a transaction that fails must not have lost them.
    """
    unused = _empty_mails(session, found, now)
    _rewrite(session, person, found, called)
    _rewrite_letters(session, person, found, called)
    _end(session, person, found, now)
    _clear(session, person, found, called, now)
    session.flush()
    session.expire_all()
    return unused


def _end(session: Session, person: Person, found: Held, now: datetime) -> None:
    """Let no letter, link, session or question reach or know them any more."""
    web_session.end_all(session, person.id)
    session.execute(delete(PersonSchedule).where(PersonSchedule.person_id == person.id))
    session.execute(delete(Helper).where(Helper.person_id == person.id))
    session.execute(delete(HelpOffer).where(HelpOffer.person_id == person.id))
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(found.waiting), Delivery.state == Progress.WAITING)
        .values(state=Progress.CANCELLED, settled_at=now)
    )
    # No digest tells what was put off for them.
    session.execute(
        update(Ledger)
        .where(Ledger.person_id == person.id, Ledger.digest_id.is_(None))
        .values(digest_id=0)
    )
    session.execute(
        update(Question)
        .where(Question.person_id == person.id, Question.answered_at.is_(None))
        .values(answered_at=now)
    )
    session.execute(
        update(Person).where(Person.deputy_id == person.id).values(deputy_id=None)
    )
    for seat in session.scalars(
        select(Participant).where(Participant.person_id == person.id)
    ):
        # Their reply addresses and links are known no more.
        seat.generation = (seat.generation + 1) % 16
        seat.reason, seat.unsaid = "", []


def _clear(
    session: Session, person: Person, found: Held, called: Pseudonym, now: datetime
) -> None:
    keys = [key(each) for each in found.addresses]
    session.execute(delete(AddressHealth).where(AddressHealth.key.in_(keys)))
    session.execute(delete(BlockedSender).where(BlockedSender.key.in_(keys)))
    session.execute(delete(PersonAddress).where(PersonAddress.person_id == person.id))
    # One that mail never goes to (RFC 2606 section 2), so that they have a seat still.
    address = PersonAddress(
        person_id=person.id, key=key(called.address), written=called.address
    )
    dead = AddressHealth(
        key=key(called.address), state=Health.DEAD, since=now, reported_at=now
    )
    session.add_all([address, dead])
    session.execute(
        update(Delivery)
        .where(Delivery.person_id == person.id)
        .values(address=called.address, last_reply="")
    )
    person.name, person.forgotten_at = called.name, now
    for name in ("language", "zone", "organisation", "title", "about"):
        setattr(person, name, "")
    person.skills, person.ignores, person.proposed = [], [], {}
    person.is_staff = person.never_invite = person.away_by_note = False
    person.away_until = person.paused_until = person.deputy_id = None


def _empty_mails(session: Session, found: Held, now: datetime) -> list[str]:
    """Empty what they mailed; what still waits of it is dropped."""
    text = f"Subject: forgotten\r\n\r\nEmptied on {now.date().isoformat()}.\r\n"
    raw = text.encode()
    digest = hashlib.sha256(raw).hexdigest()
    unused = []
    for number in found.mails:
        row = session.get_one(Inbound, number, with_for_update=True)
        if row.raw is None:
            unused.append(row.digest)
        row.raw, row.digest, row.size = journal.packed(raw), digest, len(raw)
        # Its writer, and whatever a human or a door noted of it.
        row.sender, row.values, row.thread_key = "", {}, f"forgotten:{number}"
        if row.state in {State.PENDING, State.HELD, State.FAILED}:
            reason = "its writer was forgotten"
            journal.settle(
                session, number, State.DISCARDED, reason=reason, by="operator", now=now
            )
    session.flush()
    shared = set(session.scalars(select(Inbound.digest).where(Inbound.raw.is_(None))))
    return [each for each in unused if each not in shared]


def _rewrite(session: Session, person: Person, found: Held, called: Pseudonym) -> None:
    """Rewrite every text: their name where they sat, their addresses everywhere."""
    posts: list[int] = []
    for table in schema.metadata().sorted_tables:
        columns = [each.name for each in table.columns if _is_text(each.type)]
        if not columns or table.name in _LEFT:
            continue
        for row in _rows_of(session, table, columns, found):
            new = _rewritten(person, found, called, table, row, columns)
            changed = {name: new[name] for name in columns if new[name] != row[name]}
            if not changed:
                continue
            keys = [each == row[each.name] for each in table.primary_key]
            session.execute(update(table).where(*keys).values(changed))
            if table.name == "event":
                posts.append(row["id"])
    _keep_words(session, posts, found)


def _rewritten(
    person: Person,
    found: Held,
    called: Pseudonym,
    table: Table,
    row: Mapping[str, Any],
    columns: Sequence[str],
) -> dict[str, Any]:
    """Give the texts of a row as they are from now on."""
    is_theirs = table.name == "event" and row["actor_id"] == person.id
    swap = called.of_addresses
    if is_theirs and row["kind"] == Kind.POST:
        swap = called.of_own
    elif is_theirs or _is_near(table, row, found):
        swap = called.of_all
    new = {name: _swapped(row[name], swap) for name in columns}
    if is_theirs:
        new["values"] = _without_signature(new["values"])
    if table.name == "person":
        # What an inviter said of others; a namesake keeps their name.
        new["proposed"] = _swapped(row["proposed"], called.of_all)
    return new


_LEFT = frozenset({"person_address", "address_health", "blocked_sender", "desk"})
"""Settled by row, or the settings' own."""


def _is_text(kind: object) -> bool:
    return isinstance(kind, String | Text | JSON) and not isinstance(kind, Enum)


def _rows_of(
    session: Session, table: Table, columns: Sequence[str], found: Held
) -> Iterator[dict[str, Any]]:
    """Give the rows that may name them: of their cases all, of others by an address."""
    near = []
    if table.name == "activity":
        near.append(table.c.id.in_(found.family))
    elif "activity_id" in table.c:
        near.append(table.c.activity_id.in_(found.family))
    elif table.name == "person":
        sat = select(Participant.person_id).where(
            Participant.activity_id.in_(found.family)
        )
        near.append(table.c.id.in_(sat))
    wanted = [
        func.lower(cast(table.c[name], Text)).contains(each.lower(), autoescape=True)
        for name in columns
        for each in {*found.addresses, *map(key, found.addresses)}
    ]
    kept = [each for each in table.columns if each.name != "raw"]
    rows = session.execute(select(*kept).where(or_(*near, *wanted)))
    for row in rows.mappings().all():
        yield dict(row)


def _is_near(table: Table, row: Mapping[str, Any], found: Held) -> bool:
    if table.name == "activity":
        return row["id"] in found.family
    if table.name == "person":
        return False
    return row.get("activity_id") in found.family


def _swapped(value: Any, swap: Any) -> Any:
    if isinstance(value, str):
        return swap(value)
    if isinstance(value, list):
        return [_swapped(each, swap) for each in value]
    if isinstance(value, dict):
        return {name: _swapped(each, swap) for name, each in value.items()}
    return value


def _without_signature(values: dict[str, Any]) -> dict[str, Any]:
    if "below" not in values:
        return values
    below = [each for each in values["below"] if each.get("kind") not in _SIGNED]
    return {**values, "below": below}


def _keep_words(session: Session, posts: Collection[int], found: Held) -> None:
    """Let the search know the new texts, and no longer the old ones."""
    for some in _parts(sorted(posts)):
        rows = session.execute(
            select(Event.id, Event.text, Event.values).where(
                Event.id.in_(some), Event.kind == Kind.POST
            )
        )
        search.keep(
            session.connection(),
            [
                (search.post_number(number), search.text_of(said, values))
                for number, said, values in rows
                # What was taken back is not found again.
                if "taken_back" not in values
            ],
        )
    subjects = session.execute(
        select(Activity.id, Activity.subject).where(Activity.id.in_(found.family))
    )
    search.keep(
        session.connection(),
        [(search.subject_number(number), subject) for number, subject in subjects],
    )


def _rewrite_letters(
    session: Session, person: Person, found: Held, called: Pseudonym
) -> None:
    """Rewrite the letters that may name them: to them, of their cases, of no case."""
    to_them = select(Delivery.letter_id).where(Delivery.person_id == person.id)
    may = or_(
        Letter.activity_id.in_(found.family),
        Letter.activity_id.is_(None),
        Letter.id.in_(to_them),
    )
    for some in _parts(list(session.scalars(select(Letter.id).where(may)))):
        rows = session.execute(select(Letter.id, Letter.raw).where(Letter.id.in_(some)))
        for number, raw in rows.all():
            if (new := called.of_octets(raw)) != raw:
                session.execute(
                    update(Letter).where(Letter.id == number).values(raw=new)
                )


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(numbers), _AT_ONCE):
        yield numbers[first : first + _AT_ONCE]
