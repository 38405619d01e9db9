"""A letter came back: mark its recipient, tell the owner once (mail-rules B1, B2)."""

from datetime import datetime

import structlog

from gateway.activities.holding import owners
from gateway.activities.house import House
from gateway.activities.letters import Sheet, send
from gateway.activities.membership import addressee
from gateway.activities.references import root_id
from gateway.activities.routes import desk_of
from gateway.routing.desk import Desk
from parsers.address import key
from parsers.bounce import classify
from parsers.mail import Bounce
from storage import activity as activities
from storage import address_health, outbox
from storage import event as events
from storage.activity import Activity, Lane
from storage.database import Session
from storage.event import Event, Kind
from storage.outbox import Delivery
from storage.roster import display_name, roster, seat_of
from templates.values import Unreachable

_log = structlog.get_logger()

_DEAD = "hard"
_KNOWN = frozenset({"hard", "soft", "full", "ours", "content", "note"})


def refused(
    house: House, delivery_id: int, *, status: str, text: str, now: datetime
) -> None:
    """Take a permanent refusal by the smarthost as a report on that delivery."""
    with house.database.transaction() as session:
        came_back(
            session,
            house,
            delivery_id,
            status=status,
            said=text,
            severity=classify("failed", status, text),
            now=now,
            door="smarthost",
        )


def reported(
    session: Session,
    house: House,
    delivery_id: int,
    bounce: Bounce,
    now: datetime,
    inbound: int | None,
) -> None:
    """Take a delivery report that came to the return path of one delivery.

    The recipient is the one of our row, not of the report's text (table B1).
    """
    if not bounce.recipients:
        return
    worst = min(bounce.recipients, key=lambda each: each.class_ != _DEAD)
    came_back(
        session,
        house,
        delivery_id,
        status=worst.status,
        said=worst.diagnostic or worst.status,
        severity=worst.class_,
        now=now,
        door="smtp",
        inbound=inbound,
    )


def came_back(
    session: Session,
    house: House,
    delivery_id: int,
    *,
    status: str,
    said: str,
    severity: str,
    now: datetime,
    door: str,
    inbound: int | None = None,
) -> None:
    """Mark the recipient of a delivery; tell the owner when mail cannot reach them."""
    delivery = outbox.by_id(session, delivery_id)
    if delivery is None or severity not in _KNOWN:
        return
    _log.info(
        "bounced", delivery=delivery_id, severity=severity, status=status, door=door
    )
    if severity != _DEAD:
        return
    fell = address_health.fell(session, key(delivery.address), status=status, at=now)
    if not fell or delivery.activity_id is None:
        return
    activity = activities.find(session, delivery.activity_id)
    desk = activity and desk_of(session, house, activity.id)
    if activity is None or desk is None:
        return
    events.record(
        session,
        Event(
            activity_id=activity.id,
            lane=Lane.TEAM,
            kind=Kind.UNREACHABLE,
            actor_id=None,
            subject_id=delivery.person_id,
            door=door,
            proof="report",
            received_at=now,
            inbound_id=inbound,
            values={"status": status},
        ),
    )
    _tell_owner(session, house, desk, activity, delivery, said or status, now)


def _tell_owner(
    session: Session,
    house: House,
    desk: Desk,
    activity: Activity,
    delivery: Delivery,
    said: str,
    now: datetime,
) -> None:
    seats = roster(session, activity.id)
    invited = seat_of(seats, delivery.person_id)
    readers = owners(activity, seats)
    inviter = invited and seat_of(seats, invited.participant.invited_by_id)
    if inviter and inviter.participant.in_team_lane and inviter not in readers:
        readers = [inviter]
    # A dead address of the team must not be told about itself.
    readers = [seat for seat in readers if seat.person.id != delivery.person_id]
    if not readers:
        return
    values = Unreachable(
        name=display_name(session, delivery.person_id),
        address=delivery.address,
        is_customer=delivery.person_id == activity.customer_id,
        status=" ".join(said.split())[:300],
        subject=activity.subject,
    )
    root = root_id(house, activity.id, Lane.TEAM, desk.reply.domain)
    sheet = Sheet(
        desk=desk,
        activity=activity,
        reason="owner",
        lane=Lane.TEAM,
        references=(root,),
    )
    to = [addressee(seat) for seat in readers]
    send(session, house, values, sheet, to, now)
    house.wake.tell_all(session)
