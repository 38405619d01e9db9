"""A letter came back: mark its recipient, tell the owner once (mail-rules B1, B2)."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from gateway.activities.holding import owners
from gateway.activities.house import House
from gateway.activities.letters import Sheet, addressee, send
from gateway.activities.place import Place
from gateway.activities.references import root_id
from gateway.activities.routes import desk_of
from parsers.address import key
from parsers.bounce import classify
from parsers.mail import Bounce
from storage import activity as activities
from storage import address_health, outbox
from storage import event as events
from storage.activity import Lane, Membership
from storage.database import Session
from storage.event import Event, Kind
from storage.outbox import Delivery
from storage.roster import display_name, roster, seat_of
from templates.values import Unreachable

_log = structlog.get_logger()

_DEAD = "hard"
_SHOWN_LETTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came back about one delivery."""

    delivery: int
    status: str
    """Enhanced status code (RFC 3463), or empty."""
    said: str
    """The other server's words."""
    severity: str
    """hard, soft, full, ours, content or note (table B1)."""
    at: datetime
    door: str
    inbound: int | None = None


def refused(
    house: House, delivery_id: int, *, status: str, text: str, now: datetime
) -> None:
    """Take a permanent refusal by the smarthost as a report on that delivery."""
    report = Report(
        delivery=delivery_id,
        status=status,
        said=text,
        severity=classify("failed", status, text),
        at=now,
        door="smarthost",
    )
    with house.database.transaction() as session:
        came_back(session, house, report)


def reported(
    session: Session,
    house: House,
    delivery_id: int,
    bounce: Bounce,
    at: datetime,
    inbound: int | None,
) -> None:
    """Take a delivery report that came to the return path of one delivery.

    The recipient is the one of our row, not of the report's text (table B1).
    """
    if not bounce.recipients:
        return
    worst = min(bounce.recipients, key=lambda each: each.class_ != _DEAD)
    report = Report(
        delivery=delivery_id,
        status=worst.status,
        said=worst.diagnostic or worst.status,
        severity=worst.class_,
        at=at,
        door="smtp",
        inbound=inbound,
    )
    came_back(session, house, report)


def came_back(session: Session, house: House, report: Report) -> None:
    """Mark the recipient of a delivery; tell the owner when mail cannot reach them."""
    delivery = outbox.by_id(session, report.delivery)
    if delivery is None:
        return
    _log.info(
        "bounced",
        delivery=delivery.id,
        severity=report.severity,
        status=report.status,
        door=report.door,
    )
    if report.severity != _DEAD:
        return
    fell = address_health.fell(
        session, key(delivery.address), status=report.status, at=report.at
    )
    activity = delivery.activity_id and activities.find(session, delivery.activity_id)
    desk = desk_of(session, house, activity.id) if activity else None
    if not (fell and activity and desk):
        return
    place = Place(session, house, desk, activity)
    events.record(
        session,
        Event(
            activity_id=activity.id,
            lane=Lane.TEAM,
            kind=Kind.UNREACHABLE,
            actor_id=None,
            subject_id=delivery.person_id,
            door=report.door,
            proof="report",
            received_at=report.at,
            inbound_id=report.inbound,
            values={"status": report.status, "delivery": delivery.id},
        ),
    )
    _tell_owner(place, delivery, report)


def _tell_owner(place: Place, delivery: Delivery, report: Report) -> None:
    """Tell the inviter if they are of the team, else the owner or the team."""
    seats = roster(place.session, place.activity.id)
    lost = seat_of(seats, delivery.person_id)
    inviter = seat_of(seats, lost.participant.invited_by_id) if lost else None
    of_team = (
        inviter is not None
        and inviter.participant.in_team_lane
        and inviter.participant.membership in {Membership.TOLD, Membership.JOINED}
    )
    readers = [inviter] if inviter and of_team else owners(place.activity, seats)
    # A dead address of the team must not be told about itself.
    to = [addressee(seat) for seat in readers if seat.person.id != delivery.person_id]
    if not to:
        return
    values = Unreachable(
        name=display_name(place.session, delivery.person_id),
        address=delivery.address,
        is_customer=delivery.person_id == place.activity.customer_id,
        status=" ".join((report.said or report.status).split())[:_SHOWN_LETTERS],
        subject=place.activity.subject,
    )
    sheet = Sheet(
        desk=place.desk,
        activity=place.activity,
        at=report.at,
        reason="owner",
        lane=Lane.TEAM,
        references=(root_id(place, Lane.TEAM),),
    )
    send(place.session, place.house, sheet, values, to)
