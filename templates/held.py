"""What letters need to know of mail that waits."""

from dataclasses import dataclass
from datetime import datetime

from templates.posted import Said


@dataclass(frozen=True, kw_only=True)
class HeldMail:
    """To the owner or the team: a mail waits for a human."""

    name: str
    address: str
    cause: str
    """A name that held_mail/body.j2 knows; another one is an error there."""
    text: str
    subject: str
    inbound: int
    """What `parlour inbound show` takes."""
    octets: int = 0
    """Size of a mail that was too large to be fetched."""
    where: str = ""
    """The mailbox and folder where that one lies."""
    answers: tuple[str, ...] = ()
    """What may be replied (gateway.routing.door); empty: it can only be looked at."""
    takes_part: bool = False
    """Its writer is in the case already."""
    files: tuple[str, ...] = ()
    """The names of what came with it."""
    beside: int = 0
    """How many more mails of the same stranger wait for the same answer."""


@dataclass(frozen=True, kw_only=True)
class ForwardedMail:
    """To one of the team who forwarded a mail: is it a case for its writer? (C29)."""

    name: str
    address: str
    """Of the one who wrote the mail at first."""
    subject: str
    at: datetime | None
    text: str
    """How it begins."""
    words: str
    """What the forwarder wrote above it."""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MachineMail:
    """To the owner or the team: what may be a machine's waits for a word of theirs."""

    name: str
    address: str
    cause: str
    """machine, or loop: many new mails under one subject."""
    reason: str
    """The signal, as the header says it; empty when they are asked again."""
    text: str
    subject: str
    earlier: tuple[Said, ...] = ()
    """What came before of this sender, and stood in no letter yet."""


@dataclass(frozen=True, kw_only=True)
class Burst:
    """Messages come so fast that they wait for the digest: to the owner or the team.

    Where all together are so fast, also to whoever follows.
    """

    name: str
    """Who writes so fast; empty when all together do."""
    count: int
    """So many within the hour, this one too."""
    text: str
    """The first that waits."""
    subject: str
