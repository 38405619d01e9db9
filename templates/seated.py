"""What letters need to know of who has a case, and who left one."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Left:
    """You left; the way back."""

    subject: str
    desk: str


@dataclass(frozen=True, kw_only=True)
class NotEverywhere:
    """To one who wrote to several cases: one of them did not take the mail."""

    subject: str
    """Of the case that took it."""
    count: int
    """How many addresses did not; nothing else of them is told."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """To the team: who has the case now, when no answer to the customer says it."""

    owner: str
    subject: str
    by: str = ""
    """Who gave it to them; empty when they took it themselves."""
    is_work: bool = False
    """The reader answers for it; what follows is said of such alone."""
    is_yours: bool = False
    """The reader is the one who has it now."""


@dataclass(frozen=True, kw_only=True)
class Gone:
    """To one who left and writes again: once."""

    subject: str
    desk: str
    may_return: bool = True
    """Not where their desk gave the case to another one."""
