"""Posts that come faster than people write wait for the digest (decisions E46).

The owner is told once, with the first text that waits, and again only after it was
calm: the next post that goes out says how many wait before it (promises R16). Where
everybody together is too fast, whoever follows is told once a day too, for then it is
not one person whom they miss (digests section 3.6).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from gateway.activities.audience import is_gone
from gateway.activities.fanout import author_name
from gateway.activities.letters import (
    Sheet,
    addressee,
    language_of,
    send,
    zone_of,
)
from gateway.activities.place import Place
from gateway.activities.references import root_id
from gateway.activities.telling import owners
from gateway.routing.pace import Pace, Quick, Uttered, is_quick, pace
from storage import event as events
from storage import pace as kept
from storage.activity import Hearing, Lane, Membership
from storage.event import Event, Kind
from storage.roster import Seat, roster
from templates.held import Burst

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MOST_LOOKED_AT = 10_000
_FAST = (str(Pace.BURST), str(Pace.BUSY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How a post comes, among those before it."""

    pace: Pace = Pace.CALM
    count: int = 1
    """So many within the hour: its author's, or everybody's where all are busy."""
    put_off: int = 0
    """So many posts of its author just before it wait for the digest."""
    is_robot: bool = False
    """Its author has answered each of our letters at once, and all alike."""


def flow(place: Place, event: Event, *, by_team: bool) -> Flow:
    """Say how fast it goes in an activity with its newest post."""
    limits = place.house.limits
    most = max(limits.burst_posts, limits.posts_per_hour, limits.busy_posts_per_hour)
    if most > _MOST_LOOKED_AT:
        # Somebody raised them to be rid of them: nothing is looked up in vain.
        return Flow()
    before = kept.posts_before(place.session, place.activity.id, event.id, most)
    own = [each for each in before if each.author == event.actor_id]
    # The quick answers of one of the team are a person's: they work here.
    quick = Quick() if by_team else _quick(place, event, own)
    found = pace(
        Uttered(author=event.actor_id, at=event.received_at),
        [Uttered(author=each.author, at=each.at) for each in before],
        quick,
        limits,
    )
    if found is Pace.CALM:
        return Flow(put_off=_put_off(place, event, own))
    since = event.received_at - _HOUR
    counted = before if found is Pace.BUSY else own
    count = 1 + sum(each.at > since for each in counted)
    return Flow(pace=found, count=count, is_robot=is_quick(quick, limits))


def _quick(place: Place, event: Event, own: list[kept.Post]) -> Quick:
    """Look at letters and texts only where so many answers came within the hour."""
    limits, since = place.house.limits, event.received_at - _HOUR
    last = [each for each in own if each.at > since][: limits.quick_answers - 1]
    if len(last) < limits.quick_answers - 1 or event.actor_id is None:
        return Quick()
    session, activity = place.session, place.activity.id
    return Quick(
        texts=[event.text, *kept.texts(session, [each.id for each in last])],
        answers=[event.received_at, *(each.at for each in last)],
        letters=kept.letters_to(session, activity, event.actor_id, since),
    )


def _put_off(place: Place, event: Event, own: list[kept.Post]) -> int:
    """Count what waits of this author, when the post before this one does."""
    if not own or event.actor_id is None:
        return 0
    session, activity, author = place.session, place.activity.id, event.actor_id
    told = kept.burst_since(session, activity, author, event.received_at - _DAY)
    if told is None or not kept.waits_for_digest(session, own[0].id, _FAST):
        return 0
    first = int(told.values["post"])
    return kept.put_off(session, activity, author, first, _FAST)


def tell(place: Place, event: Event, found: Flow) -> None:
    """Tell whoever has the case that posts wait, unless the post before told it.

    A customer who was answered in between waits anew, and is told of anew.
    """
    if found.pace is Pace.CALM or event.actor_id is None:
        return
    session, activity, author = place.session, place.activity, event.actor_id
    since = event.received_at - _DAY
    told = kept.burst_since(session, activity.id, author, since)
    if told is not None and _was_calm_since(place, event, told):
        told = None
    # It is asked of each post of a burst: what is cheap to know comes first.
    if told is not None and (found.is_robot or not _may_wait_anew(place, event)):
        return
    seats = roster(session, activity.id)
    if told is not None and not _is_answered_since(place, told, seats):
        return
    is_busy = found.pace is Pace.BUSY
    is_new = is_busy and not kept.was_busy(session, activity.id, since)
    events.record(
        session,
        Event(
            activity_id=activity.id,
            lane=Lane.TEAM,
            kind=Kind.BURST,
            actor_id=None,
            subject_id=author,
            door=event.door,
            proof=event.proof,
            received_at=event.received_at,
            inbound_id=event.inbound_id,
            values={"pace": str(found.pace), "count": found.count, "post": event.id},
        ),
    )
    values = Burst(
        name="" if is_busy else author_name(session, seats, event),
        count=found.count,
        text=event.text,
        subject=activity.subject,
    )
    here = owners(activity, seats, event.received_at)
    to = [seat for seat in here if seat.person.id != author]
    _send(place, event, values, to, "owner")
    if is_new:
        told_now = {author, *(seat.person.id for seat in to)}
        others = [each for each in seats if each.person.id not in told_now]
        followers = [each for each in others if _follows(each, event)]
        _send(place, event, values, followers, "participant")


def _follows(seat: Seat, event: Event) -> bool:
    """Say whether somebody gets each post at once, were it not so busy."""
    participant = seat.participant
    if event.lane is Lane.TEAM and not participant.in_team_lane:
        return False
    return (
        participant.membership is Membership.JOINED
        and participant.hearing is Hearing.EACH
        and event.id > participant.since_event_id
        and seat.reachable
        and not is_gone(seat.person, event.received_at)
    )


def _send(
    place: Place, event: Event, values: Burst, to: Sequence[Seat], reason: str
) -> None:
    """Send it to each in their lane and, outside the team, in their language."""
    groups = defaultdict(list)
    for seat in to:
        person, lane = seat.person, Lane.TEAM
        language = zone = ""
        if not seat.participant.in_team_lane:
            lane, language = Lane.EVERYONE, language_of(person, place.desk)
            zone = zone_of(person, place.desk)
        groups[lane, language, zone].append(addressee(seat))
    for (lane, language, zone), readers in groups.items():
        sheet = Sheet(
            desk=place.desk,
            activity=place.activity,
            at=event.received_at,
            reason=reason,
            lane=lane,
            event=event.id,
            references=(root_id(place, lane),),
            language=language,
            zone=zone,
        )
        send(place.session, place.house, sheet, values, readers)


def _was_calm_since(place: Place, event: Event, told: Event) -> bool:
    """Whether a post of the same author went out at once since they were told."""
    before = kept.posts_before(place.session, place.activity.id, event.id, 50)
    last = next((each for each in before if each.author == event.actor_id), None)
    if last is None or last.id < told.id:
        return False
    return not kept.waits_for_digest(place.session, last.id, _FAST)


def _may_wait_anew(place: Place, event: Event) -> bool:
    """Whether the customer may be told of anew, should they wait again.

    As often a day as posts make a burst: two robots that answer each other must come
    to an end.
    """
    session, activity = place.session, place.activity
    if event.lane is Lane.TEAM or event.actor_id != activity.customer_id:
        return False
    most, since = place.house.limits.burst_posts, event.received_at - _DAY
    return kept.count(session, activity.id, Kind.BURST, since) < most


def _is_answered_since(place: Place, told: Event, seats: Sequence[Seat]) -> bool:
    """Whether the team answered since, and so nobody knows that somebody waits.

    No limit may keep the only word of a text from the team (decisions F53).
    """
    team = [seat.person.id for seat in seats if seat.participant.in_team_lane]
    return kept.spoke_since(place.session, place.activity.id, told.id, team)
