"""What somebody got of a post, in one word; and what of it others may know; pure."""

from enum import StrEnum

from gateway.routing.facts import Standing
from gateway.routing.hearing import PAUSED, QUIET, THANKS, Heard


class Got(StrEnum):
    """What became of a post for one person; letters and pages know these names."""

    AUTHOR = "author"
    SENT = "sent"
    WAITING = "waiting"
    """Queued; the smarthost was not asked yet."""
    DEFERRED = "deferred"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"
    """Sent, and it came back."""
    DIRECT = "direct"
    DIGEST = "digest"
    MUTED = "muted"
    INVITED = "invited"
    LEFT = "left"
    DECLINED = "declined"
    LANE = "lane"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """Wants no more letters of this kind."""
    LISTEN = "listen"
    LATER = "later"
    """Came into the case after it."""
    WOULD = "would"
    """A copy would be sent: the mail is only explained."""

    # What those outside the team are told, in place of the above.
    REACHED = "reached"
    NOT_YET = "not_yet"
    NOT_REACHED = "not_reached"
    NOT_AT_ONCE = "not_at_once"
    """By digest or on the page; whoever muted the case counts here, and whoever
    ignores its author: nobody outside the team learns of either."""


#: Why somebody reads a post in the digest, as far as the team may know. Whom somebody
#: ignores is told to nobody: for that the digest is all there is to say.
SHOWN_REASONS = {
    "the case is taken": "taken",
    "sent by hand": "by_hand",
    "not on duty": "duty",
    "only what is urgent": "urgent",
    PAUSED: "paused",
    QUIET: "quiet",
    THANKS: "thanks",
}

_OUTSIDE = {
    Got.SENT: Got.REACHED,
    Got.DIRECT: Got.REACHED,
    Got.WAITING: Got.NOT_YET,
    Got.DEFERRED: Got.NOT_YET,
    Got.GIVEN_UP: Got.NOT_REACHED,
    Got.CANCELLED: Got.NOT_REACHED,
    Got.BOUNCED: Got.NOT_REACHED,
    Got.UNREACHABLE: Got.NOT_REACHED,
    Got.DIGEST: Got.NOT_AT_ONCE,
    Got.MUTED: Got.NOT_AT_ONCE,
    Got.REFUSED: Got.NOT_AT_ONCE,
    Got.LEFT: Got.LEFT,
}
_COPIES = frozenset({Got.REACHED, Got.NOT_YET, Got.NOT_REACHED})

_WITHOUT_COPY = {
    Heard.AUTHOR: Got.AUTHOR,
    Heard.DIRECT: Got.DIRECT,
    Heard.DIGEST: Got.DIGEST,
    Heard.MUTED: Got.MUTED,
    Heard.INVITED: Got.INVITED,
    Heard.GONE: Got.LEFT,
    Heard.LANE: Got.LANE,
    Heard.UNREACHABLE: Got.UNREACHABLE,
    Heard.REFUSED: Got.REFUSED,
    Heard.LISTEN: Got.LISTEN,
}


def without_copy(heard: Heard, reason: str) -> Got:
    """Say what somebody got to whom no copy was sent.

    Raises KeyError for a copy: there its delivery tells.
    """
    if heard is Heard.GONE and reason == Standing.DECLINED:
        return Got.DECLINED
    return _WITHOUT_COPY[heard]


def from_outside(got: Got, standing: Standing) -> Got | None:
    """Give what a customer or a guest is told of another; None: not even the name.

    Only of those who read the everyone lane, and of the team that was told of a case
    only of those who were mailed.
    """
    shown = _OUTSIDE.get(got)
    if standing is Standing.TOLD:
        return shown if shown in _COPIES else None
    return shown if standing in {Standing.JOINED, Standing.LEFT} else None
