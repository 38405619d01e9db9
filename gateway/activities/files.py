"""Files of a post: some travel with the letters, the others wait behind a link."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from gateway.activities.house import House
from gateway.routing.desk import Desk
from parsers.mail import Attachment
from parsers.reply_address import Purpose
from storage.activity import Lane, Membership, Participant
from storage.event import Event
from templates.values import Linked

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


def links(post: Event) -> tuple[Linked, ...]:
    """Give the linked files of a post as letters name them."""
    return tuple(
        Linked(name=each["name"], size=each["size"], path=f"{post.id}/{index}")
        for index, each in enumerate(post.values.get("linked", ()), 1)
    )


def find(house: House, token: str, post: int, index: int) -> Found | None:
    """Give a linked file to the reader whose own `x-` token it is.

    `index` counts from 1. None for a token that is none of ours, a reader who left,
    or a post that they may not see.
    """
    unsealed = house.sealer.unseal(token)
    if unsealed is None or unsealed.purpose is not Purpose.FILE:
        return None
    with house.database.reading() as session:
        participant = session.get(Participant, unsealed.row)
        event = session.get(Event, post)
        if participant is None or event is None:
            return None
        if not _may_see(participant, event, unsealed.generation):
            return None
        kept = event.values.get("linked", [])
    if not 1 <= index <= len(kept):
        return None
    wanted = kept[index - 1]
    return Found(wanted["name"], house.blobs.get(wanted["digest"]))


def _may_see(participant: Participant, post: Event, generation: int) -> bool:
    return (
        participant.generation == generation
        and participant.activity_id == post.activity_id
        and participant.membership in {Membership.JOINED, Membership.TOLD}
        and post.id > participant.since_event_id
        and (participant.in_team_lane or post.lane is Lane.EVERYONE)
    )
