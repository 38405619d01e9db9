"""A customer waits, and nobody who is there has got their text: the team is told.

It happens when the one who had it leaves, or mail to them comes back (promises R16).
"""

from datetime import datetime

from gateway.activities.below import parts_of
from gateway.activities.desks import desk_of
from gateway.activities.fanout import promise_of
from gateway.activities.house import House
from gateway.activities.letters import Sheet, addressee, send
from gateway.activities.place import Place
from gateway.activities.references import ancestry
from storage import activity as activities
from storage import event as events
from storage import job, waiting_cases
from storage.activity import Lane, Membership
from storage.database import Session
from storage.roster import roster, seat_of
from templates.posted import Said
from templates.reached import Unheard

JOB = "unheard"


def tell(place: Place, at: datetime) -> bool:
    """Tell all of the team who are there, if nobody of them got what was written.

    Once a day for one text: when that letter comes back too, the team's digest has it.
    Returns whether they were told.
    """
    session, activity = place.session, place.activity
    session.flush()
    posts = waiting_cases.unheard(session, activity).get(activity.id)
    if not posts:
        return False
    if not job.once(session, JOB, f"{activity.id}|{posts[-1]}|{at:%Y-%m-%d}", at):
        return False
    seats = roster(session, activity.id)
    readers = [
        seat
        for seat in seats
        if seat.participant.is_staff
        and seat.participant.membership in {Membership.TOLD, Membership.JOINED}
        and seat.reachable
    ]
    customer = seat_of(seats, activity.customer_id)
    owner = seat_of(readers, activity.owner_id)
    values = Unheard(
        customer=customer.name if customer else "",
        subject=activity.subject,
        owner=owner.name if owner else "",
        promise=promise_of(activity, place.desk),
        said=_said(session, posts, customer.name if customer else ""),
    )
    thread = ancestry(place, Lane.EVERYONE)
    sheet = Sheet(
        desk=place.desk,
        activity=activity,
        at=at,
        reason="team",
        lane=Lane.EVERYONE,
        event=posts[-1],
        references=thread.references,
    )
    send(session, place.house, sheet, values, [addressee(seat) for seat in readers])
    return True


def _said(session: Session, posts: list[int], customer: str) -> tuple[Said, ...]:
    found = [session.get_one(events.Event, number) for number in posts]
    return tuple(
        Said(
            author=customer,
            at=post.received_at,
            text=post.text,
            below=parts_of(post),
        )
        for post in found
    )


def tell_all(house: House, now: datetime) -> int:
    """Look at every case whose customer waits; gives in how many the team was told."""
    with house.database.reading() as session:
        found = [
            number
            for number, posts in waiting_cases.unheard(session).items()
            if not job.is_done(session, JOB, f"{number}|{posts[-1]}|{now:%Y-%m-%d}")
        ]
    return sum(_tell_one(house, number, now) for number in found)


def _tell_one(house: House, number: int, now: datetime) -> bool:
    with house.database.transaction() as session:
        activity = activities.find(session, number, lock=True)
        desk = desk_of(session, house, number)
        if activity is None or desk is None:
            return False
        return tell(Place(session, house, desk, activity), now)
