"""Activities become one, or one becomes two; later mail finds its way (mail-rules 1).

Nothing that was said is moved: the case that remains shows the history of both. Two
customers are never brought into one case, since each would read the other.
"""

from datetime import datetime

from gateway.activities import cases, private, promises
from gateway.activities.desks import desk_of
from gateway.activities.fanout import Word, fan_out
from gateway.activities.place import By, Place, note
from gateway.activities.references import post_id
from parsers.message_id import foreign
from storage import activity as activities
from storage import alias
from storage import event as events
from storage.activity import (
    Activity,
    Lane,
    Membership,
    Participant,
    Role,
    Turn,
)
from storage.alias import Alias
from storage.event import Event, Kind
from templates.understood import Understood

_TAKES_PART = frozenset({Membership.JOINED, Membership.TOLD})


def merge(place: Place, by: By, public_id: str) -> Understood:
    """Make the activity part of another one of the same customer.

    Whoever is here comes along: guests hear what is said from now on. Somebody with a
    seat there keeps it as it is.
    """
    session, activity = place.session, place.activity
    into = _of_the_team(place, by, public_id)
    if into is None or into.id == activity.id:
        return Understood(command="/merge", outcome="merge_which")
    if private.is_private(session, into) or private.is_private(session, activity):
        return Understood(command="/merge", outcome="kept_apart")
    if into.customer_id != activity.customer_id:
        return Understood(command="/merge", outcome="merge_other_customer")
    before = _state(activity)
    brought = _bring_along(place, into, by)
    _hand_over(place, into, by)
    activity.redirect_id = into.id
    into.merged = [*into.merged, *activity.family]
    for number in activity.merged:
        session.get_one(Activity, number).redirect_id = into.id
    _note(place, activity, by, Kind.MERGED, {"into": into.id, **before})
    _note(place, into, by, Kind.MERGED, {"from": activity.id, "brought": brought})
    return Understood(
        command="/merge",
        outcome="merged",
        names=(into.subject,),
        undo=f"/split {activity.public_id}",
    )


def is_merged(place: Place, public_id: str) -> bool:
    """Say whether the other activity was made part of this one."""
    other = activities.by_public_id(place.session, public_id) if public_id else None
    return other is not None and other.id in place.activity.merged


def part(place: Place, by: By, public_id: str) -> Understood:
    """Undo a merge: the other activity stands for itself again, as it was.

    Raises LookupError for one that was not merged into this one.
    """
    session, activity = place.session, place.activity
    other = activities.by_public_id(session, public_id)
    if other is None or other.id not in activity.merged:
        raise LookupError(f"{public_id} is no part of {activity.public_id}")
    activity.merged = [each for each in activity.merged if each not in other.family]
    other.redirect_id = None
    for number in other.merged:
        session.get_one(Activity, number).redirect_id = other.id
    for brought in _brought(place, other):
        seat = session.get_one(Participant, brought)
        if seat.membership in _TAKES_PART and seat.person_id != activity.customer_id:
            activities.move(seat, Membership.LEFT, by.at)
    _restore(place, other)
    _note(place, activity, by, Kind.PARTED, {"from": other.id})
    _note(place, other, by, Kind.PARTED, {"into": activity.id})
    return Understood(
        command="/split",
        outcome="parted",
        names=(other.subject,),
        undo=f"/merge {activity.public_id}",
    )


def split(place: Place, by: By, post: Event | None, subject: str) -> Understood:
    """Make a post of the customer or a guest an activity of its own.

    Answers to its copies lead there from now on; what was said stays said.
    """
    session, activity = place.session, place.activity
    if private.is_private(session, activity):
        return Understood(command="/split", outcome="kept_apart")
    if post is None or not _may_be_split(place, post):
        return Understood(command="/split", outcome="split_which")
    opened = Activity(
        public_id=cases.new_public_id(place.house),
        desk_id=activity.desk_id,
        subject=subject or activity.subject,
        customer_id=post.actor_id or activity.customer_id,
        opened_at=by.at,
        linked_id=activity.id,
    )
    activities.begin(session, opened)
    there = Place(session, place.house, place.desk, opened)
    _seats(place, opened, by)
    note(there, by, Kind.OPENED)
    cases.customer_waits(opened, place.desk, post.received_at)
    copy = _copy(there, by, post)
    _settle_waiting(place, post)
    came_to = session.get_one(Activity, post.activity_id)
    _note(place, came_to, by, Kind.SPLIT, {"post": post.id, "into": opened.id})
    before = activities.opened_before(session, opened.customer_id, opened.id)
    fan_out(there, Word(event=copy, opens=True, cases_before=before))
    return Understood(command="/split", outcome="split", names=(opened.subject,))


def _of_the_team(place: Place, by: By, public_id: str) -> Activity | None:
    """Find an activity in whose team lane somebody is; to others it does not exist."""
    found = activities.named(place.session, public_id)
    if found is None or desk_of(place.session, place.house, found.id) is None:
        return None
    seat = activities.participant_of(place.session, found.id, by.person.id)
    is_in = seat is not None and seat.in_team_lane and seat.membership in _TAKES_PART
    return activities.find(place.session, found.id, lock=True) if is_in else None


def _state(activity: Activity) -> dict[str, object]:
    """Give what a merge changes, for the day when it is undone."""
    waiting = activity.waiting_since
    return {
        "turn": str(activity.turn),
        "waiting_since": waiting.isoformat() if waiting else "",
        **promises.state(activity),
    }


def _hand_over(place: Place, into: Activity, by: By) -> None:
    """Let the activity that remains wait, promise and belong as both did (R16)."""
    activity = place.activity
    if activity.turn is not Turn.RESOLVED:
        cases.reopen(Place(place.session, place.house, place.desk, into), by)
    if into.owner_id is None:
        into.owner_id, into.taken_at = activity.owner_id, activity.taken_at
    if into.turn is Turn.NEW and into.owner_id is not None:
        into.turn = Turn.OURS
    if activity.waiting_since is not None:
        into.waiting_since = _first(into.waiting_since, activity.waiting_since)
        if into.turn is Turn.CUSTOMERS:
            into.turn = Turn.OURS
    promises.hand_over(activity, into)
    into.repeats += activity.repeats
    activity.turn, activity.resolved_at = Turn.RESOLVED, by.at
    activity.waiting_since = activity.urgent_until = None
    promises.none(activity)


def _first(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


def _bring_along(place: Place, into: Activity, by: By) -> list[int]:
    """Seat there who sits here; gives the new seats."""
    session = place.session
    newest = events.newest(session, into.id)
    brought = []
    for seat in activities.seats(session, place.activity.id):
        if activities.participant_of(session, into.id, seat.person_id):
            continue
        new = Participant(
            activity_id=into.id,
            person_id=seat.person_id,
            role=seat.role,
            membership=seat.membership,
            in_team_lane=seat.in_team_lane,
            hearing=seat.hearing,
            invited_by_id=seat.invited_by_id,
            reason=seat.reason,
            since_event_id=newest if seat.role is Role.GUEST else seat.since_event_id,
            changed_at=by.at,
        )
        session.add(new)
        session.flush()
        brought.append(new.id)
    return brought


def _brought(place: Place, other: Activity) -> list[int]:
    """Give the seats that the newest merge of another activity brought here."""
    merges = events.of_kind(place.session, place.activity.id, Kind.MERGED)
    ours = [each.values for each in merges if each.values.get("from") == other.id]
    return list(ours[-1].get("brought", ())) if ours else []


def _restore(place: Place, other: Activity) -> None:
    """Give an activity back what it was before it was merged."""
    merges = events.of_kind(place.session, other.id, Kind.MERGED)
    before = merges[-1].values if merges else {}
    other.turn = Turn(before.get("turn", Turn.OURS))
    other.resolved_at = other.resolved_at if other.turn is Turn.RESOLVED else None
    if since := before.get("waiting_since"):
        other.waiting_since = datetime.fromisoformat(since)
    promises.restore(other, place.desk, before)


def _may_be_split(place: Place, post: Event) -> bool:
    """A post of the everyone lane, not the first, by somebody who is no staff."""
    activity = place.activity
    if post.activity_id not in activity.family or post.actor_id is None:
        return False
    first = events.first_post(place.session, post.activity_id, Lane.EVERYONE)
    seat = activities.participant_of(place.session, activity.id, post.actor_id)
    return (
        post.kind is Kind.POST
        and post.lane is Lane.EVERYONE
        and seat is not None
        and not seat.in_team_lane
        and (first is None or first.id != post.id)
        and not events.split_into(place.session, post.activity_id, post.id)
    )


def _seats(place: Place, opened: Activity, by: By) -> None:
    """Seat the customer, and of the others those who are staff."""
    session = place.session
    for seat in activities.seats(session, place.activity.id):
        is_customer = seat.person_id == opened.customer_id
        stays = seat.in_team_lane and seat.membership in _TAKES_PART
        if not (is_customer or stays):
            continue
        is_team = seat.role is Role.TEAM
        session.add(
            Participant(
                activity_id=opened.id,
                person_id=seat.person_id,
                role=Role.CUSTOMER if is_customer else seat.role,
                membership=Membership.TOLD if is_team else seat.membership,
                in_team_lane=seat.in_team_lane,
                changed_at=by.at,
            )
        )
    session.flush()


def _copy(there: Place, by: By, post: Event) -> Event:
    """Say the post again where it begins, under all ids by which it is known."""
    known = {key: post.values[key] for key in _CARRIED if key in post.values}
    copy = events.record(
        there.session,
        Event(
            activity_id=there.activity.id,
            lane=Lane.EVERYONE,
            kind=Kind.POST,
            actor_id=post.actor_id,
            door=by.door,
            proof=post.proof,
            received_at=by.at,
            written_at=post.written_at or post.received_at,
            text=post.text,
            values={**known, "split_from": post.activity_id},
        ),
    )
    # Ours first: the newest one counts as what its author holds.
    _know_as(there, copy, foreign(post_id(there, post)), "", "")
    for each in alias.aliases_of(there.session, post.id):
        _know_as(there, copy, each.message_id, each.sender, each.body_hash)
    return copy


_CARRIED = ("attachments", "linked", "below", "pictures", "inline")


def _know_as(
    there: Place, copy: Event, message_id: str, sender: str, body_hash: str
) -> None:
    there.session.add(
        Alias(
            message_id=message_id,
            activity_id=there.activity.id,
            event_id=copy.id,
            lane=Lane.EVERYONE,
            sender=sender,
            body_hash=body_hash,
        )
    )


def _settle_waiting(place: Place, post: Event) -> None:
    """With its last unanswered post gone, an activity waits for nobody."""
    activity = place.activity
    if activity.waiting_since is None or post.received_at < activity.waiting_since:
        return
    others = events.posts(
        place.session, activity.family, {Lane.EVERYONE}, after=0, most=_LATELY
    )
    waits = [
        each
        for each in others
        if each.id != post.id
        and each.actor_id == activity.customer_id
        and each.received_at >= activity.waiting_since
        and not events.split_into(place.session, each.activity_id, each.id)
    ]
    if not waits:
        activity.waiting_since = None
        if activity.promised_by_id is None:
            promises.none(activity)


_LATELY = 50


def _note(
    place: Place, activity: Activity, by: By, kind: Kind, values: dict[str, object]
) -> None:
    events.record(
        place.session,
        Event(
            activity_id=activity.id,
            lane=Lane.TEAM,
            kind=kind,
            actor_id=by.person.id,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            inbound_id=by.inbound,
            values=values,
        ),
    )
