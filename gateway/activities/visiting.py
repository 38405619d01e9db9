"""Who stands before a page: a signed-in person, and what they are at this moment.

The cookie holds a key whose hash we keep, and when its browser last showed a page, both
under a MAC: so a page that is looked at changes no row, and what somebody may see is
read anew at each request.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from gateway.activities.house import House
from gateway.routing.desk import Desk
from parsers.address import key
from storage import activity as activities
from storage import people, web_session
from storage.activity import Participant
from storage.database import Session
from storage.people import Person
from storage.web_session import WebSession

_USE = "session"
_MAC_LETTERS = 26
_KEY_OCTETS = 20
_RENEW_AFTER = timedelta(hours=1)
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A signed-in person, as they are when the page is asked for."""

    person: int
    session: int
    """The number of their browser's row."""
    name: str
    language: str
    zone: str
    desks: tuple[Desk, ...]
    """Those in whose `team` one of their addresses stands."""
    is_marked: bool
    """The people page marks them as staff (decisions B16)."""
    cookie: str
    """What their browser is to hold from now on; empty: what it has will do."""

    @property
    def is_staff(self) -> bool:
        """Say whether they are staff of any desk."""
        return bool(self.desks) or self.is_marked

    @property
    def is_team(self) -> bool:
        """Say whether the settings name them; a mark alone does not."""
        return bool(self.desks)


def begin(session: Session, house: House, person: int, now: datetime) -> str:
    """Sign a browser in; gives its cookie, which stands nowhere else."""
    own = house.chance(_KEY_OCTETS).hex()
    session.add(
        WebSession(
            person_id=person,
            key_hash=_hash(own),
            began_at=now,
            ends_at=now + timedelta(days=house.limits.session_days),
        )
    )
    session.flush()
    return _write(house, own, now)


def visitor(house: House, cookie: str, now: datetime) -> Visitor | None:
    """Give who a cookie stands for; None when it was ended, made up or unused too long.

    Changes nothing.
    """
    read = _read(house, cookie, now)
    if read is None:
        return None
    own, seen = read
    with house.database.reading() as session:
        found = web_session.behind(session, _hash(own))
        if found is None or found.ends_at <= now:
            return None
        person = session.get_one(Person, found.person_id)
        desks = desks_of(session, house, person.id)
        home = home_desk(session, house, person, desks)
        return Visitor(
            person=person.id,
            session=found.id,
            name=person.name or _before_at(session, person.id),
            language=person.language or home.language,
            zone=person.zone or home.zone,
            desks=desks,
            is_marked=person.is_staff,
            cookie=_write(house, own, now) if now - seen > _RENEW_AFTER else "",
        )


def desks_of(session: Session, house: House, person: int) -> tuple[Desk, ...]:
    """Give the desks in whose `team` one of somebody's addresses stands."""
    own = people.address_keys(session, person)
    return tuple(
        desk
        for desk in house.desks.all
        if any(key(member.address) in own for member in desk.team)
    )


def is_let_in(session: Session, house: House, desk: Desk, seat: Participant) -> bool:
    """Say whether a seat counts: one of the team does while its holder is staff."""
    if not seat.is_staff or session.get_one(Person, seat.person_id).is_staff:
        return True
    return desk in desks_of(session, house, seat.person_id)


def home_desk(
    session: Session, house: House, person: Person, own: tuple[Desk, ...] = ()
) -> Desk:
    """Give the desk that speaks to somebody about no case.

    Their own; else that of the newest case they are in; else the first one.
    """
    if own:
        return own[0]
    address = activities.newest_desk_of(session, person.id)
    known = house.desks.by_address(address) if address else None
    return known or house.desks.all[0]


def sign_out(house: House, who: Visitor, *, everywhere: bool) -> None:
    """End this browser's session, or those of all browsers; twice is the same."""
    with house.database.transaction() as session:
        if everywhere:
            web_session.end_all(session, who.person)
        elif found := session.get(WebSession, who.session):
            web_session.end(session, found)


def _write(house: House, own: str, now: datetime) -> str:
    payload = f"{own}.{int(now.timestamp())}"
    return f"{payload}.{house.sealer.mac(_USE, payload, _MAC_LETTERS)}"


def _read(house: House, cookie: str, now: datetime) -> tuple[str, datetime] | None:
    """Give the key, and when its browser showed a page last."""
    payload, _, mac = cookie[:_LONGEST].rpartition(".")
    if len(mac) != _MAC_LETTERS or not house.sealer.verify(_USE, payload, mac):
        return None
    own, _, seconds = payload.partition(".")
    seen = datetime.fromtimestamp(int(seconds), UTC)
    if now - seen > timedelta(days=house.limits.session_idle_days):
        return None
    return own, seen


def _hash(own: str) -> str:
    return sha256(own.encode("ascii")).hexdigest()


def _before_at(session: Session, person: int) -> str:
    own = people.addresses_of(session, person)
    return own[0].written.partition("@")[0] if own else ""
