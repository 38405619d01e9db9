"""Letters of the gallery about promises, and about a case that somebody put first."""

from datetime import datetime, timedelta

from templates.promised import Promise, PromiseDue, PutFirst, Urgent


def due(
    customer: str, subject: str, owner: str, promise: Promise, since: datetime
) -> PromiseDue:
    """Give the reminder of a promise, to whoever is to keep it."""
    return PromiseDue(
        customer=customer,
        subject=subject,
        promise=promise,
        waits_since=since,
        owner=owner,
        is_yours=True,
        is_late=False,
        next_day=0,
    )


def late(
    customer: str, subject: str, owner: str, promise: Promise, since: datetime
) -> PromiseDue:
    """Give what the team is told once a promise is late."""
    return PromiseDue(
        customer=customer,
        subject=subject,
        promise=promise,
        waits_since=since,
        owner=owner,
        is_yours=False,
        is_late=True,
        next_day=None,
    )


def urgent(
    customer: str, subject: str, by: str, why: str, promise: Promise, since: datetime
) -> Urgent:
    """Give what goes at once when somebody of the team puts a case first."""
    return Urgent(
        customer=customer,
        subject=subject,
        urgent=PutFirst(why=why, by=by, until=since + timedelta(hours=24)),
        promise=promise,
        waits_since=since,
        owner="",
        is_yours=False,
    )
