"""A post goes out once more: without its files, or to those who did not get it."""

from dataclasses import replace
from datetime import datetime

from gateway.activities import files
from gateway.activities.fanout import Word, send_copies
from gateway.activities.place import Place
from gateway.activities.telling import team
from gateway.routing.hearing import Heard
from parsers import mail as mails
from parsers.mail import Attachment
from storage import event as events
from storage import ledger, returned_mail
from storage.activity import Lane
from storage.event import DOOR_OF_SMARTHOST, Event, Kind
from storage.ledger import Outcome
from storage.outbox import Delivery, Letter, Progress
from storage.roster import roster, seat_of

_COPIES = frozenset({"message", "note"})


def without_files(place: Place, delivery: Delivery, letter: Letter) -> bool:
    """Put the letter of a delivery anew, with links in place of its files (B1).

    The delivery stays the same one. False for a letter that carries no files.
    """
    post = _post(place, letter)
    carried = _carried(letter) if post else ()
    seats = roster(place.session, place.activity.id)
    reader = seat_of(seats, delivery.person_id)
    if post is None or reader is None or not carried:
        return False
    kept = events.record(
        place.session,
        Event(
            activity_id=place.activity.id,
            lane=post.lane,
            kind=Kind.FILED,
            actor_id=None,
            door=DOOR_OF_SMARTHOST,
            proof="report",
            received_at=letter.made_at,
            values={"post": post.id, "linked": files.keep(place.house, carried)},
        ),
    )
    word = replace(_word(place, post), linked=files.links(kept))
    heard = {delivery.person_id: (Heard.COPY, _reason(place, post, delivery.person_id))}
    [entry] = send_copies(place, word, seats, heard, letter.made_at)
    if entry.delivery_id is None:
        return False
    returned_mail.replace_letter(place.session, delivery, entry.delivery_id)
    return True


def to_the_team(place: Place, delivery: Delivery, letter: Letter, at: datetime) -> None:
    """Give a post to the whole team when none of them got it (promises R16).

    So it is when the only copy of what somebody outside wrote went to an owner whose
    mail comes back.
    """
    post = _post(place, letter)
    seats = roster(place.session, place.activity.id)
    lost = seat_of(seats, delivery.person_id)
    if post is None or lost is None or not lost.participant.in_team_lane:
        return
    author = seat_of(seats, post.actor_id)
    if author is not None and author.participant.in_team_lane:
        return
    rows = {row.person_id: row for row in ledger.of_event(place.session, post.id)}
    others = [seat for seat in team(seats) if seat is not lost]
    has_it = {Outcome.AUTHOR, Outcome.DIRECT}
    for seat in others:
        row = rows.get(seat.person.id)
        if row is None:
            continue
        copy = row.delivery_id and place.session.get(Delivery, row.delivery_id)
        if row.outcome in has_it or (copy and copy.state is not Progress.GIVEN_UP):
            return
    heard = {
        seat.person.id: (Heard.COPY, "team")
        for seat in others
        if seat.reachable
        and rows.get(seat.person.id) is not None
        and rows[seat.person.id].delivery_id is None
        and "message" not in seat.refused
    }
    if not heard:
        return
    word = replace(_word(place, post), attachments=_carried(letter))
    ledger.amend(place.session, send_copies(place, word, seats, heard, at))


def _post(place: Place, letter: Letter) -> Event | None:
    """Give the post that a letter is a copy of."""
    if letter.event_id is None or letter.kind not in _COPIES:
        return None
    post = place.session.get(Event, letter.event_id)
    return post if post is not None and post.kind is Kind.POST else None


def _word(place: Place, post: Event) -> Word:
    first = events.first_post(place.session, place.activity.id, Lane.EVERYONE)
    return Word(
        event=post,
        opens=first is not None and first.id == post.id,
        unproved=post.proof == "unproved",
        by_hand="by_hand" in post.values,
    )


def _reason(place: Place, post: Event, person: int) -> str:
    rows = ledger.of_event(place.session, post.id)
    return next((row.reason for row in rows if row.person_id == person), "participant")


def _carried(letter: Letter) -> tuple[Attachment, ...]:
    """Read the files out of a letter of ours."""
    return mails.read(letter.raw).attachments
