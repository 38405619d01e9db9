"""Letters to the team about a case, a person or a domain, and whom they go to."""

from collections.abc import Iterable
from datetime import datetime

from gateway.activities import private
from gateway.activities.audience import is_gone, stand_in
from gateway.activities.house import House
from gateway.activities.letters import Addressee, Sheet, addressee, send
from gateway.activities.place import Place
from gateway.activities.references import root_id
from gateway.routing.desk import Desk
from parsers.address import key
from storage import address_health, people
from storage.activity import Activity, Lane, Membership
from storage.database import Session
from storage.roster import Seat, roster, seat_of
from templates.reached import Complained, Unreachable
from templates.values import Values

_HEARD = frozenset({"message", "notice"})
_STAYS = frozenset({Membership.TOLD, Membership.JOINED})


def owners(activity: Activity, seats: list[Seat], at: datetime) -> list[Seat]:
    """Give whom "the owner is told" means: the owner, else the team (decisions B17).

    An owner whose mail comes back, or who complained of it, hears nothing, so the team
    stands in for them (R16). For one who has paused or is away at that instant it is
    their deputy, else those of the team who are there (decisions D35).
    """
    owner = seat_of(seats, activity.owner_id)
    first = stand_in(seats, owner, at) or owner
    if first is not None and _is_there(first, at):
        return [first]
    here = team(seats)
    return [seat for seat in here if _is_there(seat, at)] or here


def _is_there(seat: Seat, at: datetime) -> bool:
    reads = seat.reachable and not seat.refused & _HEARD
    return reads and not is_gone(seat.person, at)


def team(seats: list[Seat]) -> list[Seat]:
    """Give those of the team lane who are still there."""
    return [
        seat
        for seat in seats
        if seat.participant.is_staff and seat.participant.membership in _STAYS
    ]


def tell_about(place: Place, person: int, values: Values, at: datetime) -> None:
    """Tell what befell a person to their inviter if of the team, else to the owner.

    Whoever it befell is not told about themselves.
    """
    seats = roster(place.session, place.activity.id)
    lost = seat_of(seats, person)
    inviter = seat_of(seats, lost.participant.invited_by_id) if lost else None
    if inviter in team(seats) and _is_there(inviter, at):
        readers = [inviter]
    else:
        readers = owners(place.activity, seats, at)
    others = [seat for seat in readers if seat.person.id != person]
    if not others:
        others = [seat for seat in team(seats) if seat.person.id != person]
    tell(place, others, values, at)


def tell_author(place: Place, author: Seat, customer: Seat, at: datetime) -> None:
    """Tell one of the team that their answer did not go to its customer, and why."""
    if not author.participant.in_team_lane:
        return
    if customer.refused:
        complained = Complained(
            name=customer.name,
            address=customer.address,
            is_customer=True,
            kind="message",
            subject=place.activity.subject,
        )
        tell(place, [author], complained, at)
        return
    known = address_health.find(place.session, key(customer.address))
    values = Unreachable(
        name=customer.name,
        address=customer.address,
        is_customer=True,
        status=known.status if known else "",
        subject=place.activity.subject,
        given_up=True,
        since=known.since if known else None,
    )
    tell(place, [author], values, at)


def tell(place: Place, readers: Iterable[Seat], values: Values, at: datetime) -> None:
    """Send a letter about a case to some of its team: those whom mail reaches."""
    to = [addressee(seat) for seat in readers if seat.reachable]
    if not to:
        return
    sheet = Sheet(
        desk=place.desk,
        activity=place.activity,
        at=at,
        reason="owner",
        lane=Lane.TEAM,
        references=(root_id(place, Lane.TEAM),),
    )
    send(place.session, place.house, sheet, values, to)


def tell_teams(
    session: Session, house: House, desks: Iterable[Desk], values: Values, at: datetime
) -> None:
    """Send a letter about no case to the teams of desks; to nobody twice."""
    told: set[str] = set()
    for desk in desks:
        readers = [
            reader
            for reader in team_of(session, desk, at)
            if key(reader.address) not in told
        ]
        told |= {key(reader.address) for reader in readers}
        sheet = Sheet(desk=desk, activity=None, at=at, reason="team", lane=Lane.TEAM)
        if readers:
            send(session, house, sheet, values, readers)


def team_of(session: Session, desk: Desk, now: datetime) -> list[Addressee]:
    """The desk's team, as readers of a letter about no activity."""
    return [
        Addressee(
            person=people.meet(session, member, now=now).id,
            address=member.address,
            token=None,
        )
        for member in desk.team
    ]


def desk_team(place: Place, seats: list[Seat], at: datetime) -> list[Addressee]:
    """Give the team of a case's desk, but whom the case is kept from (decision 54)."""
    return [
        reader
        for reader in team_of(place.session, place.desk, at)
        if not is_kept_from(place, seats, reader.person)
    ]


def is_kept_from(place: Place, seats: list[Seat], person: int) -> bool:
    """Say whether one of the desk's team is the customer or guest of its case."""
    seat = seat_of(seats, person)
    own = seat.participant if seat else None
    return private.is_kept_from(place.session, place.activity, person, own)
