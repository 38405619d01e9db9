"""What is held on one person, as they may have it (support.md section 8)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, defer

from parsers.address import key
from storage import forgetting, people
from storage.activity import Activity, Participant
from storage.address_health import AddressHealth
from storage.blocked import BlockedSender
from storage.digest import Digest
from storage.event import Event, Kind
from storage.help_offer import Helper, HelpOffer
from storage.journal import Inbound
from storage.ledger import Ledger
from storage.old_mail import in_parts
from storage.outbox import Delivery, Letter
from storage.people import Person
from storage.person_schedule import PersonSchedule
from storage.question import Question
from storage.roster import display_name
from storage.tag import Tag
from storage.theme import Theme, ThemeTold
from storage.web_session import SignIn, WebSession

_PROFILE = (
    "name",
    "title",
    "organisation",
    "skills",
    "about",
    "zone",
    "language",
    "away_until",
    "away_by_note",
    "paused_until",
    "proposed",
    "never_invite",
    "is_staff",
    "forgotten_at",
)
_SCHEDULE = ("kind", "every", "minute", "weekdays", "zone", "quiet_from", "quiet_to")
_MAIL = ("received_at", "door", "sender", "recipients", "size", "state", "reason")
_QUESTION = ("asking", "asked_at", "answer", "answered_at")


def own_record(session: Session, person: Person) -> dict[str, Any]:
    """Give all that is held on a person; what they wrote with its text.

    What others wrote, of them or to them, is not theirs and stays out, and so do the
    secrets of their links and browsers, which are not kept. Changes nothing.
    """
    return {
        "profile": _some(person, _PROFILE)
        | {
            "deputy": display_name(session, person.deputy_id or 0)
            if person.deputy_id
            else "",
            "ignores": [display_name(session, each) for each in person.ignores],
        },
        "addresses": _addresses(session, person),
        "cases": _cases(session, person),
        "wrote": _wrote(session, person),
        "did": _did(session, person),
        "mails": _mails(session, person),
        "got": _got(session, person),
        "told": _told(session, person),
        "asked": [_some(each, _QUESTION) for each in _of(session, Question, person.id)],
        "digests": [
            {"kind": each.kind, "at": each.slot_at, "state": each.state}
            for each in _of(session, Digest, person.id)
        ],
        "schedules": [
            _some(each, (*_SCHEDULE, "changed_at"))
            for each in _of(session, PersonSchedule, person.id)
        ],
        "wants_to_help_since": [each.since for each in _of(session, Helper, person.id)],
        "could_help": [
            _some(each, ("word", "told_at", "answer", "answered_at"))
            for each in _of(session, HelpOffer, person.id)
        ],
        "sign_in_links": [
            _some(each, ("asked_at", "used_at", "return_to"))
            for each in _of(session, SignIn, person.id)
        ],
        "sessions": [
            _some(each, ("began_at", "ends_at"))
            for each in _of(session, WebSession, person.id)
        ],
        "themes": _themes(session, person),
    }


def _some(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _of(session: Session, table: Any, person: int) -> list[Any]:
    found = select(table).where(table.person_id == person)
    return list(session.scalars(found.order_by(*table.__table__.primary_key)))


def _addresses(session: Session, person: Person) -> list[dict[str, Any]]:
    found = []
    for each in people.addresses_of(session, person.id):
        health = session.get(AddressHealth, each.key)
        blocked = session.get(BlockedSender, key(each.written))
        told = _some(health, ("state", "since", "status", "refused")) if health else {}
        found.append(
            {
                "address": each.written,
                "is_primary": each.is_primary,
                "added_at": each.added_at,
                "health": told,
                "blocked_at": blocked.blocked_at if blocked else None,
            }
        )
    return found


def _cases(session: Session, person: Person) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Participant, Activity)
        .join(Activity, Activity.id == Participant.activity_id)
        .where(Participant.person_id == person.id)
        .order_by(Activity.id)
    )
    return [
        {
            "id": activity.public_id,
            "subject": activity.subject,
            "opened_at": activity.opened_at,
            "role": seat.role,
            "membership": seat.membership,
            "hears": seat.hearing,
            "invited_because": seat.reason,
            "invited_by": display_name(session, seat.invited_by_id)
            if seat.invited_by_id
            else "",
            **_some(seat, ("in_team_lane", "changed_at", "reminded_at")),
            "is_owner": activity.owner_id == person.id,
            "promised": activity.promised_by_id == person.id,
            "put_first": activity.urgent_by_id == person.id,
        }
        for seat, activity in rows
    ]


def _wrote(session: Session, person: Person) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Event, Activity.public_id)
        .join(Activity, Activity.id == Event.activity_id)
        .where(Event.actor_id == person.id, Event.kind == Kind.POST)
        .order_by(Event.id)
    )
    return [
        {
            "case": public_id,
            "at": event.received_at,
            "lane": event.lane,
            "text": event.text,
            "below": list(event.below),
            "files": event.values.get("attachments", []),
        }
        for event, public_id in rows
    ]


def _did(session: Session, person: Person) -> list[dict[str, Any]]:
    """Give what they did beside writing, and what was done to them: history's names."""
    rows = session.execute(
        select(Event.kind, Event.received_at, Activity.public_id, Event.actor_id)
        .join(Activity, Activity.id == Event.activity_id)
        .where(
            or_(Event.actor_id == person.id, Event.subject_id == person.id),
            Event.kind != Kind.POST,
        )
        .order_by(Event.id)
    )
    done: list[dict[str, Any]] = [
        {"what": kind, "at": at, "case": case, "by_them": actor == person.id}
        for kind, at, case, actor in rows
    ]
    tags = session.execute(
        select(Tag.word, Tag.at, Activity.public_id)
        .join(Activity, Activity.id == Tag.activity_id)
        .where(Tag.by_id == person.id)
        .order_by(Tag.at)
    )
    return done + [
        {"what": f"tag {word}", "at": at, "case": case, "by_them": True}
        for word, at, case in tags
    ]


def _mails(session: Session, person: Person) -> list[dict[str, Any]]:
    """Give the mails of theirs in the journal, without their octets."""
    found: list[dict[str, Any]] = []
    for some in in_parts(forgetting.held_on(session, person).mails):
        rows = select(Inbound).options(defer(Inbound.raw)).where(Inbound.id.in_(some))
        found += [
            {"number": each.id, **_some(each, _MAIL)} for each in session.scalars(rows)
        ]
    return found


def _got(session: Session, person: Person) -> list[dict[str, Any]]:
    """Give which letters went to them, and what became of each."""
    rows = session.execute(
        select(Delivery, Letter.kind, Letter.made_at, Activity.public_id)
        .join(Letter, Letter.id == Delivery.letter_id)
        .outerjoin(Activity, Activity.id == Delivery.activity_id)
        .where(Delivery.person_id == person.id)
        .order_by(Delivery.id)
    )
    return [
        {
            "kind": kind,
            "at": made_at,
            "case": public_id or "",
            "address": delivery.address,
            "state": delivery.state,
            "settled_at": delivery.settled_at,
        }
        for delivery, kind, made_at, public_id in rows
    ]


def _told(session: Session, person: Person) -> list[dict[str, Any]]:
    """Give of which posts they heard, how, and by which rule: the ledger."""
    rows = session.execute(
        select(Ledger.at, Ledger.outcome, Ledger.reason, Activity.public_id)
        .join(Event, Event.id == Ledger.event_id)
        .join(Activity, Activity.id == Event.activity_id)
        .where(Ledger.person_id == person.id)
        .order_by(Ledger.event_id)
    )
    return [
        {"at": at, "case": case, "outcome": outcome, "reason": reason}
        for at, outcome, reason, case in rows
    ]


def _themes(session: Session, person: Person) -> list[dict[str, Any]]:
    """Give of which themes they were told what came of them, or which they lead."""
    told = session.execute(
        select(Theme.word, ThemeTold.status)
        .join(Theme, Theme.id == ThemeTold.theme_id)
        .where(ThemeTold.person_id == person.id)
    )
    own = session.scalars(select(Theme).where(Theme.owner_id == person.id))
    return [
        *({"word": word, "told": status} for word, status in told),
        *({"word": each.word, "leads": each.status} for each in own),
    ]
