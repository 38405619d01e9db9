"""What letters need to know to and of whoever is invited."""

from dataclasses import dataclass
from datetime import datetime

from templates.face import Face
from templates.posted import Said


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """One question, not a duty."""

    inviter: str
    inviter_is_staff: bool
    desk: str
    subject: str
    reason: str = ""
    """The inviter's words; only those of staff are passed on (T8)."""
    excerpt: str = ""
    """The first sentences of the case; only for staff inviters."""
    here: tuple[Face, ...] = ()
    from_the_start: bool = True
    """The invited will see what was said before (decisions D34)."""
    consults: bool = False
    """Their advice is asked behind the scenes of the case (decisions B16)."""
    customer: str = ""
    asked_at: datetime | None = None
    """When they were asked; only where they are reminded of it."""


@dataclass(frozen=True, kw_only=True)
class InvitationReminder(Invitation):
    """The same question once more, the last time."""


@dataclass(frozen=True, kw_only=True)
class Aside:
    """What the invited wrote to their inviter alone; a reply goes past us."""

    text: str
    name: str
    address: str
    """Where a reply goes."""
    subject: str
    desk: str
    other_address: str = ""
    """It came from this address, which is not the one that was invited."""
    left_out: tuple[str, ...] = ()
    """Names of files that were too large."""


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Confirms that somebody takes part now, and lets them catch up."""

    subject: str
    desk: str
    here: tuple[Face, ...]
    catch_up: tuple[Said, ...] = ()
    posted: bool = False
    """They joined by a text of their own, which was posted."""
    consulted: str = ""
    """The customer who does not learn of them, where their advice was asked."""
