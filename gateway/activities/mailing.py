"""Many letters at once, each to one reader about several activities: digests.

The gates are those of every letter (gateway.activities.letters); only how they are
written and queued differs, for a morning has a hundred thousand of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from gateway.activities.house import House
from gateway.activities.letters import (
    Addressee,
    Sheet,
    draw_placeholder,
    head_of,
    is_wanted,
)
from storage import held, personal
from storage.database import Session
from storage.outbox import NewDelivery
from storage.personal import Personal
from templates.letter import Head, print_letter
from templates.press import Press
from templates.values import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One letter of a mailing."""

    sheet: Sheet
    """Shared by all whose letters are alike but for their words."""
    message_id: str
    numbers: Sequence[int]
    """What its numbered tokens seal, the first from 1."""
    values: Values
    to: Addressee
    tells_of: tuple[int, ...] = ()
    """Numbers of the mails whose notice this is (promises R16)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one letter of a mailing."""

    delivery: int | None
    """None: they may not get it, and nothing was written."""
    body_hash: str


_NOT_SENT = Sent(None, "")


def press(house: House) -> Press:
    """Give the press of one run."""
    return Press(draw_placeholder(house))


def send_each(
    session: Session, house: House, made_by: Press, pieces: Sequence[Piece]
) -> list[Sent]:
    """Render letters and queue each for its reader; all are woken up for.

    Gives what became of each, in order. Raises as `letters.send` does.
    """
    heads: dict[int, Head] = {}
    letters, found = [], [_NOT_SENT] * len(pieces)
    wanted = [
        at
        for at, each in enumerate(pieces)
        if is_wanted(session, house, each.sheet, each.values, each.to)
    ]
    for at in wanted:
        piece = pieces[at]
        sheet = piece.sheet
        head = heads.get(id(sheet))
        if head is None:
            head = head_of(house, sheet, made_by.placeholder)
            heads[id(sheet)] = head
        composed = print_letter(made_by, head, piece.message_id, piece.values)
        letters.append(
            Personal(
                kind=composed.kind,
                message_id=piece.message_id,
                made_at=head.date,
                raw=composed.raw,
                placeholder=made_by.placeholder,
                return_path=sheet.desk.reply.template,
                numbers=list(piece.numbers) or None,
                to=NewDelivery(
                    person_id=piece.to.person,
                    address=piece.to.address,
                    due_at=head.date,
                    token_number=piece.to.token,
                    priority=sheet.priority,
                ),
            )
        )
    if letters:
        house.wake.tell_all(session)
    numbers = personal.queue_each(session, letters)
    for at, number, letter in zip(wanted, numbers, letters, strict=True):
        held.told(session, pieces[at].tells_of, [number], pieces[at].sheet.at)
        found[at] = Sent(number, sha256(letter.raw).hexdigest())
    return found
