"""Which desk is meant: of an envelope, an address, an activity."""

from collections.abc import Sequence

from gateway.activities.house import House
from gateway.routing.desk import Desk
from parsers.address import key
from parsers.mail import ParsedMail
from storage import activity as activities
from storage.database import Session

_OPERATOR = frozenset({"postmaster", "abuse"})


def desk_of(session: Session, house: House, activity_id: int) -> Desk | None:
    """Give the desk of an activity; None when it is gone from the settings."""
    activity = activities.find(session, activity_id)
    if activity is None:
        return None
    row = session.get_one(activities.Desk, activity.desk_id)
    return house.desks.by_address(row.address)


def desks_of(house: House, recipients: Sequence[str], mail: ParsedMail) -> list[Desk]:
    """The desks of the envelope; first the one first in To and Cc (decisions G62)."""
    desks = [desk for address in recipients if (desk := addressed(house, address))]
    written = [house.desks.by_address(box.address) for box in (*mail.to, *mail.cc)]
    first = [desk for desk in written if desk in desks]
    return list({id(desk): desk for desk in (*first, *desks) if desk}.values())


def addressed(house: House, address: str) -> Desk | None:
    """Give the desk of an address: its own, an alias, or a token address of it."""
    return house.desks.by_address(address) or house.desks.behind_token(address)


def is_operators(house: House, address: str) -> bool:
    """Say whether an address is the operator's, of a domain that is ours (B24)."""
    local, _, host = key(address).partition("@")
    # RFC 5321 section 4.1.1.3: postmaster counts even without a domain.
    return local in _OPERATOR and (not host or host in house.desks.hosts)
