"""Makes the copy for one delivery; a letter is loaded and cut once for all of them."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.outbound.courier import Parcel
from gateway.outbound.splice import Cut, cut, fill, plain
from parsers.reply_address import Purpose, ReplyAddress, Sealer, number
from storage import outbox
from storage.database import Database
from storage.lease import Claimed

#: Letters up to this size are fetched with the claim, all in one go; a larger one by
#: the worker that sends it, so that memory holds one for each connection at most.
AHEAD_OCTETS = 128_000
_CACHE_OCTETS = 32_000_000


@dataclass(frozen=True, slots=True)
class _Ready:
    """A letter, ready to be copied."""

    cut: Cut
    purposes: frozenset[Purpose]
    return_path: ReplyAddress
    numbers: tuple[int, ...]
    """Of a letter about several activities: what its numbered tokens seal."""
    numbered: frozenset[tuple[Purpose, int]]


class Copies:
    """The letters that were needed lately; safe to use from any thread."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        """Read letters from `database`, seal their tokens with `sealer`."""
        self._database = database
        self._sealer = sealer
        self._lock = threading.Lock()
        self._ready: OrderedDict[int, _Ready] = OrderedDict()
        self._octets = 0

    def fetch(self, letter_ids: Iterable[int]) -> None:
        """Get the smaller ones of these letters ready."""
        with self._lock:
            missing = set(letter_ids) - self._ready.keys()
            if missing:
                self._load(missing, AHEAD_OCTETS)

    def parcel(self, delivery: Claimed) -> Parcel:
        """Make the mail for one delivery, its tokens sealed anew.

        Raises LookupError when the letter is gone, ValueError when it wants tokens and
        the delivery has no number for them.
        """
        letter = self._letter(delivery.letter_id)
        back = self._sealer.seal(Purpose.RETURN, number(delivery.id))
        tokens = {Purpose.RETURN: back}
        for purpose in letter.purposes - {Purpose.RETURN}:
            if delivery.token_number is None:
                raise ValueError(f"delivery {delivery.id} has no number for its tokens")
            tokens[purpose] = self._sealer.seal(purpose, delivery.token_number)
        to = plain(delivery.address)
        return Parcel(
            delivery_id=delivery.id,
            return_path="" if delivery.null_sender else letter.return_path.write(back),
            recipient=to,
            octets=fill(letter.cut, to, tokens, self._numbered(letter)),
        )

    def _numbered(self, letter: _Ready) -> dict[tuple[Purpose, int], str]:
        return {
            (purpose, which): self._sealer.seal(purpose, letter.numbers[which - 1])
            for purpose, which in letter.numbered
        }

    def _letter(self, letter_id: int) -> _Ready:
        with self._lock:
            if letter_id not in self._ready:
                self._load([letter_id], None)
            self._ready.move_to_end(letter_id)
            return self._ready[letter_id]

    def _load(self, ids: Iterable[int], largest: int | None) -> None:
        with self._database.reading() as session:
            found = outbox.letters(session, list(ids), largest=largest)
        for letter in found:
            parts = cut(letter.raw, letter.placeholder)
            where = ReplyAddress(letter.return_path)
            self._ready[letter.id] = _Ready(
                parts,
                parts.purposes,
                where,
                tuple(letter.numbers or ()),
                parts.numbered,
            )
            self._octets += parts.size
        while self._octets > _CACHE_OCTETS and len(self._ready) > len(found):
            _, oldest = self._ready.popitem(last=False)
            self._octets -= oldest.cut.size
