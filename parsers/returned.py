"""What a delivery report gives back of the letter: its ids and its recipients."""

from collections.abc import Iterable
from dataclasses import dataclass

from parsers.address import read_mailboxes
from parsers.fields import Fields
from parsers.message_id import read_ids
from parsers.parts import Part, octets

_COPIES = frozenset(
    (
        "message/rfc822",
        "message/global",
        "message/rfc822-headers",
        "message/global-headers",
        "text/rfc822-headers",
    )
)
_MOST_OCTETS = 100_000
_MOST_LINES = 2_000
_MOST = 20


@dataclass(frozen=True, slots=True)
class Returned:
    """The header of the letter that a report is about, as far as it came along."""

    ids: tuple[str, ...]
    """Its Message-ID; more than one when the report holds several letters."""
    to: tuple[str, ...]
    """The addresses in its To."""


NOTHING = Returned(ids=(), to=())


def read(message: Part, text: str) -> Returned:
    """Read the copy that a report carries, or what it quotes in words.

    RFC 3462 section 2 puts the letter or its header into the third part; older mail
    servers paste it below their own text.
    """
    for part in message.walk():
        if part.get_content_type() in _COPIES:
            head = octets(part)[:_MOST_OCTETS].decode("utf_8", "replace")
            found = _of(_section(head.replace("\r\n", "\n").split("\n")))
            if found.ids:
                return found
    return _of(text.split("\n", _MOST_LINES)[:_MOST_LINES])


def _section(lines: list[str]) -> list[str]:
    """Give the lines of a header section: up to the first empty one."""
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    end = next((at for at, line in enumerate(lines) if at > start and not line), None)
    return lines[start:end][:_MOST_LINES]


def _of(lines: Iterable[str]) -> Returned:
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and pairs:
            pairs[-1] = pairs[-1][0], pairs[-1][1][:2000] + line
            continue
        name, colon, value = line.lstrip("> \t").partition(":")
        pairs.append((name, value) if colon else ("", ""))
    fields = Fields(pair for pair in pairs if pair[0])
    ids = [one for value in fields.all("message-id")[:_MOST] for one in read_ids(value)]
    to = [
        box.address
        for value in fields.all("to")[:_MOST]
        for box in read_mailboxes(value)[:_MOST]
    ]
    return Returned(ids=tuple(ids[:_MOST]), to=tuple(to[:_MOST]))
