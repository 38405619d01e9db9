"""One letter with what was missed: mail reaches its reader again, or no digest does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from gateway.activities.below import parts_of
from gateway.activities.desks import desk_of
from gateway.activities.fanout import author_name
from gateway.activities.house import House
from gateway.activities.letters import Sheet, addressee, language_of, send, zone_of
from gateway.activities.place import Place
from gateway.activities.references import root_id
from gateway.routing.hearing import IGNORED
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
"""Of one case; the older ones are counted, with a link to the page of the case."""
_SHOWN_CASES = 10
"""Of the others all posts are counted, likewise."""


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
        found = [_Found(*last) for last in islice(_seats(session, house, person), 1)]
    if found:
        # When this letter comes back too, they are missing again.
        values = CatchUp(desk="", cases=(), welcome=welcome)
        _send(session, house, person, at, found, values)


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
    it: the ledger says that it was mailed. Whom they ignore is only counted, as in a
    digest, and no reason for a letter.
    """
    waits = untold.posts(session, person.id, activity)
    ignored = {post.id for post, why in waits if why == IGNORED}
    found = _readable(session, house, person, [post for post, _ in waits], ignored)
    if any(one.posts for one in found):
        values = CatchUp(desk="", cases=(), handed_over=True)
        _send(session, house, person, at, found, values)


class _Found(NamedTuple):
    """What somebody may read of one case."""

    place: Place
    seat: Seat
    posts: tuple[Event, ...] = ()
    ignored: tuple[Event, ...] = ()
    """Of people whom they ignore."""


def _send(
    session: Session,
    house: House,
    person: Person,
    at: datetime,
    found: Sequence[_Found],
    values: CatchUp,
) -> None:
    """Queue one letter, and note that it tells all of what was found.

    Nothing is noted where it may not be sent: all of it stays to be told.
    """
    heard = [one for one in found if one.posts]
    place, seat, *_ = (heard or found)[0]
    lane = Lane.TEAM if seat.participant.in_team_lane else Lane.EVERYONE
    sheet = Sheet(
        desk=place.desk,
        activity=place.activity,
        at=at,
        reason="caught-up",
        lane=lane,
        event=min((post.id for one in heard for post in one.posts), default=None),
        references=(root_id(place, lane),),
        language=language_of(person, place.desk),
        zone=zone_of(person, place.desk),
        numbers=[addressee(one.seat).token or 0 for one in heard],
    )
    whole = replace(
        values,
        desk=place.desk.name,
        cases=tuple(_case(one, number) for number, one in enumerate(heard, 1)),
        ignored=sum(len(one.ignored) for one in found),
    )
    [delivery] = send(session, house, sheet, whole, [addressee(seat)])
    if delivery is not None:
        told = [post.id for one in found for post in one.posts + one.ignored]
        ledger.mailed(session, person.id, told, delivery, at)


def _readable(
    session: Session,
    house: House,
    person: Person,
    missed: Iterable[Event],
    ignored: AbstractSet[int] = frozenset(),
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
            found.append(
                _Found(
                    place,
                    seat,
                    tuple(post for post in may_see if post.id not in ignored),
                    tuple(post for post in may_see if post.id in ignored),
                )
            )
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


def _case(found: _Found, number: int) -> Missed:
    """Say what was missed of a case; takes its place in the letter, from 1."""
    place, posts = found.place, found.posts
    cut = max(0, len(posts) - _SHOWN_POSTS) if number <= _SHOWN_CASES else len(posts)
    seats = roster(place.session, place.activity.id)
    said = tuple(
        Said(
            author=author_name(place.session, seats, post) or place.desk.name,
            at=post.received_at,
            text=post.text,
            below=parts_of(post),
        )
        for post in posts[cut:]
    )
    has_notes = any(post.lane is Lane.TEAM for post in posts[:cut])
    return Missed(
        subject=place.activity.subject,
        said=said,
        more=cut,
        number=number,
        notes_of=place.activity.public_id if has_notes else "",
    )
