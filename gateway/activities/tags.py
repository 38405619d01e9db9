"""What a case is about, in words of the team: `/tag`, `/untag`.

Themes count them (storage.theme), so they are compared without case or width.
"""

from collections.abc import Sequence

from gateway.activities.floor import Floor
from gateway.activities.place import By, Place
from parsers import tag as parsed
from parsers.mail import Command
from storage import event as events
from storage import tag as kept
from storage.activity import Lane
from storage.event import Event, Kind
from templates.understood import Understood

MOST = 20
"""Tags of one case."""


def tag(floor: Floor, command: Command) -> Understood:
    """Add tags to a case; alone it tells those that there are."""
    before = kept.tags_of(floor.place.session, floor.place.activity.family)
    words = parsed.read_tags(command.argument)
    if not words:
        outcome = "tag_how" if command.argument.strip() else "tag_missing"
        return _said("/tag", outcome, before if outcome == "tag_missing" else ())
    new = [each for each in words if each not in before]
    if len(before) + len(new) > MOST:
        return _said("/tag", "tag_many", before)
    add(floor.place, floor.by, new)
    return said_put(words, new)


def said_put(words: Sequence[str], new: Sequence[str]) -> Understood:
    """Say which tags a case has now; the undo takes away those that are new."""
    return Understood(
        command=f"/tag {', '.join(words)}",
        outcome="tag_put",
        names=tuple(words),
        undo=f"/untag {', '.join(new)}" if new else "",
    )


def untag(floor: Floor, command: Command) -> Understood:
    """Take tags away from a case."""
    place = floor.place
    before = kept.tags_of(place.session, place.activity.family)
    words = [each for each in parsed.read_tags(command.argument) if each in before]
    if not words:
        return _said("/untag", "tag_missing", before)
    for word in words:
        kept.take_away(place.session, place.activity.family, word)
    _note(place, floor.by, Kind.UNTAGGED, words)
    listed = ", ".join(words)
    return Understood(
        command=f"/untag {listed}",
        outcome="tag_taken",
        names=tuple(words),
        undo=f"/tag {listed}",
    )


def add_to(place: Place, by: By, word: str) -> bool:
    """See to it that a case has a tag; False when it has as many as may be."""
    before = kept.tags_of(place.session, place.activity.family)
    if word not in before and len(before) < MOST:
        add(place, by, [word])
    return word in before or len(before) < MOST


def add(place: Place, by: By, words: Sequence[str]) -> None:
    """Keep tags of a case, with who gave them in its history."""
    for word in words:
        kept.put(place.session, place.activity.id, word, by.person.id, by.at)
    if words:
        _note(place, by, Kind.TAGGED, words)


def _said(command: str, outcome: str, words: Sequence[str] = ()) -> Understood:
    return Understood(command=command, outcome=outcome, names=tuple(words))


def _note(place: Place, by: By, kind: Kind, words: Sequence[str]) -> None:
    events.record(
        place.session,
        Event(
            activity_id=place.activity.id,
            lane=Lane.TEAM,
            kind=kind,
            actor_id=by.person.id,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            inbound_id=by.inbound,
            values={"words": list(words)},
        ),
    )
