"""Who got a post, and how: the delivery ledger, told as its reader may know it.

The team sees all of it. A customer or a guest sees those of the everyone lane by name,
and of each only whether the post reached them (gateway.routing.receipt).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.activities import answering, private
from gateway.activities.fanout import author_name
from gateway.activities.place import Place
from gateway.routing.facts import Standing
from gateway.routing.hearing import Heard
from gateway.routing.receipt import SHOWN_REASONS, Got, from_outside, without_copy
from parsers.address import key
from parsers.mail import ParsedMail
from parsers.message_id import foreign
from storage import activity as activities
from storage import alias, journal, ledger
from storage import event as events
from storage.activity import Lane, Participant, Role
from storage.database import Session
from storage.event import DOOR_OF_OLD_MAIL, DOOR_OF_SMARTHOST, Event, Kind
from storage.outbox import Progress
from storage.roster import Seat, roster
from templates.receipts import Receipt, Receipts

# More lines than that nobody reads; a page says nothing of the posts before.
_MOST_LINES = 2000
_LAST = 2**62


@dataclass(frozen=True, slots=True)
class State:
    """What one person got of one post, whoever asks."""

    got: Got
    at: datetime | None = None
    why: str = ""
    said: str = ""
    address: str = ""
    """Where a copy went, which they may have changed since."""


def of_post(
    place: Place, seats: list[Seat], post: Event, *, is_staff: bool
) -> Receipts:
    """Tell who got one post of an activity."""
    told = of_posts(place.session, seats, [post], is_staff=is_staff)
    return Receipts(
        author=author_name(place.session, seats, post) or place.desk.name,
        at=post.received_at,
        people=told[post.id],
    )


def of_posts(
    session: Session, seats: list[Seat], posts: Sequence[Event], *, is_staff: bool
) -> dict[int, tuple[Receipt, ...]]:
    """Tell who got each of some posts of one activity, by the number of the post.

    Asks the database twice, however many posts and people there are. Of a long
    activity only its newest posts are told of.
    """
    most = max(1, _MOST_LINES // max(1, len(seats)))
    newest = list(posts)[-most:]
    states = states_of(session, newest)
    return {
        post.id: tuple(
            line
            for seat in seats
            if (line := _line(seat, states[post.id], is_staff=is_staff))
        )
        for post in newest
    }


def states_of(session: Session, posts: Sequence[Event]) -> dict[int, dict[int, State]]:
    """Give what everybody got of some posts of one activity: post, person, state."""
    found: dict[int, dict[int, State]] = {post.id: {} for post in posts}
    if not posts:
        return found
    came_back = _came_back(session, posts)
    for row in ledger.receipts(session, found.keys()):
        found[row.event_id][row.person_id] = _state(row, came_back)
    return found


def _came_back(session: Session, posts: Sequence[Event]) -> Mapping[int, Event]:
    """Give the reports of what came back, by the delivery that each is about.

    What the smarthost itself refused never left.
    """
    first = min(post.id for post in posts)
    # More than one where an activity was merged into another.
    places = {post.activity_id for post in posts}
    return {
        delivery: report
        for place in places
        for report in events.between(session, place, {Kind.UNREACHABLE}, first, _LAST)
        if report.door != DOOR_OF_SMARTHOST
        and (delivery := report.values.get("delivery")) is not None
    }


def _state(row: ledger.Receipt, came_back: Mapping[int, Event]) -> State:
    if row.state is None or row.delivery_id is None:
        got = without_copy(Heard(row.outcome), row.reason)
        return State(got, why=SHOWN_REASONS.get(row.reason, ""))
    address, said = row.address or "", row.said or ""
    report = came_back.get(row.delivery_id)
    # A report that is not the last word leaves it sent: it may arrive yet.
    if report is not None and row.state is Progress.GIVEN_UP:
        said = said or str(report.values.get("status", ""))
        return State(Got.BOUNCED, report.received_at, said=said, address=address)
    if settled := _SETTLED.get(row.state):
        said = said if settled is Got.GIVEN_UP else ""
        return State(settled, row.settled_at, said=said, address=address)
    if row.attempts:
        return State(Got.DEFERRED, row.due_at, said=said, address=address)
    return State(Got.WAITING, said=said, address=address)


_SETTLED = {
    Progress.SENT: Got.SENT,
    Progress.GIVEN_UP: Got.GIVEN_UP,
    Progress.CANCELLED: Got.CANCELLED,
}


def _line(seat: Seat, states: Mapping[int, State], *, is_staff: bool) -> Receipt | None:
    """Tell of one person; None for whom the reader learns nothing of."""
    state = states.get(seat.person.id)
    if state is None and not states:
        # Old mail, from before the ledger: nobody was written to.
        return None
    state = state or State(Got.LATER)
    if not is_staff and seat.participant.role is Role.CONSULTED:
        return None
    if not is_staff:
        got = from_outside(state.got, Standing(seat.participant.membership))
        return Receipt(name=seat.name, got=got) if got else None
    return Receipt(
        name=seat.name,
        got=state.got,
        address=state.address or seat.address,
        at=state.at,
        why=state.why,
        said=state.said,
    )


def asked_about(place: Place, reader: Participant, mail: ParsedMail) -> Event | None:
    """Give the post that a mail answers, if its writer may read that post.

    None for an answer to a letter that carries none, and for any other mail.
    """
    number = answering.post(place.session, place.house, mail)
    post = place.session.get(Event, number) if number is not None else None
    if post is None or post.kind is not Kind.POST:
        return None
    if post.activity_id not in private.parts_shown(place.activity, reader):
        return None
    if post.lane is Lane.TEAM and not reader.in_team_lane:
        return None
    since = reader.since_event_id
    is_own = post.activity_id == place.activity.id
    is_before = post.id <= since or post.door == DOOR_OF_OLD_MAIL or not is_own
    return None if since and is_before else post


@dataclass(frozen=True, slots=True)
class Happened:
    """What one mail did that is here already."""

    inbound: int
    state: str
    reason: str
    """Why it is held, discarded or failed."""
    posts: tuple["Posted", ...]


@dataclass(frozen=True, slots=True)
class Posted:
    """One post that a mail brought, and who got it."""

    activity: str
    """Its public id."""
    lane: str
    at: datetime
    people: tuple[tuple[str, str, State], ...]
    """Name, address and state of each."""


def happened(session: Session, digest: str, mail: ParsedMail) -> tuple[Happened, ...]:
    """Tell the operator what became of a mail that was taken in before.

    It is known by its octets, or by its Message-ID and its sender; who got its posts by
    the latter alone.
    """
    sender = key(mail.sender.address)
    named = foreign(mail.message_id) if mail.message_id else ""
    posts = alias.brought(session, named, sender) if named else []
    ids = {post.inbound_id for post in posts if post.inbound_id is not None}
    rows = journal.same(session, digest, ids)
    return tuple(
        Happened(
            row.id,
            str(row.state),
            row.reason,
            tuple(
                _posted(session, post) for post in posts if post.inbound_id == row.id
            ),
        )
        for row in rows
    )


def _posted(session: Session, post: Event) -> Posted:
    states = states_of(session, [post])[post.id]
    seats = roster(session, post.activity_id)
    activity = session.get_one(activities.Activity, post.activity_id)
    return Posted(
        activity.public_id,
        str(post.lane),
        post.received_at,
        tuple(
            (seat.name, state.address or seat.address, state)
            for seat in seats
            if (state := states.get(seat.person.id))
        ),
    )
