"""An activity as one of its readers may see it: their lanes, from their start."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.activities import membership, private, receipts, visiting
from gateway.activities.cards import cards, present
from gateway.activities.desks import desk_of
from gateway.activities.fanout import promise_of, put_first
from gateway.activities.house import House
from gateway.activities.place import Place
from gateway.activities.visiting import Visitor
from parsers.reply_address import Purpose, number
from storage import activity as activities
from storage import event as events
from storage.activity import Lane, Membership, Participant, Role
from storage.database import Session
from storage.people import Person
from storage.roster import Seat, roster, seat_of
from storage.tag import tags_of
from templates.face import Face
from templates.posted import Reacted, Said
from templates.promised import Promise, PutFirst
from templates.receipts import Receipt

_MOST_POSTS = 500


@dataclass(frozen=True, kw_only=True)
class ActivityPage:
    """What `/a/TOKEN`, or `/a/ID` to who signed in, shows."""

    public_id: str
    subject: str
    desk: str
    state: str
    """new, ours, customers or resolved."""
    owner: str
    here: tuple[Face, ...]
    tags: tuple[str, ...]
    """What the team says that it is about; for the team."""
    posts: tuple[Said, ...]
    notes: frozenset[int]
    """The posts that only the team reads; none of them on a page behind a token."""
    files: Mapping[int, tuple[str, ...]]
    """The names of the files that came with a post."""
    receipts: Mapping[int, tuple[Receipt, ...]]
    """Who got each of the posts, as this reader may know it."""
    reply_to: str
    """The reader's own address for this activity; empty where there are none."""
    note_to: str
    """The reader's address in the team lane; empty for who has none."""
    promise: Promise | None
    urgent: PutFirst | None
    """Why it was put first, for the team."""
    token: str
    """The one that opened it; the reader's own card has the same. Empty: signed in."""
    language: str
    """The reader's; empty when it is not known."""
    zone: str


def activity(house: House, token: str, now: datetime) -> ActivityPage | None:
    """Give the page behind a reader's own `v-` token: the everyone lane alone.

    None for a token that is none of ours, that was turned, whose reader left the case
    or its team, or 30 days after the case was closed (then one signs in).
    """
    with house.database.reading() as session:
        if (entered := enter(session, house, token, now)) is None:
            return None
        place, participant = entered
        reader = _Reader(participant.person_id, participant, backstage=False)
        return _page(place, reader, now, token=token)


def behind_sign_in(house: House, token: str) -> str:
    """Give what a case is called whose link has ended with time; else nothing.

    Its reader may go on once they have signed in; the token itself leads nowhere.
    """
    with house.database.reading() as session:
        sat = _seat_behind(session, house, token)
        found = activities.find(session, sat.activity_id) if sat else None
        return found.public_id if found else ""


def for_visitor(
    house: House, public_id: str, who: Visitor, now: datetime
) -> ActivityPage | None:
    """Give a case to somebody who signed in: both lanes to its team, theirs to others.

    None for who may not see it, which is what a case that does not exist looks like.
    """
    with house.database.reading() as session:
        found = activities.named(session, public_id)
        desk = desk_of(session, house, found.id) if found else None
        if found is None or desk is None:
            return None
        place = Place(session, house, desk, found)
        seat = activities.participant_of(session, found.id, who.person)
        reader = _reader(place, seat, who)
        return _page(place, reader, now) if reader else None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads the page, with their seat if they have one."""

    person: int
    seat: Participant | None
    backstage: bool
    """They read the team lane too."""


def _reader(place: Place, seat: Participant | None, who: Visitor) -> _Reader | None:
    """Say as what somebody may read a case now, whatever they were when they came.

    A seat among the team counts as long as its holder is staff; the desk's team needs
    none (support.md section 8). A customer or guest stays one, team or not.
    """
    session, found = place.session, place.activity
    takes_part = seat is not None and seat.membership in _TAKES_PART
    if place.desk in who.desks and not private.is_kept_from(
        session, found, who.person, seat
    ):
        inside = seat if takes_part else None
        return _Reader(who.person, inside, backstage=True)
    if seat is None or not takes_part or who.person in private.kept_out(session, found):
        return None
    if seat.is_staff and not (who.is_marked or place.desk in who.desks):
        return None
    return _Reader(who.person, seat, backstage=seat.in_team_lane)


_TAKES_PART = frozenset({Membership.JOINED, Membership.TOLD})


def _page(
    place: Place, reader: _Reader, now: datetime, *, token: str = ""
) -> ActivityPage:
    session, found, desk = place.session, place.activity, place.desk
    seats = roster(session, found.id)
    person = session.get_one(Person, reader.person)
    # The team, and whoever opens their own link: what their letters told them, too.
    is_staff = reader.backstage or bool(reader.seat and reader.seat.in_team_lane)
    posts = events.posts(
        session,
        private.parts_shown(found, reader.seat),
        {Lane.EVERYONE, Lane.TEAM} if reader.backstage else {Lane.EVERYONE},
        after=reader.seat.since_event_id if reader.seat else 0,
        most=_MOST_POSTS,
    )
    owner = seat_of(seats, found.owner_id)
    return ActivityPage(
        public_id=found.public_id,
        subject=found.subject,
        desk=desk.name,
        state=str(found.turn),
        owner=owner.name if owner else "",
        here=cards(
            session,
            present(seats, without=reader.person, backstage=reader.backstage),
            found,
            at=now,
            for_staff=is_staff,
            among=seats,
        ),
        tags=tuple(tags_of(session, found.family)) if is_staff else (),
        posts=_with_reactions(place, seats, membership.said(place, seats, posts)),
        notes=frozenset(post.id for post in posts if post.lane is Lane.TEAM),
        files={
            post.id: tuple(named)
            for post in posts
            if (named := post.values.get("attachments"))
        },
        receipts=receipts.of_posts(session, seats, posts, is_staff=is_staff),
        reply_to=_address(place, reader, Purpose.EVERYONE),
        note_to=_address(place, reader, Purpose.TEAM) if reader.backstage else "",
        promise=promise_of(found, desk, seats if is_staff else None),
        urgent=put_first(found, seats, now) if is_staff else None,
        token=token,
        language=person.language,
        zone=person.zone or desk.zone,
    )


def _address(place: Place, reader: _Reader, purpose: Purpose) -> str:
    """Give the reader's own address; empty where there are none, or for who has none.

    Whose advice is asked answers the team alone.
    """
    seat = reader.seat
    if seat is None or place.desk.reply.is_plain:
        return ""
    if seat.role is Role.CONSULTED:
        if reader.backstage and purpose is Purpose.EVERYONE:
            return ""
        purpose = Purpose.TEAM
    sealed = place.house.sealer.seal(purpose, number(seat.id, seat.generation))
    return place.desk.reply.write(sealed)


def _with_reactions(
    place: Place, seats: list[Seat], said: tuple[Said, ...]
) -> tuple[Said, ...]:
    """Put the marks of people on the posts, the last one of each."""
    marks: dict[int, dict[int, str]] = {}
    family = place.activity.family
    for post, person, mark in events.reactions(place.session, family, Lane.EVERYONE):
        marks.setdefault(post, {})[person] = mark
    return tuple(
        replace(each, reactions=_reacted(seats, marks[each.post]))
        if each.post in marks
        else each
        for each in said
    )


def _reacted(seats: list[Seat], marks: Mapping[int, str]) -> tuple[Reacted, ...]:
    found: dict[str, list[str]] = {}
    for person, mark in marks.items():
        if seat := seat_of(seats, person):
            found.setdefault(mark, []).append(seat.name)
    return tuple(Reacted(mark=mark, names=tuple(all_)) for mark, all_ in found.items())


def enter(
    session: Session, house: House, token: str, now: datetime
) -> tuple[Place, Participant] | None:
    """Give the activity and the seat behind a reader's own `v-` token.

    None for a token that is none of ours, that was turned, whose reader left the case
    or its team, or 30 days after the case was closed.
    """
    participant = _seat_behind(session, house, token)
    if participant is None:
        return None
    found = activities.find(session, participant.activity_id)
    desk = desk_of(session, house, found.id) if found else None
    if found is None or desk is None:
        return None
    if not visiting.is_let_in(session, house, desk, participant):
        return None
    life = timedelta(days=house.limits.token_view_days)
    if found.resolved_at and now - found.resolved_at > life:
        return None
    return Place(session, house, desk, found), participant


def _seat_behind(session: Session, house: House, token: str) -> Participant | None:
    """Give the seat that a `v-` token seals, of somebody who takes part."""
    unsealed = house.sealer.unseal(token)
    if unsealed is None or unsealed.purpose is not Purpose.VIEW:
        return None
    participant = session.get(Participant, unsealed.row)
    if participant is None or participant.generation != unsealed.generation:
        return None
    participant = activities.present_seat(session, participant)
    return participant if participant.membership in _TAKES_PART else None
