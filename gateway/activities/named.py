"""Which activities a mail names: by the ids that it answers, or by its subject."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from gateway.activities.answering import Answered, answered
from gateway.activities.house import House
from parsers.mail import ParsedMail
from parsers.message_id import OwnId
from storage import activity as activities
from storage import event as events
from storage import outbox
from storage.activity import Lane
from storage.database import Session
from storage.question import Question

_TAG = re.compile(r"\[#?([A-Z2-7]{8})\]", re.IGNORECASE)
_MOST_TAGS = 5


@dataclass(frozen=True, slots=True)
class Named:
    """An activity that an id of the mail names."""

    activity: int
    lane: Lane
    by_own_id: bool
    got_by_hand: frozenset[str] = frozenset()
    split_from: int = 0
    """The activity from which the post was split off."""


def answered_post(
    session: Session, house: House, mail: ParsedMail
) -> events.Event | None:
    """Give the post that a mail answers, by our id or its author's; None for none."""
    return next(answered_posts(session, house, mail), None)


def answered_posts(
    session: Session, house: House, mail: ParsedMail
) -> Iterator[events.Event]:
    """Give the posts that the ids of a mail name, the nearest first."""
    answers = answered(session, mail)
    for message_id in answers.ids:
        own = house.ids.read(message_id)
        alias = answers.aliases.get(message_id)
        number = own.number if own is not None and own.kind == "p" else None
        if own is None and alias is not None:
            number = alias.event_id
        if number and (post := session.get(events.Event, number)) is not None:
            yield post


def by_ids(session: Session, house: House, answers: Answered) -> list[Named]:
    """Give the activities that the answered ids name; the lane is that of the first."""
    found: dict[int, Named] = {}
    for message_id in answers.ids:
        named = by_own_id(session, house, message_id)
        alias = answers.aliases.get(message_id)
        # Others may call their mail as we called ours; what we say ourselves counts.
        if alias is not None and (named is None or not alias.sender):
            got = events.got_by_hand(session, alias.event_id)
            named = Named(
                alias.activity_id,
                alias.lane,
                by_own_id=named is not None,
                got_by_hand=got,
                split_from=events.split_from(session, alias.event_id),
            )
        if named is None:
            continue
        activity = activities.find(session, named.activity)
        if activity is None:
            continue
        known = found.setdefault(activity.id, replace(named, activity=activity.id))
        found[activity.id] = replace(
            known,
            got_by_hand=known.got_by_hand | named.got_by_hand,
            # Whoever answers a mail of their own names ours in References alone.
            by_own_id=known.by_own_id or named.by_own_id,
        )
    return list(found.values())


def by_own_id(session: Session, house: House, message_id: str) -> Named | None:
    """Give the activity that an id of ours names; None for any other id."""
    own = house.ids.read(message_id)
    where = _place_of(session, own) if own else None
    return Named(*where, by_own_id=True) if where else None


def is_of_no_case(session: Session, house: House, answers: Answered) -> bool:
    """Say whether what is answered is a letter of ours about no activity."""
    own = house.ids.read(answers.ids[0]) if answers.ids else None
    if own is None or own.kind != "l":
        return False
    letter = session.get(outbox.Letter, own.number)
    return letter is not None and letter.activity_id is None


def _place_of(session: Session, own: OwnId) -> tuple[int, Lane] | None:
    """Give the activity and the lane of what an id of ours names."""
    match own.kind:
        case "p":
            event = session.get(events.Event, own.number)
            return (event.activity_id, event.lane) if event else None
        case "l":
            letter = session.get(outbox.Letter, own.number)
            if letter is None or letter.activity_id is None:
                return None
            return letter.activity_id, letter.lane or Lane.EVERYONE
        case "c" | "d":
            # An answer to a digest says itself where it belongs.
            question = session.get(Question, own.number) if own.kind == "c" else None
            asked_in = question and question.activity_id
            # Whatever follows a question is for the team alone, to be safe.
            return (asked_in, Lane.TEAM) if asked_in else None
        case "t":
            return own.number, Lane.TEAM
        case "a":
            return own.number, Lane.EVERYONE
        case _:
            assert_never(own.kind)


def tagged(session: Session, mail: ParsedMail) -> list[Named]:
    """Give the activities whose public ids the subject has in brackets (R1 row 7)."""
    found = []
    for tag in _TAG.findall(mail.subject)[:_MOST_TAGS]:
        named = activities.by_public_id(session, tag.upper())
        activity = activities.find(session, named.id) if named else None
        if activity is not None:
            found.append(Named(activity.id, Lane.EVERYONE, by_own_id=False))
    return found
