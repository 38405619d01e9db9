"""A post reaches everyone who should hear it, as a personal copy, once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from gateway.activities import below, files
from gateway.activities.audience import Hall, Utterance, back_at, hearing
from gateway.activities.cards import cards, face, present, signed
from gateway.activities.letters import (
    Sheet,
    addressee,
    language_of,
    send,
    zone_of,
)
from gateway.activities.place import Place
from gateway.activities.references import Ancestry, ancestry, post_id
from gateway.activities.telling import tell_author
from gateway.activities.unsaid import understood
from gateway.routing.desk import Desk
from gateway.routing.hearing import Heard
from gateway.routing.pace import Pace
from parsers.mail import Attachment
from parsers.zone import zone_named
from storage import event as events
from storage import ledger
from storage.activity import Activity, Lane, Membership, Participant, Role
from storage.database import Session
from storage.event import Event, Kind
from storage.ledger import Entry, Outcome
from storage.outbox import Priority
from storage.roster import Seat, display_name, roster, seat_of
from templates.face import Face
from templates.posted import Linked, Mark, Message, Note, Picture
from templates.promised import Promise, PutFirst

_SHOWN_FACES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A post on its way to its readers: what the event itself does not say."""

    event: Event
    opens: bool = False
    takes: bool = False
    direct: frozenset[str] = frozenset()
    """Address keys in To and Cc of the author's own mail."""
    attachments: tuple[Attachment, ...] = ()
    unproved: bool = False
    marked_spam: bool = False
    """A trusted server calls it spam; only the team is told so (A13)."""
    suggested: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()
    cases_before: int = 0
    pace: Pace = Pace.CALM
    put_off: int = 0
    """So many posts of its author before it waited for the digest (E46)."""
    reopened: int = 0
    """It is the reopening of this number within a day, and the owner is told so."""
    by_hand: bool = False
    """Sent from the mailbox itself: nobody outside the team gets it from us."""
    sent_to: tuple[str, ...] = ()
    """Whom it went to, when not to the customer as an answer of the team."""
    sent_by: str = ""
    """The address it is from, when that is none of ours."""
    linked: tuple[Linked, ...] = ()
    """Files that wait behind links beside those that the event names."""
    marks: tuple[Mark, ...] = ()
    quiet: bool = False
    """One of the team sent us a blind copy: nobody is mailed (table R3)."""
    assigns: bool = False
    """The mail gave the case to its owner."""
    thanks: int | None = None
    """Whom it thanks, when it is thanks and nothing else."""
    signature: tuple[str, ...] = ()
    """What the first signature of its author says of them; for the team (D38)."""


@dataclass(frozen=True, slots=True)
class _Variant:
    """Readers who get the very same bytes, save their tokens."""

    reader: str
    is_owner: bool
    language: str
    zone: str
    reason: str
    holds_own: bool
    """Wrote the parent, and so holds it under the id they gave it."""
    brought_by: str
    """Who invited them, if somebody did."""
    alone: int | None
    """The only reader, when something in the letter is for them alone."""


@dataclass(slots=True)
class _Scene:
    """What every variant of one post shares."""

    place: Place
    word: Word
    seats: list[Seat]
    thread: Ancestry
    author: Seat | None
    author_name: str
    """Also of somebody who was let in for this one post and has no seat."""
    carried: tuple[Attachment, ...]
    linked: tuple[Linked, ...]
    pictures: tuple[Picture, ...]
    came: tuple[tuple[Seat, Face], ...] = ()
    """They are told to all but themselves."""
    left: tuple[str, ...] = ()
    deliveries: dict[int, int] = field(default_factory=dict)


def fan_out(place: Place, word: Word) -> None:
    """Write the ledger of a post and queue its copies."""
    activity = place.activity
    seats = roster(place.session, activity.id)
    hall = Hall(
        session=place.session,
        house=place.house,
        desk=place.desk,
        customer=activity.customer_id,
        owner=activity.owner_id,
        direct=word.direct,
        now=word.event.received_at,
        is_urgent=activity.is_urgent(word.event.received_at),
    )
    utterance = Utterance(
        author=word.event.actor_id,
        team_lane=word.event.lane is Lane.TEAM,
        opens=word.opens,
        takes=word.takes,
        by_hand=word.by_hand,
        pace=word.pace,
        quiet=word.quiet,
        text=word.event.text,
        assigns=word.assigns,
        is_thanks=word.event.is_thanks,
        thanks=word.thanks,
    )
    heard = hearing(hall, seats, utterance)
    at = word.event.received_at
    ledger.write(place.session, send_copies(place, word, seats, heard, at))
    customer, author = (
        seat_of(seats, activity.customer_id),
        seat_of(seats, word.event.actor_id),
    )
    outcome = heard[customer.person.id][0] if customer else None
    if author and customer and outcome in {Heard.UNREACHABLE, Heard.REFUSED}:
        # Nobody else would tell them that their answer reached nobody (R16).
        tell_author(place, author, customer, at)


def send_copies(
    place: Place,
    word: Word,
    seats: list[Seat],
    heard: Mapping[int, tuple[Heard, str]],
    at: datetime,
) -> list[Entry]:
    """Queue the copies of a post for those who hear it; gives the ledger's entries.

    `heard` names what persons get, and by which rule; the others get nothing.
    """
    scene = _scene(place, word, seats)
    for variant, members in _variants(scene, heard).items():
        _send_variant(scene, variant, members)
    return [
        Entry(
            event_id=word.event.id,
            person_id=person,
            outcome=Outcome(outcome),
            reason=reason,
            at=at,
            delivery_id=scene.deliveries.get(person),
        )
        for person, (outcome, reason) in heard.items()
    ]


def _scene(place: Place, word: Word, seats: list[Seat]) -> _Scene:
    attached = files.without_repeated(word.attachments, word.event.values)
    carried = files.divide(attached, place.desk).carried
    scene = _Scene(
        place=place,
        word=word,
        seats=seats,
        thread=ancestry(place, word.event.lane, before=word.event.id),
        author=seat_of(seats, word.event.actor_id),
        author_name=author_name(place.session, seats, word.event),
        carried=carried,
        pictures=files.pictures_of(word.event, carried),
        linked=files.links(word.event) + word.linked,
    )
    if not word.opens and word.event.lane is Lane.EVERYONE:
        scene.came, scene.left = _comings(place, scene)
    return scene


def author_name(session: Session, seats: list[Seat], post: Event) -> str:
    """Give who wrote a post as its readers see them; empty when nobody did."""
    if seat := seat_of(seats, post.actor_id):
        return seat.name
    return display_name(session, post.actor_id) if post.actor_id else ""


def _comings(
    place: Place, scene: _Scene
) -> tuple[tuple[tuple[Seat, Face], ...], tuple[str, ...]]:
    """Who came and who left since the last message (decisions D34).

    Whoever came by this very post is introduced by it.
    """
    session, activity = place.session, place.activity
    post, last = scene.word.event, scene.thread.parent_post
    changes = events.between(
        session, activity.id, {Kind.JOINED, Kind.LEFT}, last, post.id
    )
    came: dict[int, Seat] = {}
    left: dict[int, Seat] = {}
    for change in changes:
        seat = seat_of(scene.seats, change.actor_id)
        if seat is None or seat.participant.role is Role.CONSULTED:
            continue
        came.pop(seat.person.id, None)
        left.pop(seat.person.id, None)
        (came if change.kind is Kind.JOINED else left)[seat.person.id] = seat
    faces = cards(session, came.values(), activity, at=post.received_at)
    gone = (seat.name for seat in left.values() if seat.person.id != post.actor_id)
    return tuple(zip(came.values(), faces, strict=True)), tuple(gone)


def _variants(
    scene: _Scene, heard: Mapping[int, tuple[Heard, str]]
) -> dict[_Variant, list[Seat]]:
    activity, desk = scene.place.activity, scene.place.desk
    newcomers = {seat.person.id for seat, _ in scene.came}
    names = {seat.person.id: seat.name for seat in scene.seats}
    variants: defaultdict[_Variant, list[Seat]] = defaultdict(list)
    for seat in scene.seats:
        outcome, reason = heard.get(seat.person.id, (Heard.GONE, ""))
        if outcome is not Heard.COPY:
            continue
        is_customer = seat.person.id == activity.customer_id
        is_new = seat.person.id in newcomers
        personal = is_customer or is_new or bool(seat.participant.unsaid)
        variant = _Variant(
            reader="customer" if is_customer else _reader(seat.participant),
            is_owner=seat.person.id == activity.owner_id,
            language=language_of(seat.person, desk),
            zone=zone_of(seat.person, desk),
            reason=reason,
            holds_own=seat.person.id == scene.thread.parent_author
            and bool(scene.thread.parents_own),
            brought_by=names.get(seat.participant.invited_by_id or 0, "")
            if reason == "participant"
            else "",
            alone=seat.person.id if personal else None,
        )
        variants[variant].append(seat)
    return variants


def _reader(participant: Participant) -> str:
    # Whoever was of the team and was let in since reads what a guest does.
    return str(Role.GUEST if participant.is_former else participant.role)


def _send_variant(scene: _Scene, variant: _Variant, members: list[Seat]) -> None:
    place, word, author = scene.place, scene.word, scene.author
    only = members[0] if variant.alone is not None else None
    is_note = word.event.lane is Lane.TEAM
    sheet = Sheet(
        desk=place.desk,
        activity=place.activity,
        at=word.event.received_at,
        reason=variant.reason,
        author=scene.author_name,
        author_is_staff=author is not None and author.participant.in_team_lane,
        lane=word.event.lane,
        message_id=post_id(place, word.event),
        event=word.event.id,
        in_reply_to=scene.thread.answers(
            scene.thread.parent_author if variant.holds_own else None
        ),
        references=scene.thread.references,
        language=variant.language,
        zone=variant.zone,
        priority=Priority.CONVERSATION,
        hops=int(word.event.values.get("hops", 0)),
    )
    values = _note(scene, variant, only) if is_note else _message(scene, variant, only)
    deliveries = send(
        place.session,
        place.house,
        sheet,
        values,
        [addressee(seat) for seat in members],
        scene.carried,
    )
    for seat, delivery in zip(members, deliveries, strict=True):
        if delivery is None:
            raise ValueError("a copy was meant for somebody who may not be written to")
        scene.deliveries[seat.person.id] = delivery
        if seat.participant.unsaid:
            seat.participant.unsaid = []


def _message(scene: _Scene, variant: _Variant, only: Seat | None) -> Message:
    activity, word = scene.place.activity, scene.word
    for_staff = variant.reader == "team"
    first = word.opens and for_staff
    owner = seat_of(scene.seats, activity.owner_id)
    customer = seat_of(scene.seats, activity.customer_id)
    here = present(scene.seats, without=only.person.id if only else None)
    at = word.event.received_at
    return Message(
        text=word.event.text,
        reader="owner" if variant.is_owner else variant.reader,
        is_first=first,
        author=scene.author_name,
        customer=face(customer, activity, at=at) if customer else None,
        owner=owner.name if owner else "",
        reader_is_owner=variant.is_owner,
        owner_away=_stands_in(scene, owner) if for_staff else None,
        signature=_signature(scene, customer if first else None) if for_staff else (),
        just_taken=word.takes and for_staff,
        here=tuple(face(seat, activity, at=at) for seat in here[:_SHOWN_FACES]),
        more_here=max(0, len(here) - _SHOWN_FACES),
        came=tuple(each for seat, each in scene.came if seat is not only),
        left=scene.left,
        promise=_promise(scene, variant),
        urgent=put_first(activity, scene.seats, at) if for_staff else None,
        waiting_since=activity.waiting_since if for_staff else None,
        cases_before=word.cases_before if first else 0,
        unproved=word.unproved and for_staff,
        marked_spam=word.marked_spam and for_staff,
        put_off=word.put_off if for_staff else 0,
        reopened=word.reopened if for_staff else 0,
        suggested=word.suggested if for_staff else (),
        understood=understood(only),
        linked=scene.linked,
        pictures=scene.pictures,
        defects=word.defects if for_staff else (),
        marks=word.marks if for_staff else (),
        by_hand=word.by_hand and for_staff,
        stands_in=variant.reason == "deputy",
        brought_by=variant.brought_by,
        customer_lost=for_staff and customer is not None and not customer.reachable,
        below=below.parts_of(word.event),
        inbound=(word.event.inbound_id or 0) if for_staff else 0,
    )


def _promise(scene: _Scene, variant: _Variant) -> Promise | None:
    """Give the promise to those who are told of it; a text that is one says it."""
    activity, desk = scene.place.activity, scene.place.desk
    if variant.reader == "customer":
        says_it = scene.word.event.is_promise
        return None if says_it else promise_of(activity, desk)
    return promise_of(activity, desk, scene.seats) if variant.reader == "team" else None


def _signature(scene: _Scene, customer: Seat | None) -> tuple[str, ...]:
    """Give what the author's signature says; in a new case what it ever said (D38)."""
    return scene.word.signature or (signed(customer.person) if customer else ())


def _stands_in(scene: _Scene, owner: Seat | None) -> date | None:
    """Give the day on which the owner is back, where others hear for them (D35)."""
    post, customer = scene.word.event, scene.place.activity.customer_id
    if owner is None or post.actor_id != customer:
        return None
    person, desk = owner.person, scene.place.desk
    back = back_at(person, desk, post.received_at)
    return back.astimezone(zone_named(zone_of(person, desk))).date() if back else None


def _note(scene: _Scene, variant: _Variant, only: Seat | None) -> Note:
    customer = seat_of(scene.seats, scene.place.activity.customer_id)
    readers = [
        seat.name
        for seat in scene.seats
        if seat.participant.in_team_lane
        and seat.participant.membership in {Membership.TOLD, Membership.JOINED}
    ]
    return Note(
        text=scene.word.event.text,
        author=scene.author_name,
        team=tuple(readers),
        consulted=variant.reader == Role.CONSULTED,
        urgent=put_first(
            scene.place.activity, scene.seats, scene.word.event.received_at
        ),
        owned=scene.place.activity.owner_id is not None,
        brought_by=variant.brought_by,
        follows=variant.reason == "team" and scene.place.activity.owner_id is not None,
        customer=customer.name if customer else "",
        understood=understood(only),
        linked=scene.linked,
        pictures=scene.pictures,
        unproved=scene.word.unproved and not scene.word.by_hand,
        sent_to=scene.word.sent_to,
        sent_by=scene.word.sent_by,
        marks=scene.word.marks,
        below=below.parts_of(scene.word.event),
        inbound=scene.word.event.inbound_id or 0,
    )


def promise_of(
    activity: Activity, desk: Desk, team: list[Seat] | None = None
) -> Promise | None:
    """Give when the customer hears from us next, as letters say it.

    With the seats of the activity also who promised it, which only the team is told.
    """
    if activity.promised_at is None:
        return None
    day_only = activity.promised_day_only
    maker = seat_of(team or [], activity.promised_by_id)
    return Promise(
        at=activity.promised_at,
        day_only=day_only,
        zone=desk.zone if day_only else "",
        by=maker.name if maker else "",
        moves=activity.promise_moves if team else 0,
    )


def put_first(activity: Activity, seats: list[Seat], at: datetime) -> PutFirst | None:
    """Give why an activity is first in the queue at an instant, for the team."""
    if not activity.is_urgent(at) or activity.urgent_until is None:
        return None
    by = seat_of(seats, activity.urgent_by_id)
    return PutFirst(
        why=activity.urgent_why,
        by=by.name if by else "",
        until=activity.urgent_until,
    )
