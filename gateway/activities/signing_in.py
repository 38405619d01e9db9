"""Signing in by a link in a letter: asked for, looked at, used once (decision 0048).

Whoever asks learns nothing of who is known here: the same is written, and the same is
made, up to the one letter that is taken back again.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from gateway.activities import visiting
from gateway.activities.house import House
from gateway.activities.letters import (
    Addressee,
    Sheet,
    language_of,
    send,
    zone_of,
)
from gateway.activities.visiting import Visitor
from parsers.address import is_address, key
from parsers.reply_address import Purpose, number
from storage import blocked, people, web_session
from storage.database import Session
from storage.outbox import Priority
from storage.people import Person
from storage.roster import display_name
from storage.web_session import SignIn
from templates.signing import SignInLink

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_RETURN_TO = re.compile(r"/(?:a/[A-Za-z0-9]{8}|people(?:/[0-9]{1,12})?|settings|held)?")
"""The pages of ours that one may want after signing in; nothing else is a way back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """What the page behind a sign-in link shows."""

    name: str
    """Who one would be signed in as; empty when the link does nothing (any more)."""
    desk: str
    return_to: str
    language: str


def way_back(path: str) -> str:
    """Give the path if it is one of ours that may follow a sign-in, else nothing."""
    return path if _RETURN_TO.fullmatch(path) else ""


def ask(
    house: House, address: str, network: str, return_to: str, now: datetime
) -> bool:
    """Send a link to an address, if somebody here has it; False: too many from there.

    What it gives does not depend on whether the address is known, nor does what is
    written before the answer, but for the letter itself.
    """
    if not is_address(address):
        return True
    limits = house.limits
    counted = _counted_by(house, "address", key(address))
    from_there = _counted_by(house, "network", _network(network))
    with house.database.transaction() as session:
        web_session.forget_old(session, now - _DAY, now)
        since = now - _HOUR
        asked = web_session.asked_since(session, since, network=from_there)
        if asked >= limits.sign_in_links_per_network_hour:
            return False
        asked = web_session.asked_since(session, since, address=counted)
        person = people.by_address(session, address)
        if person is not None and blocked.is_blocked(session, key(address)):
            person = None
        row = SignIn(
            address_mac=counted,
            network_mac=from_there,
            asked_at=now,
            return_to=way_back(return_to),
            person_id=person.id if person else None,
        )
        session.add(row)
        session.flush()
        if asked < limits.sign_in_links_per_address_hour:
            _send_link(session, house, row, person, address)
    house.wake.tell()
    return True


def look(house: House, token: str, now: datetime) -> LinkPage | None:
    """Give the page behind a link; None for a token that is none of ours."""
    with house.database.reading() as session:
        return _page(session, house, token, now)


def enter(house: House, token: str, before: Visitor | None, now: datetime) -> str:
    """Use a link: gives the cookie of the session that begins; empty if it is of none.

    The session that the browser had ends (promises: no session is fixed before).
    """
    with house.database.transaction() as session:
        row = _row(session, house, token, now, lock=True)
        if row is None or row.person_id is None:
            return ""
        row.used_at = now
        if before and (old := session.get(web_session.WebSession, before.session)):
            web_session.end(session, old)
        return visiting.begin(session, house, row.person_id, now)


def _page(session: Session, house: House, token: str, now: datetime) -> LinkPage | None:
    unsealed = house.sealer.unseal(token)
    if unsealed is None or unsealed.purpose is not Purpose.SIGN_IN:
        return None
    row = _row(session, house, token, now)
    if row is None or row.person_id is None:
        return LinkPage(name="", desk="", return_to="", language="")
    person = session.get_one(Person, row.person_id)
    own = visiting.desks_of(session, house, person.id)
    desk = visiting.home_desk(session, house, person, own)
    return LinkPage(
        name=display_name(session, person.id),
        desk=desk.name,
        return_to=row.return_to,
        language=person.language or desk.language,
    )


def _row(
    session: Session, house: House, token: str, now: datetime, *, lock: bool = False
) -> SignIn | None:
    """Give the link behind a token, while it works."""
    unsealed = house.sealer.unseal(token)
    if unsealed is None or unsealed.purpose is not Purpose.SIGN_IN:
        return None
    row = web_session.link(session, unsealed.row, lock=lock)
    life = timedelta(minutes=house.limits.sign_in_minutes)
    if row is None or row.used_at is not None or now - row.asked_at > life:
        return None
    return row


def _send_link(
    session: Session, house: House, row: SignIn, person: Person | None, address: str
) -> None:
    """Write the letter; for an address that nobody has it is taken back."""
    with session.begin_nested() as tried:
        reader = person
        if reader is None:
            member = house.desks.all[0].team[0]
            address = member.address
            reader = people.meet(session, member, now=row.asked_at)
        own = visiting.desks_of(session, house, reader.id)
        desk = visiting.home_desk(session, house, reader, own)
        until = row.asked_at + timedelta(minutes=house.limits.sign_in_minutes)
        sheet = Sheet(
            desk=desk,
            activity=None,
            at=row.asked_at,
            reason="asked",
            subject=desk.name,
            language=language_of(reader, desk),
            zone=zone_of(reader, desk),
            # Somebody waits for it before a page; nor does it count as a robot's.
            priority=Priority.CONVERSATION,
        )
        # As we know the address, not as it was typed now.
        to = Addressee(
            person=reader.id,
            address=people.written(session, address),
            token=number(row.id),
        )
        send(session, house, sheet, SignInLink(desk=desk.name, until=until), [to])
        if person is None:
            tried.rollback()


def _counted_by(house: House, what: str, value: str) -> str:
    return house.sealer.mac(f"sign-in {what}", value, 26)


def _network(host: str) -> str:
    """Give what the limits count as one place: an IPv4 address, a /64 of IPv6."""
    try:
        place = ip_address(host)
    except ValueError:
        return host[:100]
    if isinstance(place, IPv6Address):
        mapped = place.ipv4_mapped
        wide = ip_network((place, 64), strict=False)
        return str(mapped or wide)
    return str(place)
