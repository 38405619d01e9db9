"""Sends what the outbox holds: claims, hands out, settles each delivery by itself.

One thread claims, some send. A delivery is settled right after the smarthost's 250, so
that a death repeats the one in hand of each connection at most, under the Message-ID
that it had (promises R2, R3).
"""

import random
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar, assert_never

import structlog

from gateway.outbound import backoff
from gateway.outbound.copies import Copies
from gateway.outbound.courier import (
    Courier,
    Later,
    Never,
    Outcome,
    Sent,
    Unreachable,
)
from gateway.outbound.hand import Hand
from gateway.outbound.pace import Pace, State
from gateway.outbound.smarthost import Smarthost
from gateway.routing.health import Again
from parsers.assigned_id import assigned
from parsers.reply_address import Sealer
from storage import assigned_id, digest_returned
from storage import lease as leases
from storage.database import Database, Session
from storage.lease import Claimed
from storage.outbox import Priority
from storage.wake import Wake

_IDLE_SECONDS = 0.5
"""How often to look when nobody tells: deferred mail becomes due unannounced."""
_BUSY_SECONDS = 0.05
_LULL_SECONDS = 0.003
"""Several mails are settled within so long: one look for what may follow is enough."""
_QUIET_SECONDS = 30.0
"""After so long without work a courier hangs up."""
_FINISH_SECONDS = 8.0
_ABORT_SECONDS = 1.0
"""Together less than the ten seconds of promises R11."""
_MARGIN = timedelta(seconds=5)
"""A lease that ends sooner is renewed before a mail is begun: clocks differ."""
_EXPIRED = "5.4.7"
"""Delivery time expired (RFC 3463 section 3.5)."""


T = TypeVar("T")

_log = structlog.get_logger()


class OnRefusal(Protocol):
    """What is told of a refusal for good, before the delivery is given up.

    After a death it may be told again of the same delivery.
    """

    def __call__(
        self, delivery_id: int, *, status: str, text: str, now: datetime
    ) -> Again | None:
        """Take the status of RFC 3463 and the reply; 5.4.7 when patience ended.

        Gives when to try after all; None gives up.
        """


class HoldBack(Protocol):
    """What may put off some of what was claimed, in the same transaction."""

    def __call__(
        self, session: Session, claimed: list[Claimed], node: str, now: datetime
    ) -> list[Claimed]:
        """Give what may go now."""


def _all_go(
    session: Session,  # noqa: ARG001 (it is what `HoldBack` says)
    claimed: list[Claimed],
    node: str,  # noqa: ARG001
    now: datetime,  # noqa: ARG001
) -> list[Claimed]:
    return claimed


@dataclass(kw_only=True)
class Dispatch:
    """The role; `run` it in a thread of its own."""

    database: Database
    wake: Wake
    sealer: Sealer
    smarthost: Smarthost
    node: str
    """Who leases; a suffix makes it unlike any other that is or was."""
    clock: Callable[[], datetime]
    on_refusal: OnRefusal
    may_go: Callable[[str, bytes], bool]
    """Whether a mail may still go to a recipient: settings change while it waits."""
    hold_back: HoldBack = _all_go
    """Keeps what goes to domains that refuse everything (mail-rules B2)."""
    chance: Callable[[], float] = random.random
    lease: timedelta = timedelta(seconds=60)
    patience: timedelta = timedelta(days=5)
    digest_patience: timedelta = timedelta(hours=12)
    batch: int = 50

    _hand: Hand = field(init=False)
    _copies: Copies = field(init=False)
    _receipts: leases.Receipts = field(init=False)
    _plenty: bool = field(default=False, init=False)
    """The last claim was a full batch, so there is more."""
    _pace: Pace = field(init=False)
    _state: State = field(init=False)

    def __post_init__(self) -> None:
        """Make the parts; nothing is connected yet."""
        self.node = f"{self.node}.{int(self.chance() * 2**48):x}"
        self._hand = Hand(low=2 * self.smarthost.connections)
        self._copies = Copies(self.database, self.sealer)
        self._receipts = leases.Receipts(self.database)
        self._pace = Pace(self.smarthost.max_per_second)
        self._state = State(self.chance)

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set; then finish or give back within ten seconds."""
        couriers = [Courier(self.smarthost) for _ in range(self.smarthost.connections)]
        workers = [
            threading.Thread(target=self._work, args=(one,), name=f"courier-{n}")
            for n, one in enumerate(couriers, 1)
        ]
        for worker in workers:
            worker.start()
        try:
            while not stop.is_set():
                self._round()
        finally:
            self._finish(couriers, workers)

    @property
    def smarthost_failures(self) -> int:
        """How often in a row the smarthost could not be reached; 0: it can."""
        return self._state.failures

    # The one that claims.

    def _round(self) -> None:
        try:
            self._keep_leases()
            if self._claim():
                return
        except Exception:
            # The database is away or locked for long: what is queued stays queued.
            _log.exception("dispatch cannot claim", node=self.node)
            self._hand.wait(_IDLE_SECONDS)
            return
        if self._hand.ids:
            self._hand.wait(_BUSY_SECONDS)
            time.sleep(_LULL_SECONDS)
        else:
            self.wake.wait(
                min(_IDLE_SECONDS, self._state.pause_left() or _IDLE_SECONDS)
            )

    def _claim(self) -> bool:
        """Take on as much as there is room for; False when there was nothing.

        While enough waits for the couriers, only what goes before the last of it.
        """
        most = self._room()
        before = None if self._hand.is_low else self._hand.last_priority
        now, lease = self.clock(), self.lease
        is_known = self._plenty and before is None
        if not most or not (is_known or self._is_due(now, before)):
            return False
        with self.database.transaction(lax=True) as session:
            claimed = leases.claim(
                session, node=self.node, now=now, lease=lease, most=most, before=before
            )
            self._plenty = len(claimed) == self.batch and before is None
            if claimed:
                claimed = self.hold_back(session, claimed, self.node, now)
        try:
            self._copies.fetch({one.letter_id for one in claimed})
        finally:
            self._hand.put(claimed)
        return bool(claimed)

    def _is_due(self, now: datetime, before: int | None) -> bool:
        if before == Priority.CONVERSATION:
            return False
        with self.database.reading() as session:
            return leases.is_due(session, node=self.node, now=now, before=before)

    def _room(self) -> int:
        if self._state.pause_left() or self._hand.waiting >= 2 * self.batch:
            return 0
        if self._state.failures:
            # One mail finds out whether the smarthost is back (F58).
            return 0 if self._hand.ids else 1
        return self.batch

    def _keep_leases(self) -> None:
        """Renew at half time: a slow smarthost is no reason to lose what is in hand."""
        first, now = self._hand.first_end(), self.clock()
        if first is not None and first - now < self.lease / 2:
            self._renew(self._hand.ids, now)

    def _renew(self, ids: Collection[int], now: datetime) -> set[int]:
        until = now + self.lease
        with self.database.transaction(lax=True) as session:
            ours = leases.renew(session, ids, node=self.node, until=until)
        self._hand.renewed(ours, until)
        if lost := set(ids) - ours:
            self._hand.drop(lost)
        return ours

    def _finish(self, couriers: list[Courier], workers: list[threading.Thread]) -> None:
        waiting = self._hand.empty()
        self._hand.close()
        self._pace.end()
        self._give_back(waiting)
        _join(workers, _FINISH_SECONDS)
        for courier in couriers:
            courier.abort()
        _join(workers, _ABORT_SECONDS)
        self._give_back(self._hand.ids)

    # Those that send.

    def _work(self, courier: Courier) -> None:
        while True:
            one = self._hand.take(_QUIET_SECONDS)
            if one is not None:
                self._deliver(courier, one)
                continue
            courier.close()
            self._receipts.close()
            if self._hand.is_closed:
                return

    def _deliver(self, courier: Courier, one: Claimed) -> None:
        try:
            if not self._pace.wait():
                self._give_back([one.id])
                return
            if not self._is_ours(one):
                _log.warning("lease lost before sending", delivery=one.id)
                self._hand.done([one.id])
                return
            parcel = self._copies.parcel(one)
            if not self.may_go(parcel.recipient, parcel.octets):
                self._give_up(one, "the desk only listens", self.clock())
                self._hand.done([one.id])
                return
            outcome: Outcome = courier.carry(parcel, partial(self._is_ours, one))
        except Exception as fault:
            # One broken letter must not stop the others.
            _log.exception("delivery failed", delivery=one.id, letter=one.letter_id)
            outcome = Later(f"our fault: {type(fault).__name__}")
        self._settle(one, outcome)
        self._hand.done([one.id])

    def _is_ours(self, one: Claimed) -> bool:
        """Say whether we may send; asks the database when the lease is nearly over."""
        until, now = self._hand.leased_until(one.id), self.clock()
        if until is None:
            return False
        return now < until - _MARGIN or one.id in self._renew([one.id], now)

    def _settle(self, one: Claimed, outcome: Outcome) -> None:
        if not isinstance(outcome, Unreachable) and self._state.is_back():
            _log.info("smarthost is back")
        match outcome:
            case Sent(reply):
                self._note_sent(one, reply)
                # Once per copy, and the row says it too.
                _log.debug("sent", delivery=one.id)
            case Later(reply):
                self._put_off(one, reply)
            case Never(status, reply):
                _log.info("refused", delivery=one.id, status=status)
                self._refuse(one, status, reply)
            case Unreachable(reason):
                self._leave_alone(one, reason)
            case _:
                assert_never(outcome)

    def _put_off(self, one: Claimed, reply: str) -> None:
        is_digest = one.priority == Priority.DIGEST
        patience = self.digest_patience if is_digest else self.patience
        wait = backoff.wait(one.attempts + 1, patience, self.chance())
        now = self.clock()
        if wait is not None:
            self._note(leases.defer, one, due_at=now + wait, reply=reply)
            _log.info("deferred", delivery=one.id, attempts=one.attempts + 1)
        elif is_digest:
            # Nobody misses it: the next digest tells the same (mail-rules B2).
            self._give_up(one, reply, now)
            _log.info("digest given up", delivery=one.id)
        else:
            _log.warning("out of patience", delivery=one.id, attempts=one.attempts + 1)
            self._refuse(one, _EXPIRED, reply, is_last=True)

    def _refuse(
        self, one: Claimed, status: str, reply: str, *, is_last: bool = False
    ) -> None:
        now = self.clock()
        try:
            again = self.on_refusal(one.id, status=status, text=reply, now=now)
        except Exception:
            # Somebody must hear of it: the next try will be refused again.
            _log.exception("refusal could not be told", delivery=one.id)
            pause = backoff.wait(1, self.patience, self.chance()) or self.lease
            self._note(leases.defer, one, due_at=now + pause, reply=reply)
            return
        if again is None or is_last:
            self._give_up(one, reply, now)
        elif again.at is None:
            self._put_off(one, reply)
        else:
            self._note(leases.defer, one, due_at=again.at, reply=reply)

    def _give_up(self, one: Claimed, reply: str, now: datetime) -> None:
        is_digest = one.priority == Priority.DIGEST
        settle = digest_returned.give_up if is_digest else leases.give_up
        self._note(settle, one, reply=reply, now=now)

    def _leave_alone(self, one: Claimed, reason: str) -> None:
        """Give back all that nobody has begun; not one try is counted (F58)."""
        pause = self._state.failed()
        if pause and not self._hand.is_closed:
            _log.warning("smarthost unreachable", reason=reason, pause=round(pause, 1))
        ids = [one.id, *self._hand.empty()]
        self._give_back(ids, reason)

    def _give_back(self, ids: Collection[int], reason: str | None = None) -> None:
        if ids:
            back = partial(leases.give_back, ids=ids, node=self.node, reason=reason)
            self._write(back)
            self._hand.done(ids)

    def _note(
        self, settle: Callable[..., bool], one: Claimed, **values: object
    ) -> None:
        """Write down what became of a delivery that was not sent."""
        note = partial(settle, delivery_id=one.id, node=self.node, **values)
        self._check(one, self._write(note))

    def _note_sent(self, one: Claimed, reply: str) -> None:
        if given := assigned(reply):
            # Before it counts as sent: its answer may come at once.
            keep_id = partial(assigned_id.keep, letter_id=one.letter_id)
            self._write(partial(keep_id, message_id=given))
        now = self.clock()
        keep = partial(
            self._receipts.keep, one.id, node=self.node, reply=reply, now=now
        )
        self._check(one, self._persist(keep))

    def _check(self, one: Claimed, ours: bool | None) -> None:  # noqa: FBT001
        if ours is False:
            _log.warning("lease lost while sending", delivery=one.id)

    def _write(self, change: Callable[..., T]) -> T | None:
        def attempt() -> T:
            with self.database.transaction(lax=True) as session:
                return change(session)

        return self._persist(attempt)

    def _persist(self, attempt: Callable[[], T]) -> T | None:
        """Write, however long the database is away; None when we end before that.

        What is known must not be thrown away: a mail that was not noted as sent would
        be sent again.
        """
        while True:
            try:
                return attempt()
            except Exception:
                _log.exception("outbox cannot be written", node=self.node)
                if self._hand.is_closed:
                    return None
                time.sleep(_IDLE_SECONDS)


def _join(threads: list[threading.Thread], seconds: float) -> None:
    ends = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, ends - time.monotonic()))
