"""When a whole domain refuses, its people have no part in it (mail-rules B2); pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.routing.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """What is known of a domain that refused mail."""

    broken_at: datetime | None = None
    again_at: datetime | None = None
    """Until then nothing goes there; then one mail tries."""
    trying: bool = False
    """One mail has gone and nothing has come of it so far."""

    @property
    def is_open(self) -> bool:
        """Nothing goes there."""
        return self.broken_at is not None


class Gate(StrEnum):
    """What becomes of mail to a broken domain at an instant."""

    CLOSED = "closed"
    ONE = "one"
    """One mail goes and tries; the others wait for what comes of it."""
    FREE = "free"


def trips(*, hard: int, ours: int, mails: int, limits: Limits) -> bool:
    """Say whether so many failures of so many mails are the domain's affair."""
    if mails < limits.breaker_mails:
        return False
    return ours > 0 or hard * 100 > limits.breaker_percent * mails


def broken(breaker: Breaker, at: datetime, limits: Limits) -> Breaker:
    """Stop, or after a try that failed go on stopping."""
    if breaker.is_open and not breaker.trying:
        return breaker
    return Breaker(
        broken_at=breaker.broken_at or at,
        again_at=at + timedelta(minutes=limits.breaker_pause_minutes),
    )


def gate(breaker: Breaker, now: datetime, limits: Limits) -> tuple[Breaker, Gate]:
    """Say what may go now, and what the breaker is afterwards."""
    if not breaker.is_open or breaker.again_at is None:
        return breaker, Gate.FREE
    if now < breaker.again_at:
        return breaker, Gate.CLOSED
    if breaker.trying:
        return Breaker(), Gate.FREE
    quiet = now + timedelta(minutes=limits.breaker_minutes)
    return replace(breaker, trying=True, again_at=quiet), Gate.ONE
