"""Journal to outbox: claim, read, gather, decide, apply; a mail whole or not at all."""

from collections.abc import Callable
from datetime import datetime

import structlog

from gateway.activities import door, holding, outcomes, several
from gateway.activities.gather import gather, only_new, thread_key, without_tokens
from gateway.activities.house import House
from gateway.activities.letterbox import Letterbox
from gateway.activities.offered import Offered
from gateway.activities.reading import Reader
from gateway.activities.routes import find_routes
from gateway.routing.decide import decide
from gateway.routing.decision import Decision
from gateway.routing.desk import Desk
from parsers.mail import ParsedMail
from storage import activity as activities
from storage import journal, pending
from storage.database import Session
from storage.journal import Inbound, State

_log = structlog.get_logger()

_BATCH = 20
# Read mails are held in memory, with their files, until each is settled.
_AHEAD_OCTETS = 8_000_000
# Of several routes, the weightiest state is the mail's: one waits, all wait.
_WEIGHT = (State.HELD, State.DONE, State.DISCARDED)

Clock = Callable[[], datetime]


def process_some(house: House, reader: Reader, *, node: str, clock: Clock) -> int:
    """Take some pending mails and settle them, each in one transaction.

    `node` names this worker; another takes over what it leaves for longer than the
    lease. Returns how many mails were settled; a mail that fails is tried again, and
    set aside after `limits.attempts`. One bad mail never stops the others.
    """
    with house.database.transaction(lax=True) as session:
        most = house.limits.attempts
        dead = pending.exhausted(session, now=clock(), most_attempts=most)
        claimed = pending.claim(
            session,
            node=node,
            now=clock(),
            lease=house.lease,
            most=_BATCH,
            most_attempts=most,
        )
    for row in dead:
        _set_aside(house, row, f"its reader died {row.attempts} times", clock())
    if not claimed:
        return 0
    mails = _read_ahead(house, reader, claimed, clock)
    read = [row for row in claimed if row.id in mails]
    if not _key_threads(house, read, mails, clock()):
        return 0
    return sum(
        _settle_one(house, row, mails[row.id], node=node, now=clock()) for row in read
    )


def _read_ahead(
    house: House, reader: Reader, claimed: list[Inbound], clock: Clock
) -> dict[int, ParsedMail]:
    """Read what there is time and room for; what is left goes back untried.

    Reading takes half the lease at most, so that all of it can still be settled.
    """
    mails: dict[int, ParsedMail] = {}
    ends = clock() + house.lease / 2
    octets = 0
    for index, row in enumerate(claimed):
        octets += row.size
        if index and (octets > _AHEAD_OCTETS or clock() > ends):
            with house.database.transaction(lax=True) as session:
                for left in claimed[index:]:
                    pending.put_back(session, left.id)
            break
        mail = _read(house, reader, row, clock())
        if mail is not None:
            mails[row.id] = mail
    return mails


def _read(
    house: House, reader: Reader, row: Inbound, now: datetime
) -> ParsedMail | None:
    try:
        return reader.read(journal.octets(row, house.blobs))
    except Exception as error:
        _give_back(house, row, error, now)
        return None


def _key_threads(
    house: House, rows: list[Inbound], mails: dict[int, ParsedMail], now: datetime
) -> bool:
    """Note to which thread each mail belongs; False when one of them broke it."""
    try:
        with house.database.transaction(lax=True) as session:
            keys = {}
            for row in rows:
                mail = mails[row.id]
                at = offered_of(row).by_hand_at
                first = find_routes(
                    session, house, row.recipients, mail, by_hand_at=at
                )[0]
                keys[row.id] = row.thread_key = thread_key(first, mail.sender)
            pending.key_threads(session, keys)
    except Exception as error:
        # Nobody knows which: from now on each of them is tried alone.
        for row in rows:
            _give_back(house, row, error, now)
        return False
    return True


def _settle_one(
    house: House, row: Inbound, mail: ParsedMail, *, node: str, now: datetime
) -> int:
    try:
        with house.database.transaction(aside=True) as session:
            if not pending.holds_lease(session, row.id, node, now):
                return 0
            if pending.is_blocked(session, row):
                pending.put_back(session, row.id)
                return 0
            _enter(session, row)
            apply_mail(session, house, offered_of(row), mail)
    except Exception as error:
        _give_back(house, row, error, now)
        return 0
    house.wake.tell()
    return 1


def _enter(session: Session, row: Inbound) -> None:
    """Lock the activity of a mail before anything is looked up (decisions A6).

    Whoever is there by a page is done then, and what they did is seen.
    """
    kind, _, number = (row.thread_key or "").partition(":")
    if kind == "a":
        activities.find(session, int(number), lock=True)


def _give_back(house: House, row: Inbound, error: Exception, now: datetime) -> None:
    """After a fault: later again, or set aside; whatever it was, the others go on."""
    reason = f"{type(error).__name__}: {error}".replace("\0", "")[:500]
    _log.exception("process failed", inbound=row.id, attempt=row.attempts)
    if row.attempts >= house.limits.attempts:
        _set_aside(house, row, reason, now)
        return
    with house.database.transaction() as session:
        pending.give_back(session, row.id, node=row.leased_by, reason=reason)


def _set_aside(house: House, row: Inbound, reason: str, now: datetime) -> None:
    """Let a mail rest that broke us too often; its desk hears of it (R16, T27)."""
    try:
        with house.database.transaction() as session:
            if pending.set_aside(
                session, row.id, node=row.leased_by, reason=reason, now=now
            ):
                holding.tell_broken(session, house, offered_of(row), now)
    except Exception:
        # Told or not, it must not be tried for ever.
        _log.exception("failed mail could not be told", inbound=row.id)
        with house.database.transaction() as session:
            pending.set_aside(
                session, row.id, node=row.leased_by, reason=reason, now=now
            )
    house.wake.tell()


def offered_of(row: Inbound) -> Offered:
    """Give what the rules need of a journal row."""
    return Offered(
        inbound=row.id,
        sender=row.sender,
        recipients=tuple(row.recipients),
        trusted=row.trusted,
        digest=row.digest,
        door=row.door,
        received_at=row.received_at,
        peer=row.peer,
        by_hand=bool(row.values.get("by_hand")),
        oversize=row.values.get("oversize"),
        marked=str(row.values.get("marked", "")),
        senderless=bool(row.values.get("senderless")),
        released=str(row.values.get("released", "")),
        released_in=row.values.get("released_in"),
        author=row.values.get("author"),
        meant=dict(row.values.get("meant", {})),
        passed=frozenset((asked, at) for asked, at in row.values.get("passed", ())),
        notes=frozenset(row.values.get("notes", ())),
        refused_in=frozenset(row.values.get("refused_in", ())),
    )


def apply_mail(
    session: Session, house: House, offered: Offered, mail: ParsedMail
) -> None:
    """Decide and do what a mail asks for on each of its routes, and settle it."""
    mail = without_tokens(house, mail)
    settled: list[tuple[State, str, str]] = []
    holding_desks: list[Desk] = []
    done: list[tuple[Letterbox, Decision]] = []
    for route in find_routes(
        session, house, offered.recipients, mail, by_hand_at=offered.by_hand_at
    ):
        new = only_new(session, mail, route)
        facts = gather(session, house, offered, new, route)
        rule, decision = decide(facts)
        # When its own desk is gone, the first one speaks: nothing must be lost.
        desk = route.desk or house.desks.all[0]
        box = Letterbox(
            session=session,
            house=house,
            desk=desk,
            offered=offered,
            mail=new,
            facts=facts,
        )
        state, reason = outcomes.apply(box, decision)
        _log.info(
            "decided",
            inbound=offered.inbound,
            rule=rule,
            decision=type(decision).__name__,
        )
        settled.append((state, reason, rule))
        if state is State.HELD:
            holding_desks.append(desk)
        elif state is State.DONE:
            _is_in(box, route.activity)
        done.append((box, decision))
    several.report(done)
    state, reason, rule = min(settled, key=lambda each: _WEIGHT.index(each[0]))
    if offered.inbound is not None:
        if holding_desks:
            # Whoever was told of it decides; what is told later waits at the first.
            holding.set_deadline(
                session, holding_desks[0], offered.inbound, offered.received_at
            )
        pending.finish(
            session,
            offered.inbound,
            state,
            reason=reason,
            by=rule,
            now=offered.received_at,
        )
        if offered.is_again and state is not State.HELD:
            journal.done_with(session, offered.inbound, offered.received_at)


def _is_in(box: Letterbox, activity: int | None) -> None:
    """See to what waited with a mail that is in: its copies, and the next in line."""
    holding.settle_twin(box)
    offered = box.offered
    if offered.inbound is not None and offered.is_again and activity is not None:
        door.call_next(box.session, offered.inbound, activity, offered.received_at)
