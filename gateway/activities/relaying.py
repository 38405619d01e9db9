"""Answers to a private question stand in its case too, for the team alone (D36)."""

from collections.abc import Iterable
from dataclasses import replace

from gateway.activities import private
from gateway.activities.fanout import Word, fan_out
from gateway.activities.place import Place
from storage import event as events
from storage import ledger
from storage.activity import Lane
from storage.event import Event
from storage.ledger import Outcome
from storage.roster import Seat, roster, seat_of

_CARRIED = ("attachments", "linked", "below", "pictures", "inline")


def relay(place: Place, word: Word) -> None:
    """Say an outsider's answer again as a note of the case that was asked about.

    Whoever got it as a message of the question itself, and so can go on by reply, is
    not sent it twice. Nothing happens for what the team wrote, nor anywhere else.
    """
    post = word.event
    if post.lane is not Lane.EVERYONE:
        return
    seats = roster(place.session, place.activity.id)
    author = seat_of(seats, post.actor_id)
    if author is not None and author.participant.in_team_lane:
        return
    case = private.case_of(place.session, place.activity, lock=True)
    if case is None:
        return
    rows = ledger.of_event(place.session, post.id)
    got = {row.person_id for row in rows if row.outcome is Outcome.COPY}
    known = {name: post.values[name] for name in _CARRIED if name in post.values}
    said = events.record(
        place.session,
        Event(
            activity_id=case.id,
            lane=Lane.TEAM,
            kind=post.kind,
            actor_id=post.actor_id,
            door=post.door,
            proof=post.proof,
            received_at=post.received_at,
            written_at=post.written_at,
            inbound_id=post.inbound_id,
            text=post.text,
            values=known,
        ),
    )
    there = replace(place, activity=case)
    fan_out(
        there,
        Word(
            event=said,
            direct=keys_of(seat for seat in seats if seat.person.id in got),
            attachments=word.attachments,
            unproved=word.unproved,
        ),
    )


def keys_of(seats: Iterable[Seat]) -> frozenset[str]:
    """Give the address keys of those who have it already."""
    return frozenset().union(*(seat.keys for seat in seats))
