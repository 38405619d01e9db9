"""Thanks and reactions: they ask nothing of anybody (decisions E44, F54)."""

from gateway.activities.letterbox import Letterbox
from gateway.activities.place import note
from gateway.routing.decision import React
from storage.activity import Lane
from storage.event import Event, Kind
from storage.people import Person


def react(box: Letterbox, decision: React) -> None:
    """Put a mark on a post; the page shows it, and nobody is mailed."""
    place = box.place(decision.activity)
    post = box.session.get_one(Event, decision.post)
    box.heard_from()
    by = box.by(box.session.get_one(Person, decision.author), decision.proof)
    is_private = decision.team_lane or post.lane is Lane.TEAM
    event = note(
        place, by, Kind.REACTION, lane=Lane.TEAM if is_private else Lane.EVERYONE
    )
    event.values = {"post": post.id, "mark": decision.mark}
