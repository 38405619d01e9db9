"""Files of a post: some travel with the letters, the others wait behind a link."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from gateway.activities import visiting
from gateway.activities.desks import desk_of
from gateway.activities.house import House
from gateway.activities.place import Place
from gateway.routing.desk import Desk
from parsers import pictures
from parsers.mail import Attachment
from parsers.pictures import Picture
from parsers.reply_address import Purpose
from storage import activity as activities
from storage import event as events
from storage.activity import Lane, Membership, Participant
from storage.database import Session
from storage.event import Event
from templates import mime, posted
from templates.posted import Linked

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Divided:
    """The files of one post (decisions D45)."""

    carried: tuple[Attachment, ...]
    linked: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One file that waited behind a link."""

    name: str
    content: bytes


def divide(attachments: Iterable[Attachment], desk: Desk) -> Divided:
    """Let files travel as long as there is room; the others are linked."""
    room = desk.attachments_mb * _MB
    carried: list[Attachment] = []
    linked: list[Attachment] = []
    for each in attachments:
        if each.size <= room:
            carried.append(each)
            room -= each.size
        else:
            linked.append(each)
    return Divided(tuple(carried), tuple(linked))


def keep(house: House, linked: Iterable[Attachment]) -> list[dict[str, Any]]:
    """Put linked files into the blob store; gives what their post remembers."""
    kept = []
    for each in linked:
        digest = sha256(each.content).hexdigest()
        house.blobs.keep(digest, each.content)
        kept.append({"name": each.name, "size": each.size, "digest": digest})
    return kept


def remember(
    place: Place, attachments: Iterable[Attachment], shown: Collection[Picture]
) -> dict[str, Any]:
    """Give what a post keeps of the pictures that its mail shows by Content-ID.

    Those that an earlier mail of the case held already, and that are not set among the
    new text, came along with a quote or a signature: nobody gets them again (E40).
    """
    inline = {
        each.content_id: sha256(each.content).hexdigest()
        for each in attachments
        if each.content_id and each.type in pictures.TYPES
    }
    if not inline:
        return {}
    kept: dict[str, Any] = {"inline": sorted(set(inline.values()))}
    if shown:
        kept["pictures"] = [
            {"content_id": one.content_id, "mark": one.mark} for one in shown
        ]
    fresh = {one.content_id for one in shown}
    if inline.keys() - fresh:
        known = events.values_of_posts(place.session, place.activity.id, "inline")
        held = {digest for digests in known for digest in digests}
        again = [
            content_id
            for content_id, digest in inline.items()
            if content_id not in fresh and digest in held
        ]
        if again:
            kept["repeated"] = again
    return kept


def without_repeated(
    attachments: Iterable[Attachment], kept: Mapping[str, Any]
) -> list[Attachment]:
    """Leave out the pictures that `remember` found to be known."""
    known = set(kept.get("repeated", ()))
    return [each for each in attachments if each.content_id not in known]


def pictures_of(
    post: Event, carried: Iterable[Attachment]
) -> tuple[posted.Picture, ...]:
    """Give the pictures of a post that its letters show, for they travel along."""
    there = {each.content_id for each in carried}
    return tuple(
        posted.Picture(**each)
        for each in post.values.get("pictures", ())
        if each["content_id"] in there and mime.may_be_shown(each["content_id"])
    )


def links(post: Event) -> tuple[Linked, ...]:
    """Give the linked files of a post as letters name them."""
    return tuple(
        Linked(name=each["name"], size=each["size"], path=f"{post.id}/{index}")
        for index, each in enumerate(post.values.get("linked", ()), 1)
    )


def find(
    house: House, token: str, post: int, index: int, now: datetime
) -> Found | None:
    """Give a linked file to the reader whose own `x-` token it is.

    `index` counts from 1. None for a token that is none of ours, a reader who left, a
    post that they may not see, and for all once the case has been closed as long as
    ends the links to its page.
    """
    unsealed = house.sealer.unseal(token)
    if unsealed is None or unsealed.purpose is not Purpose.FILE:
        return None
    with house.database.reading() as session:
        participant = session.get(Participant, unsealed.row)
        event = session.get(Event, post)
        if participant is None or event is None:
            return None
        is_current = participant.generation == unsealed.generation
        if not is_current or not _may_see(session, house, participant, event):
            return None
        life = timedelta(days=house.limits.token_view_days)
        if not _is_open(session, participant, now - life):
            return None
        kept = event.values.get("linked", [])
    if not 1 <= index <= len(kept):
        return None
    wanted = kept[index - 1]
    return Found(wanted["name"], house.blobs.get(wanted["digest"]))


_READERS = frozenset({Membership.JOINED, Membership.TOLD})


def _is_open(session: Session, participant: Participant, closed: datetime) -> bool:
    """Say whether somebody still takes part in a case that was not closed so early."""
    seat = activities.present_seat(session, participant)
    case = activities.find(session, seat.activity_id)
    if case is None or seat.membership not in _READERS:
        return False
    return case.resolved_at is None or case.resolved_at >= closed


def _may_see(session: Session, house: House, sealed: Participant, post: Event) -> bool:
    participant = activities.held_now(session, sealed)
    desk = desk_of(session, house, participant.activity_id)
    if desk and not visiting.is_let_in(session, house, desk, participant):
        return False
    return (
        participant.activity_id == post.activity_id
        and participant.membership in _READERS
        and post.id > participant.since_event_id
        and (participant.in_team_lane or post.lane is Lane.EVERYONE)
    )
