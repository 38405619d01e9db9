"""Why somebody got a letter, and who else got what it says; from Parlour's ledger."""

from dataclasses import dataclass

from gateway.activities import receipts
from gateway.activities.desks import desk_of
from gateway.activities.house import House
from gateway.activities.place import Place
from gateway.demo.shown import Shown
from storage import activity as activities
from storage import event as events
from storage import ledger
from storage.activity import Lane
from storage.database import Session
from storage.event import Event
from storage.roster import roster
from templates.receipts import Receipt


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the case."""

    receipt: Receipt
    rule: str
    """The rule that decided, as the ledger keeps it; empty: the ledger has no row."""


@dataclass(frozen=True, slots=True)
class Post:
    """The post that a letter carries."""

    case: str
    """Its public id."""
    team_only: bool
    people: tuple[Line, ...]


def post_of(house: House, letter: Shown) -> Post | None:
    """Tell who got the post that a letter carries, as the team may see it.

    None for a mail that is no letter of ours, and for a letter without a post.
    """
    with house.database.reading() as session:
        post = _post(session, house, letter)
        if post is None:
            return None
        activity = activities.find(session, post.activity_id)
        desk = desk_of(session, house, post.activity_id)
        if activity is None or desk is None:
            return None
        place = Place(session, house, desk, activity)
        seats = roster(session, post.activity_id)
        told = receipts.of_post(place, seats, post, is_staff=True)
        rules = {row.person_id: row.reason for row in ledger.of_event(session, post.id)}
        by_address = {seat.address: rules.get(seat.person.id, "") for seat in seats}
        return Post(
            case=activity.public_id,
            team_only=post.lane is Lane.TEAM,
            people=tuple(
                Line(one, by_address.get(one.address, "")) for one in told.people
            ),
        )


def _post(session: Session, house: House, letter: Shown) -> Event | None:
    own = house.ids.read(letter.message_id) if letter.kind else None
    if own is None:
        return None
    if own.kind == "p":
        return session.get(Event, own.number)
    # The first letter of a lane bears the id of the lane, not of its post.
    lanes = {"a": Lane.EVERYONE, "t": Lane.TEAM}
    if own.kind not in lanes or letter.kind not in {"message", "note"}:
        return None
    return events.first_post(session, own.number, lanes[own.kind])
