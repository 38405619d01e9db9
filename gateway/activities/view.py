"""An activity as one of its readers may see it: the everyone lane, from their start."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.activities import membership, receipts
from gateway.activities.cards import cards, present
from gateway.activities.desks import desk_of
from gateway.activities.fanout import promise_of
from gateway.activities.house import House
from gateway.activities.place import Place
from parsers.reply_address import Purpose, number
from storage import activity as activities
from storage import event as events
from storage.activity import Lane, Membership, Participant, Role
from storage.database import Session
from storage.roster import Seat, roster, seat_of
from storage.tag import tags_of
from templates.values import Face, Promise, Reacted, Receipt, Said

_MOST_POSTS = 500


@dataclass(frozen=True, kw_only=True)
class ActivityPage:
    """What `/a/TOKEN` shows."""

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
    receipts: Mapping[int, tuple[Receipt, ...]]
    """Who got each of the posts, as this reader may know it."""
    reply_to: str
    """The reader's own address for this activity; empty where there are none."""
    promise: Promise | None
    token: str
    """The one that opened it; the reader's own card has the same."""
    language: str
    """The reader's; empty when it is not known."""
    zone: str


def activity(house: House, token: str, now: datetime) -> ActivityPage | None:
    """Give the page behind a reader's own `v-` token.

    None for a token that is none of ours, that was turned, whose reader left, or
    30 days after the case was closed (then one signs in).
    """
    with house.database.reading() as session:
        if (entered := enter(session, house, token, now)) is None:
            return None
        place, participant = entered
        found, desk = place.activity, place.desk
        seats = roster(session, found.id)
        posts = membership.visible(place, participant, _MOST_POSTS)
        owner = seat_of(seats, found.owner_id)
        seat = seat_of(seats, participant.person_id)
        sealed = house.sealer.seal(
            Purpose.TEAM if participant.role is Role.CONSULTED else Purpose.EVERYONE,
            number(participant.id, participant.generation),
        )
        return ActivityPage(
            public_id=found.public_id,
            subject=found.subject,
            desk=desk.name,
            state=str(found.turn),
            owner=owner.name if owner else "",
            here=cards(
                session,
                present(seats, without=participant.person_id),
                found,
                at=now,
                for_staff=participant.in_team_lane,
                among=seats,
            ),
            tags=tuple(tags_of(session, found.family))
            if participant.in_team_lane
            else (),
            posts=_with_reactions(place, seats, membership.said(place, seats, posts)),
            receipts=receipts.of_posts(
                session, seats, posts, is_staff=participant.in_team_lane
            ),
            reply_to="" if desk.reply.is_plain else desk.reply.write(sealed),
            promise=promise_of(found, desk),
            token=token,
            language=seat.person.language if seat else "",
            zone=(seat and seat.person.zone) or desk.zone,
        )


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

    None for a token that is none of ours, that was turned, whose reader left, or
    30 days after the case was closed.
    """
    unsealed = house.sealer.unseal(token)
    if unsealed is None or unsealed.purpose is not Purpose.VIEW:
        return None
    participant = session.get(Participant, unsealed.row)
    if participant is None or participant.generation != unsealed.generation:
        return None
    participant = activities.present_seat(session, participant)
    if participant.membership not in {Membership.JOINED, Membership.TOLD}:
        return None
    found = activities.find(session, participant.activity_id)
    desk = desk_of(session, house, found.id) if found else None
    if found is None or desk is None:
        return None
    life = timedelta(days=house.limits.token_view_days)
    if found.resolved_at and now - found.resolved_at > life:
        return None
    return Place(session, house, desk, found), participant
