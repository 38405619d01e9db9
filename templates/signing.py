"""What the letter with a sign-in link says."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class SignInLink:
    """To whoever asked to sign in: the link to the page whose button does it."""

    desk: str
    until: datetime
    """The link works once, until then."""
