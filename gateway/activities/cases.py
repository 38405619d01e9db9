"""A case changes hands and states: taken, answered, waiting, resolved, reopened."""

from base64 import b32encode
from datetime import datetime, timedelta

from gateway.activities import promises
from gateway.activities.house import House
from gateway.activities.letters import Sheet, addressee, send
from gateway.activities.place import By, Place, note
from gateway.activities.references import ancestry
from gateway.routing.desk import Desk
from gateway.routing.turn import asks
from storage import activity as activities
from storage import event as events
from storage import pace
from storage.activity import Activity, Lane, Membership, Participant, Role, Turn
from storage.event import Event, Kind
from storage.people import Person
from storage.roster import address_of, roster, seat_of
from templates.seated import Taken


def new_public_id(house: House) -> str:
    """Draw what people and headers call an activity: eight letters."""
    return b32encode(house.chance(5)).decode()


def own(place: Place, participant: Participant, by: By) -> bool:
    """Make somebody of the team the owner, if nobody is (decisions B17).

    Returns whether they became it by this.
    """
    activity = place.activity
    if participant.membership is Membership.TOLD:
        activities.move(participant, Membership.JOINED, by.at)
    if activity.owner_id is not None:
        return False
    activity.owner_id = participant.person_id
    activity.taken_at = by.at
    if activity.turn is Turn.NEW:
        activity.turn = Turn.OURS
    note(place, by, Kind.TAKEN)
    return True


def seat(place: Place, person: Person, at: datetime) -> Participant:
    """Seat somebody of the house who was not there when the case was opened."""
    address = address_of(place.session, person.id)
    role = Role.TEAM if place.desk.is_team(address) else Role.COLLEAGUE
    participant = Participant(
        activity_id=place.activity.id,
        person_id=person.id,
        role=role,
        membership=Membership.JOINED,
        in_team_lane=True,
        changed_at=at,
    )
    place.session.add(participant)
    place.session.flush()
    return participant


def take(place: Place, participant: Participant, by: By) -> None:
    """Give a case to whoever takes it, and tell the others of the team."""
    activity = place.activity
    before = activity.owner_id
    if before == participant.person_id:
        return
    activity.owner_id = None
    own(place, participant, by)
    seats = roster(place.session, activity.id)
    owner = seat_of(seats, participant.person_id)
    told = [
        seat
        for seat in seats
        if seat.participant.role is Role.TEAM
        and seat.person.id != participant.person_id
        and (
            seat.person.id == before
            if before is not None
            else seat.participant.membership in {Membership.TOLD, Membership.JOINED}
        )
    ]
    if not told or owner is None:
        return
    thread = ancestry(place, Lane.TEAM)
    sheet = Sheet(
        desk=place.desk,
        activity=activity,
        at=by.at,
        reason="team",
        author=owner.name,
        author_is_staff=True,
        lane=Lane.TEAM,
        references=thread.references,
    )
    values = Taken(owner=owner.name, subject=activity.subject)
    to = [addressee(seat) for seat in told]
    send(place.session, place.house, sheet, values, to)


def answered(place: Place, by: By | None, text: str, at: datetime) -> None:
    """After an answer of the team nobody waits and the promise is kept (F51, F52).

    `at` is when it was written; nobody is known for what was sent by hand.
    """
    activity = place.activity
    activity.waiting_since = None
    promises.kept(place, by, at)
    activity.repeats = 0
    if activity.turn is not Turn.RESOLVED:
        activity.turn = Turn.CUSTOMERS if asks(text) else Turn.OURS


def customer_waits(activity: Activity, desk: Desk, at: datetime) -> None:
    """After a text of the customer it is our turn, and a promise stands."""
    if activity.waiting_since is not None:
        activity.repeats += 1
    else:
        activity.waiting_since = at
    if activity.turn is Turn.CUSTOMERS:
        activity.turn = Turn.OURS
    if activity.promised_at is None:
        promises.by_desk(activity, desk, at)


def resolve(place: Place, by: By, summary: str = "") -> bool:
    """Close a case; a later mail of a human opens it again (decisions F54).

    The summary stays in the history of the case, for the team. False: it was closed.
    """
    activity = place.activity
    if activity.turn is Turn.RESOLVED:
        return False
    activity.turn = Turn.RESOLVED
    activity.resolved_at = by.at
    activity.waiting_since = None
    activity.urgent_until = None
    promises.closed(place, by)
    note(place, by, Kind.RESOLVED, lane=Lane.TEAM, text=summary)
    return True


def drop(place: Place, by: By, *, is_spam: bool = False) -> None:
    """Close a case that is none, without a word to its customer (decisions E50).

    Who waited is kept beside it, so that `/reopen` takes all of it back.
    """
    activity = place.activity
    if activity.turn is Turn.RESOLVED:
        return
    was = {
        "turn": activity.turn,
        "waiting_since": _written(activity.waiting_since),
        **promises.state(activity),
    }
    events.record(
        place.session,
        Event(
            activity_id=activity.id,
            lane=Lane.TEAM,
            kind=Kind.SPAM if is_spam else Kind.DROPPED,
            actor_id=by.person.id,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            inbound_id=by.inbound,
            values=was,
        ),
    )
    activity.turn = Turn.RESOLVED
    activity.resolved_at = by.at
    activity.waiting_since = None
    activity.urgent_until = None
    promises.none(activity)


def undrop(place: Place, by: By) -> None:
    """Open a case again by the word of one of the team; who waited, waits (R16)."""
    activity = place.activity
    if activity.turn is not Turn.RESOLVED:
        return
    closed = pace.last(
        place.session, activity.id, {Kind.RESOLVED, Kind.DROPPED, Kind.SPAM}
    )
    reopen(place, by)
    if closed is not None and closed.kind is not Kind.RESOLVED:
        was = closed.values
        activity.turn = Turn(was["turn"])
        activity.waiting_since = _read(was["waiting_since"])
        promises.restore(activity, place.desk, was)


def _written(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _read(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def reopen(place: Place, by: By) -> bool:
    """Open a resolved case again, which makes it our turn; False: it was open."""
    activity = place.activity
    if activity.turn is not Turn.RESOLVED:
        return False
    activity.turn = Turn.OURS
    activity.resolved_at = None
    note(place, by, Kind.REOPENED)
    return True


def flaps(place: Place, by: By) -> int:
    """Give how often a case was reopened within a day, once it flaps; else 0 (R4).

    It is said at the reopening that makes it flap, not again at each further one.
    """
    since = by.at - timedelta(days=1)
    count = pace.count(place.session, place.activity.id, Kind.REOPENED, since)
    return count if count == place.house.limits.reopenings_per_day else 0
