"""What all watched mailboxes share, and how a look through one can end early."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.inbound.receive import Journalist
from gateway.inbound.recipients import Recipients
from storage.database import Database


class Refused(Exception):  # noqa: N818 (an answer, as the journal's refusals are)
    """The journal takes nothing just now; the mails stay where they are."""


class Stopped(Exception):  # noqa: N818 (an order, no fault)
    """The door closes: leave everything as it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """What all mailboxes share."""

    database: Database
    journalist: Journalist
    recipients: Recipients
    clock: Callable[[], datetime]
    most_octets: int
    """A mail above it is not fetched; the team is told of it."""
    head_octets: int
    """How much of such a mail's header section is fetched."""
    large: threading.BoundedSemaphore
    """Mails above a batch are fetched by few mailboxes at a time."""
