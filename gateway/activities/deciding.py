"""What one of the team decides on a mail that waits: in answer to a letter, or a page.

Let in it is judged anew, commands and all; dropped it is kept, and tells nobody.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from gateway.activities import blocking
from gateway.activities.house import House
from gateway.routing import guards
from parsers import heading
from parsers.address import key
from storage import blocked, journal
from storage.database import Session
from storage.held import WAITS
from storage.journal import Inbound, State

FORGED = guards.forged.__name__
"""The rule that held it: its From names somebody who did not write it."""
DECIDED = "decided"


def decide(
    session: Session, house: House, row: Inbound, word: str, person: int, at: datetime
) -> str:
    """Do what a word of WORDS says with a mail, by a person's name.

    Gives the outcome as list_answered/body.j2 knows it: opened, refused, blocked, or
    decided, if it waits no more. Raises KeyError for another word.
    """
    deed = _DEEDS[word]
    return deed(session, house, row, person, at) if row.state in WAITS else DECIDED


def _open(session: Session, _: House, row: Inbound, person: int, at: datetime) -> str:
    said = {"released": "admit"}
    journal.release(session, row.id, said, by=f"person {person}", now=at)
    return "opened"


def _refuse(session: Session, _: House, row: Inbound, person: int, at: datetime) -> str:
    _discard(session, row, "refused", person, at)
    return "refused"


def _spam(
    session: Session, house: House, row: Inbound, person: int, at: datetime
) -> str:
    """Drop it and block its sender, unless the From is forged or one of ours."""
    mail = heading.read(journal.octets(row, house.blobs))
    sender = key(mail.sender.address or row.sender)
    is_theirs = row.settled_by != FORGED and blocking.may_be_blocked(
        session, house, sender
    )
    if is_theirs:
        blocked.block(session, sender, by=person, at=at)
    _discard(session, row, "spam", person, at)
    return "blocked" if is_theirs else "refused"


def _discard(
    session: Session, row: Inbound, reason: str, person: int, at: datetime
) -> None:
    by = f"person {person}"
    journal.settle(session, row.id, State.DISCARDED, reason=reason, by=by, now=at)


Deed = Callable[[Session, House, Inbound, int, datetime], str]
_DEEDS: Mapping[str, Deed] = {
    "open": _open,
    "admit": _open,
    "refuse": _refuse,
    "spam": _spam,
}
WORDS = frozenset(_DEEDS)
