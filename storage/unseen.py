"""Somebody who waits unseen, and why it is so (promises R16)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Why(StrEnum):
    """What is wrong; letters know these names."""

    NO_PROMISE = "no_promise"
    FORGOTTEN = "forgotten"
    CUSTOMERS_TURN = "customers_turn"
    AFTER_RESOLUTION = "after_resolution"
    OWNER_GONE = "owner_gone"
    NOBODY = "nobody"
    UNSEEN = "unseen"
    UNREAD = "unread"
    UNTOLD = "untold"
    NO_DEADLINE = "no_deadline"
    UNREMINDED = "unreminded"
    MACHINE = "machine"


_SAYS = {
    Why.NO_PROMISE: "the customer of {} waits without a promise",
    Why.FORGOTTEN: "the customer of {} wrote last, and nobody counts them as waiting",
    Why.CUSTOMERS_TURN: "the customer of {} wrote last, yet it counts as their turn",
    Why.AFTER_RESOLUTION: "the customer of {} wrote after it was resolved",
    Why.OWNER_GONE: "the owner of {}, whose customer waits, takes part no longer",
    Why.NOBODY: "the customer of {} waits, and nobody of the team can be reached there",
    Why.UNSEEN: "nobody of the team who is there got what the customer of {} wrote",
    Why.UNREAD: "mail {} was accepted and has been read by nobody since",
    Why.UNTOLD: "mail {} waits for a human, and nobody was told of it",
    Why.NO_DEADLINE: "mail {} waits for a human without a deadline",
    Why.UNREMINDED: "mail {} is past its deadline, and nobody was reminded",
    Why.MACHINE: "mail {} of a customer was taken for a machine's, and nobody was told",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """One exception: somebody waits and nobody looks after it."""

    why: Why
    activity: int | None = None
    public_id: str = ""
    subject: str = ""
    """Of the case, if there is one."""
    inbound: int | None = None
    sender: str = ""
    """Of the mail's envelope, if it is a mail."""
    since: datetime
    desk: str = ""
    """The matching key of the desk's address; empty when it is not known."""

    @property
    def text(self) -> str:
        """What is wrong, in plain English."""
        return _SAYS[self.why].format(self.public_id or self.inbound)
