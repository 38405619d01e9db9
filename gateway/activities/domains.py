"""Domains that refuse us: the team hears of it, and the breaker opens (B1, B2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from gateway.activities.house import House
from gateway.activities.telling import tell_teams
from gateway.routing import breaker
from gateway.routing.breaker import Breaker, Gate
from gateway.routing.desk import Desk
from gateway.routing.limits import Limits
from parsers.address import domain, key
from storage import address_health, domain_health, lease, outbox, returned_mail
from storage.address_health import Health
from storage.database import Session
from storage.domain_health import DomainHealth
from storage.lease import Claimed
from storage.outbox import Delivery
from storage.roster import display_name
from templates.reached import DomainRefuses

_log = structlog.get_logger()

_OURS = "ours"
_DAY = timedelta(days=1)
_MOST_REMEMBERED = 500
_SHOWN_NAMES = 6
_LONGEST = timedelta(hours=2)
"""No letter waits so long for its next try (gateway.outbound.backoff, mail-rules B1);
one to a broken domain waits for as long as that is left alone, and no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a failed letter says of a whole domain."""

    again_at: datetime | None = None
    """The domain is broken: the letter waits, and no person is to blame."""
    told: bool = False
    """The team hears of this very letter by a letter about the domain."""


def failed(  # noqa: PLR0913 (what a report says, and whose it is)
    session: Session,
    house: House,
    delivery: Delivery,
    *,
    class_: str,
    said: str,
    at: datetime,
    desk: Desk | None,
) -> Verdict:
    """Count a letter that came back hard or for policy against its domain.

    More than `breaker_percent` of so many mails, or one refusal for policy among
    them, stop all mail there, and nobody's address suffers for it (B2). A refusal for
    policy is told to the team once a day for each domain (B1).
    """
    row = domain_health.find(session, domain(delivery.address))
    since = at - timedelta(minutes=house.limits.breaker_minutes)
    row.status = said
    _remember(row, delivery, class_, at, since)
    state = _read(row)
    if state.is_open or _trips(session, house, row, since):
        was_open = state.is_open
        _write(row, breaker.broken(state, at, house.limits))
        if not was_open:
            _stop(session, house, row, at)
        return Verdict(again_at=row.again_at, told=not was_open)
    if class_ != _OURS or (row.told_at is not None and at - row.told_at < _DAY):
        return Verdict()
    row.told_at = at
    _tell(session, house, row, at, [desk] if desk else house.desks.all, [delivery])
    return Verdict(told=True)


def _remember(
    row: DomainHealth, delivery: Delivery, class_: str, at: datetime, since: datetime
) -> None:
    """Keep what failed in the last minutes, each letter once."""
    lately = [
        each
        for each in row.failures
        if datetime.fromisoformat(each["at"]) >= since
        and each["delivery"] != delivery.id
    ]
    one: dict[str, Any] = {
        "at": at.isoformat(),
        "class": class_,
        "delivery": delivery.id,
        "key": key(delivery.address),
    }
    row.failures = [*lately[1 - _MOST_REMEMBERED :], one]


def _trips(session: Session, house: House, row: DomainHealth, since: datetime) -> bool:
    limits = house.limits
    hard = sum(each["class"] != _OURS for each in row.failures)
    ours = len(row.failures) - hard
    # Only now are the mails themselves counted: that looks at many rows.
    if not ours and hard * 100 <= limits.breaker_percent * limits.breaker_mails:
        return False
    mails = domain_health.settled_since(session, row.domain, since)
    # The letter in hand is not settled yet.
    return breaker.trips(hard=hard, ours=ours, mails=mails + 1, limits=limits)


def _stop(session: Session, house: House, row: DomainHealth, at: datetime) -> None:
    """Clear those who were blamed too soon, keep their letters, and raise the alarm."""
    _log.warning("domain stopped", domain=row.domain, failures=len(row.failures))
    lost: list[Delivery] = []
    assert row.again_at is not None
    for each in row.failures:
        delivery = outbox.by_id(session, each["delivery"])
        if delivery is None:
            continue
        lost.append(delivery)
        returned_mail.again(delivery, due_at=row.again_at, reply=row.status)
        _clear(session, each["key"], datetime.fromisoformat(each["at"]))
    _tell(session, house, row, at, house.desks.all, lost, stopped=True)


def _clear(session: Session, address: str, blamed_at: datetime) -> None:
    """Take back what a bounce did to an address in the minutes before."""
    health = address_health.find(session, address, lock=True)
    if health is None or health.since is None:
        return
    health.bounces = [
        each
        for each in health.bounces
        if datetime.fromisoformat(each["at"]) < blamed_at
    ]
    if health.since >= blamed_at and health.state is not Health.DEAD:
        health.state, health.since, health.due_at = Health.OK, None, None
        health.reported_at = health.missed_from = None


def _tell(  # noqa: PLR0913 (who, what, whom)
    session: Session,
    house: House,
    row: DomainHealth,
    at: datetime,
    desks: Iterable[Desk],
    lost: list[Delivery],
    *,
    stopped: bool = False,
) -> None:
    names = dict.fromkeys(display_name(session, each.person_id) for each in lost)
    values = DomainRefuses(
        domain=row.domain,
        status=row.status,
        stopped=stopped,
        again_at=row.again_at,
        # What waits will be sent; who is named here got nothing.
        waiting=() if stopped else tuple(names)[:_SHOWN_NAMES],
    )
    tell_teams(session, house, desks, values, at)


def _read(row: DomainHealth) -> Breaker:
    return Breaker(
        broken_at=row.broken_at, again_at=row.again_at, trying=bool(row.trying)
    )


def _write(row: DomainHealth, state: Breaker) -> None:
    row.broken_at, row.again_at = state.broken_at, state.again_at
    row.trying = state.trying


def hold_back(
    limits: Limits, session: Session, claimed: list[Claimed], node: str, now: datetime
) -> list[Claimed]:
    """Put off what was claimed for broken domains; gives what may go.

    No try is counted. As a rule no domain is broken, and one look tells so.
    """
    broken = domain_health.broken(session)
    if not broken:
        return claimed
    free: list[Claimed] = []
    for one in claimed:
        row = broken.get(domain(one.address))
        if row is None:
            free.append(one)
            continue
        state, gate = breaker.gate(_read(row), now, limits)
        _write(row, state)
        if gate is Gate.CLOSED and row.again_at is not None:
            reason = f"mail to {row.domain} is stopped: {row.status}"
            lease.put_off(
                session, one.id, node=node, due_at=row.again_at, reason=reason
            )
        else:
            free.append(one)
    return free


def let_go(house: House, at: datetime) -> int:
    """Try what a clock that was ahead put off for days; gives how many letters."""
    limits = house.limits
    now = house.sends_at or at
    pauses = limits.breaker_pause_minutes + limits.breaker_minutes
    beyond = now + _LONGEST + timedelta(minutes=pauses)
    with house.database.reading() as session:
        if not lease.is_put_off(session, beyond=beyond):
            return 0
    with house.database.transaction() as session:
        for row in domain_health.broken(session).values():
            if row.again_at is not None and row.again_at > beyond:
                row.again_at = now
        return lease.let_go(session, beyond=beyond, now=now)
