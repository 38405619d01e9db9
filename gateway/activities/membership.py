"""Taking part: invited, not conscripted; join, decline, leave, mute."""

from itertools import takewhile

from gateway.activities import duties, private, unheard
from gateway.activities.below import parts_of
from gateway.activities.cards import cards, present, said_of
from gateway.activities.fanout import author_name
from gateway.activities.letters import (
    Sheet,
    addressee,
    language_of,
    send,
    zone_of,
)
from gateway.activities.place import By, Place, note
from gateway.activities.references import ancestry, root_id
from gateway.activities.timetables import kind_for, turn_on
from storage import activity as activities
from storage import event as events
from storage.activity import (
    Activity,
    Hearing,
    Lane,
    Membership,
    Participant,
    Role,
    Turn,
)
from storage.event import Event, Kind
from storage.people import Person
from storage.roster import Seat, display_name, roster, seated
from templates.invited import Joined
from templates.posted import Said
from templates.seated import Left

CATCH_UP_POSTS = 5
_EXCERPT_LETTERS = 300


def excerpt(text: str) -> str:
    """Give the beginning of a text, cut at a word."""
    # Below the signature's line (RFC 3676 section 4.3) nothing belongs to the text.
    lines = takewhile(lambda line: line.rstrip() != "--", text.splitlines())
    words = " ".join(" ".join(lines).split())
    if len(words) <= _EXCERPT_LETTERS:
        return words
    return words[:_EXCERPT_LETTERS].rsplit(" ", 1)[0] + " …"


def join(
    place: Place,
    participant: Participant,
    by: By,
    *,
    posted: bool = False,
    hearing: Hearing = Hearing.EACH,
    stays: bool = True,
) -> None:
    """Let somebody take part, and send the letter that lets them catch up (D34).

    Whoever leaves in the same breath (`stays` is False) gets none.
    """
    if hearing is Hearing.DIGEST:
        who = place.session.get_one(Person, participant.person_id)
        kind = kind_for(participant.role)
        turn_on(place.session, place.desk, who, kind, by.at)
    if participant.membership is Membership.JOINED:
        participant.hearing = hearing
        return
    activities.move(participant, Membership.JOINED, by.at)
    participant.hearing = hearing
    if participant.role is Role.GUEST and not participant.with_history:
        participant.since_event_id = events.newest(place.session, place.activity.id)
    note(place, by, Kind.JOINED, lane=_lane(participant))
    person = place.session.get_one(Person, participant.person_id)
    if participant.reason and "skill" not in person.proposed:
        # Other cases hear of it once they say it themselves: it may name a customer.
        person.proposed = {**person.proposed, "skill": said_of(participant.reason)}
    if stays:
        _send_joined(place, participant, by, posted=posted)


def _send_joined(
    place: Place, participant: Participant, by: By, *, posted: bool
) -> None:
    session, activity, desk = place.session, place.activity, place.desk
    seats = roster(session, activity.id)
    seat = seated(seats, participant.person_id)
    lane = _lane(participant)
    thread = ancestry(place, lane)
    consulted = participant.role is Role.CONSULTED
    here = present(seats, without=participant.person_id, backstage=consulted)
    values = Joined(
        subject=activity.subject,
        desk=desk.name,
        here=cards(session, here, activity, at=by.at),
        catch_up=catch_up(place, participant, seats),
        posted=posted,
        consulted=display_name(session, activity.customer_id) if consulted else "",
    )
    sheet = Sheet(
        desk=desk,
        activity=activity,
        at=by.at,
        reason="joined",
        lane=lane,
        in_reply_to=thread.parent,
        references=thread.references,
        language=language_of(seat.person, desk),
        zone=zone_of(seat.person, desk),
        by_mail=by.by_mail,
    )
    send(session, place.house, sheet, values, [addressee(seat)])


def _lane(participant: Participant) -> Lane:
    """Say who may know that somebody came or left: of whom is consulted, the team."""
    is_seen = participant.role is not Role.CONSULTED
    return Lane.EVERYONE if is_seen else Lane.TEAM


def catch_up(
    place: Place, participant: Participant, seats: list[Seat]
) -> tuple[Said, ...]:
    """Give the last posts that a participant may see; notes too, to the consulted."""
    posts = visible(place, participant, CATCH_UP_POSTS)
    if participant.role is Role.CONSULTED:
        family, both = place.activity.family, set(Lane)
        posts = events.posts(place.session, family, both, after=0, most=CATCH_UP_POSTS)
    return said(place, seats, posts)


def visible(place: Place, participant: Participant, most: int) -> list[Event]:
    """Give the newest posts of the everyone lane that a participant may see."""
    return events.posts(
        place.session,
        private.parts_shown(place.activity, participant),
        {Lane.EVERYONE},
        after=participant.since_event_id,
        most=most,
    )


def said(place: Place, seats: list[Seat], posts: list[Event]) -> tuple[Said, ...]:
    """Tell posts to a reader: who wrote when what."""
    return tuple(
        Said(
            author=author_name(place.session, seats, post) or place.desk.name,
            at=post.received_at,
            text=post.text,
            post=post.id,
            below=parts_of(post),
        )
        for post in posts
    )


def decline(place: Place, participant: Participant, by: By, *, never: bool) -> None:
    """Take a no for an answer: for this case, or for ever; it is never answered."""
    if never:
        by.person.never_invite = True
    if participant.membership is Membership.INVITED:
        activities.move(participant, Membership.DECLINED, by.at)
        note(place, by, Kind.DECLINED)


def leave(place: Place, participant: Participant, by: By) -> None:
    """Let somebody go: nothing more reaches them but the notice that says so."""
    if participant.membership not in {Membership.JOINED, Membership.TOLD}:
        return
    session, activity, desk = place.session, place.activity, place.desk
    activities.move(participant, Membership.LEFT, by.at)
    duties.leaves(place, participant, by)
    note(place, by, Kind.LEFT, lane=_lane(participant))
    seat = seated(roster(session, activity.id), participant.person_id)
    sheet = Sheet(
        desk=desk,
        activity=activity,
        at=by.at,
        reason="left",
        lane=Lane.EVERYONE,
        references=(root_id(place, Lane.EVERYONE),),
        language=language_of(seat.person, desk),
        zone=zone_of(seat.person, desk),
        by_mail=by.by_mail,
    )
    values = Left(subject=activity.subject, desk=desk.name)
    send(session, place.house, sheet, values, [addressee(seat)])
    # Whoever had what the customer wrote may have been this one.
    unheard.tell(place, by.at)


def is_open(activity: Activity) -> bool:
    """Say whether an invitation to it still counts (decisions D31)."""
    return activity.turn is not Turn.RESOLVED
