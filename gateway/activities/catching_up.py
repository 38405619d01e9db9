"""One letter with what was missed: mail reaches its reader again, or no digest does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from gateway.activities.below import parts_of
from gateway.activities.desks import desk_of
from gateway.activities.fanout import author_name
from gateway.activities.house import House
from gateway.activities.letters import Sheet, addressee, language_of, send, zone_of
from gateway.activities.place import Place
from gateway.activities.references import root_id
from storage import activity as activities
from storage import ledger, people, untold
from storage.activity import Hearing, Lane, Membership
from storage.database import Session
from storage.event import Event
from storage.people import Person
from storage.roster import Seat, roster, seat_of
from templates.posted import Said
from templates.reached import CatchUp, Missed

_SHOWN_POSTS = 5
"""Of one case; the older ones are counted."""
_SHOWN_CASES = 10


def catch_up(
    session: Session,
    house: House,
    address: str,
    at: datetime,
    *,
    missed_from: datetime | None,
    welcome: bool,
) -> None:
    """Send one letter with the posts that did not arrive; none when none is missing.

    With `welcome` it goes in any case, for whoever was given up and is back.
    """
    person = people.by_address(session, address)
    if person is None:
        return
    found = (
        _readable(
            session, house, person, ledger.missed(session, person.id, missed_from)
        )
        if missed_from
        else []
    )
    if not found and welcome:
        found = [(*last, ()) for last in islice(_seats(session, house, person), 1)]
    if not found:
        return
    values = CatchUp(desk="", cases=(), welcome=welcome)
    delivery = _send(session, house, person, at, found, values)
    if delivery is not None:
        # When this letter comes back too, they are missing again.
        ledger.caught_up(session, person.id, _told(found), delivery, at)


def hand_over(
    session: Session,
    house: House,
    person: Person,
    at: datetime,
    *,
    activity: int | None = None,
) -> None:
    """Mail what waited for a digest to who gets none any more; one letter, if any.

    Of one activity, without it of all whose customer they are. No later digest tells
    it: the ledger says that it was mailed.
    """
    waits = untold.posts(session, person.id, activity)
    found = _readable(session, house, person, waits)
    if not found:
        return
    delivery = _send(
        session, house, person, at, found, CatchUp(desk="", cases=(), handed_over=True)
    )
    if delivery is not None:
        untold.mailed(session, person.id, _told(found), delivery, at)


def _send(
    session: Session,
    house: House,
    person: Person,
    at: datetime,
    found: Sequence["_Found"],
    values: CatchUp,
) -> int | None:
    """Queue one letter; gives its delivery, None when nobody may be written to."""
    place, seat, _ = found[0]
    cases = [_case(where, of) for where, _, of in found[:_SHOWN_CASES] if of]
    lane = Lane.TEAM if seat.participant.in_team_lane else Lane.EVERYONE
    sheet = Sheet(
        desk=place.desk,
        activity=place.activity,
        at=at,
        reason="caught-up",
        lane=lane,
        event=min(_told(found), default=None),
        references=(root_id(place, lane),),
        language=language_of(person, place.desk),
        zone=zone_of(person, place.desk),
    )
    whole = replace(values, desk=place.desk.name, cases=tuple(cases))
    [delivery] = send(session, house, sheet, whole, [addressee(seat)])
    return delivery


_Found = tuple[Place, Seat, tuple[Event, ...]]


def _told(found: Sequence[_Found]) -> list[int]:
    return [post.id for *_, posts in found[:_SHOWN_CASES] for post in posts]


def _readable(
    session: Session, house: House, person: Person, missed: Iterable[Event]
) -> list[_Found]:
    """Give what somebody may read of some posts, by case, the newest case first."""
    posts: defaultdict[int, list[Event]] = defaultdict(list)
    for post in missed:
        posts[post.activity_id].append(post)
    found: list[_Found] = []
    for number in sorted(posts, key=lambda one: posts[one][-1].id, reverse=True):
        where = _seat(session, house, number, person)
        if where is None:
            continue
        place, seat = where
        may_see = tuple(post for post in posts[number] if _may_see(seat, post))
        if may_see:
            found.append((place, seat, may_see))
    return found


def _seats(
    session: Session, house: House, person: Person
) -> Iterator[tuple[Place, Seat]]:
    """Give the cases of a person, the newest first."""
    numbers = sorted(
        {seat.activity_id for seat in activities.seats_of(session, person.id)}
    )
    for number in reversed(numbers):
        if found := _seat(session, house, number, person):
            yield found


def _seat(
    session: Session, house: House, number: int, person: Person
) -> tuple[Place, Seat] | None:
    activity = activities.find(session, number)
    desk = desk_of(session, house, number)
    if activity is None or desk is None:
        return None
    seat = seat_of(roster(session, activity.id), person.id)
    if seat is None or not _hears(seat):
        return None
    return Place(session, house, desk, activity), seat


def _hears(seat: Seat) -> bool:
    participant = seat.participant
    stays = participant.membership in {Membership.JOINED, Membership.TOLD}
    return stays and participant.hearing is not Hearing.MUTED


def _may_see(seat: Seat, post: Event) -> bool:
    participant = seat.participant
    if post.lane is Lane.TEAM and not participant.in_team_lane:
        return False
    return post.id > participant.since_event_id


def _case(place: Place, posts: tuple[Event, ...]) -> Missed:
    seats = roster(place.session, place.activity.id)
    said = tuple(
        Said(
            author=author_name(place.session, seats, post) or place.desk.name,
            at=post.received_at,
            text=post.text,
            below=parts_of(post),
        )
        for post in posts[-_SHOWN_POSTS:]
    )
    return Missed(
        subject=place.activity.subject,
        said=said,
        more=max(0, len(posts) - _SHOWN_POSTS),
    )
