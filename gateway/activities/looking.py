"""What one of the team may look up at the desk alone: the queue, a case (decision 42).

Nothing is changed by looking, whoever wrote it: the answer goes to an address that we
know.
"""

from datetime import datetime

from gateway.activities import private
from gateway.activities.cards import cards, present
from gateway.activities.fanout import author_name
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import Addressee, Sheet, send
from gateway.routing.desk import Desk
from gateway.routing.reminding import late_from
from parsers.address import key
from parsers.mail import Command
from parsers.reply_address import number
from storage import activity as activities
from storage import event as events
from storage import people
from storage.activity import Activity, Lane, Membership, Turn
from storage.people import Person
from storage.queue import Queued, queue
from storage.roster import Seat, address_of, roster, seat_of
from storage.tag import tags_of
from templates.found import Found
from templates.promised import Promise, PutFirst
from templates.queued import CaseShown, PostShown, Queue, QueuePlace
from templates.understood import Understood

_MOST = 30
_LAST_POSTS = 3
_TAKES_PART = frozenset({Membership.JOINED, Membership.TOLD})


def show_queue(box: Letterbox, _: Command) -> Understood | None:
    """Answer `/queue`: the cases whose turn is ours, in the fair order."""
    if not is_of_the_team(box):
        return Understood(command="/queue", outcome="team_is_told")
    reader = reader_of(box)
    now = box.offered.received_at
    desk = key(box.desk.address)
    first, count = queue(box.session, desk, _MOST, now=now, asker=reader.id)
    values = Queue(
        desk=box.desk.name,
        places=_places(box, first, reader),
        more=count - len(first),
    )
    send_to(box, reader, values)
    return None


def show_mine(box: Letterbox, _: Command) -> Understood | None:
    """Answer `/mine`: those of the asker; below, those that wait for a customer."""
    if not is_of_the_team(box):
        return Understood(command="/mine", outcome="team_is_told")
    reader = reader_of(box)
    desk, owner = key(box.desk.address), reader.id
    now = box.offered.received_at
    ours, count = queue(box.session, desk, _MOST, now=now, owner=owner)
    theirs, waits = queue(
        box.session, desk, _MOST, now=now, turns={Turn.CUSTOMERS}, owner=owner
    )
    values = Queue(
        desk=box.desk.name,
        is_mine=True,
        places=_places(box, ours, reader),
        more=count - len(ours),
        theirs=_places(box, theirs, reader),
        more_theirs=waits - len(theirs),
    )
    send_to(box, reader, values)
    return None


def show_case(box: Letterbox, command: Command) -> Understood | None:
    """Answer `/show ID`: a case of this desk; any other does not exist here."""
    session, public_id = box.session, command.argument.strip()
    may = bool(public_id) and is_of_the_team(box)
    found = activities.named(session, public_id) if may else None
    placed = _queued(box, found) if found else None
    if found is None or placed is None or _is_kept(box, found):
        names = (public_id,) if public_id else ()
        return Understood(command="/show", outcome="show_which", names=names)
    reader = reader_of(box)
    seats = roster(session, found.id)
    seat = seat_of(seats, reader.id)
    is_in = seat is not None and _is_in_team(seat)
    values = CaseShown(
        desk=box.desk.name,
        subject=found.subject,
        place=place_of(box, placed, reader),
        address=address_of(session, found.customer_id),
        here=cards(
            session,
            present(seats, without=reader.id),
            found,
            at=box.offered.received_at,
            for_staff=True,
            among=seats,
        ),
        posts=_last_posts(box, found, seats),
        is_in=is_in,
        tags=tuple(tags_of(session, found.family)),
    )
    send_to(box, reader, values, found, seat if is_in else None)
    return None


def is_of_the_team(box: Letterbox) -> bool:
    """Colleagues of other desks may be staff too; a desk's cases are its team's."""
    return box.desk.is_team(box.facts.sender.address)


def _queued(box: Letterbox, activity: Activity) -> Queued | None:
    """Give a case as the queue has it; None for a case of another desk."""
    desk = key(box.desk.address)
    now = box.offered.received_at
    found, _ = queue(box.session, desk, 1, now=now, turns=list(Turn), only=activity.id)
    return found[0] if found else None


def _is_kept(box: Letterbox, activity: Activity) -> bool:
    reader = reader_of(box).id
    seat = activities.participant_of(box.session, activity.id, reader)
    return private.is_kept_from(box.session, activity, reader, seat)


def _is_in_team(seat: Seat) -> bool:
    participant = seat.participant
    return participant.in_team_lane and participant.membership in _TAKES_PART


def reader_of(box: Letterbox) -> Person:
    """Give who asks, as a person."""
    return people.meet(box.session, box.facts.sender, now=box.offered.received_at)


def _places(
    box: Letterbox, queued: list[Queued], reader: Person
) -> tuple[QueuePlace, ...]:
    return tuple(place_of(box, each, reader) for each in queued)


def place_of(box: Letterbox, queued: Queued, reader: Person) -> QueuePlace:
    """Give a case as letters tell where it stands."""
    return placed(queued, box.desk, reader.id, box.offered.received_at)


def placed(queued: Queued, desk: Desk, reader: int, now: datetime) -> QueuePlace:
    """Say to a person of a desk's team what the place of a case follows from."""
    return QueuePlace(
        public_id=queued.public_id,
        customer=queued.customer,
        subject=queued.subject,
        turn=str(queued.turn),
        promise=_promise(queued, desk),
        is_late=_is_late(queued, desk, now),
        since=queued.waiting_since,
        owner=queued.owner_name,
        is_yours=queued.owner == reader,
        urgent=_put_first(queued, now),
    )


def _promise(queued: Queued, desk: Desk) -> Promise | None:
    if queued.promised_at is None:
        return None
    day_only = queued.day_only
    zone = desk.zone if day_only else ""
    return Promise(
        at=queued.promised_at,
        day_only=day_only,
        zone=zone,
        by=queued.promised_by,
        moves=queued.moves,
    )


def _is_late(queued: Queued, desk: Desk, now: datetime) -> bool:
    if queued.promised_at is None:
        return False
    return late_from(desk, queued.promised_at, day_only=queued.day_only) < now


def _put_first(queued: Queued, now: datetime) -> PutFirst | None:
    if queued.urgent_until is None or queued.urgent_until <= now:
        return None
    return PutFirst(
        why=queued.urgent_why, by=queued.urgent_by, until=queued.urgent_until
    )


def _last_posts(
    box: Letterbox, activity: Activity, seats: list[Seat]
) -> tuple[PostShown, ...]:
    posts = events.posts(box.session, activity.family, list(Lane), most=_LAST_POSTS)
    return tuple(
        PostShown(
            author=author_name(box.session, seats, post) or box.desk.name,
            at=post.written_at or post.received_at,
            text=post.text,
            is_note=post.lane is Lane.TEAM,
        )
        for post in posts
    )


def send_to(
    box: Letterbox,
    reader: Person,
    values: Queue | CaseShown | Found,
    activity: Activity | None = None,
    seat: Seat | None = None,
) -> None:
    """Answer to the address that we know; with a seat it can be replied to there."""
    sheet = Sheet(
        desk=box.desk,
        # What bears no token of a participant is about no activity.
        activity=activity if seat else None,
        at=box.offered.received_at,
        reason="asked",
        lane=Lane.TEAM,
        subject=activity.subject if activity else box.mail.subject_base,
        language=reader.language,
        zone=reader.zone,
        by_mail=True,
    )
    token = number(seat.participant.id, seat.participant.generation) if seat else None
    to = Addressee(person=reader.id, address=box.facts.sender.address, token=token)
    send(box.session, box.house, sheet, values, [to])
