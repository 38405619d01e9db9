"""What a mail answers: its ids, and the posts that they name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.activities.house import House
from parsers.assigned_id import canonical
from parsers.mail import ParsedMail
from storage import alias, assigned_id
from storage.alias import Alias
from storage.database import Session

_MOST_FORMS = 100


@dataclass(frozen=True, slots=True)
class Answered:
    """The ids that a mail answers, the nearest first."""

    ids: tuple[str, ...]
    """Ours in place of those that a smarthost gave our letters."""
    aliases: Mapping[str, Alias]
    """The posts of which others gave the ids."""


def read(session: Session, ids: Sequence[str]) -> Answered:
    """Look up ids, which are in order, once for all."""
    if not ids:
        return Answered((), {})
    # The nearest ones: a statement takes only so many values.
    forms = dict.fromkeys((*ids, *map(canonical, ids[:_MOST_FORMS])))
    found = alias.known_as(session, list(forms))
    ours = assigned_id.ours(found.values())
    if ours:
        # A post that became a case of its own took our id of it along.
        found |= alias.known_as(session, list(ours.values()))
    named = (ours.get(each) or ours.get(canonical(each)) or each for each in ids)
    aliases = {name: each for name, each in found.items() if name not in ours}
    return Answered(tuple(dict.fromkeys(named)), aliases)


def answered(session: Session, mail: ParsedMail) -> Answered:
    """Give what a mail answers: In-Reply-To, then References from the right."""
    ids = dict.fromkeys((*mail.in_reply_to, *reversed(mail.references)))
    return read(session, tuple(ids))


def post(session: Session, house: House, mail: ParsedMail) -> int | None:
    """Give the number of the post that a mail answers; None for no post of ours.

    The nearest id that we know decides: a letter that carries no post is none.
    """
    found = answered(session, mail)
    for message_id in found.ids:
        if own := house.ids.read(message_id):
            return own.number if own.kind == "p" else None
        if known := found.aliases.get(message_id):
            return known.event_id
    return None
