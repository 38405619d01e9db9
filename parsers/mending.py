"""The header of a mail mended before it is read: one bad line must not cost the rest.

The standard library ends the header at the first line that is neither a field nor a
continuation, and all fields below become text.
"""

import re
from collections.abc import Iterator

_MOST_OCTETS = 200_000
_FIELD = re.compile(rb"[!-9;-~]{1,76}:")
_SPACED = re.compile(rb"([!-9;-~]{1,76})[ \t]+:")
_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|mime-version|content-type|reply-to|received"
    rb"|content-transfer-encoding|in-reply-to|references|return-path|x-[a-z0-9-]{2,40})"
    rb"[ \t]*:",
    re.IGNORECASE,
)
_BREAK = re.compile(rb"\r\n|\n|\r")


def mend(raw: bytes) -> tuple[bytes, bool]:
    """Give the mail with a header that a parser reads to its end; say if it differs.

    A blank before a colon goes; a line that is no field is taken for the rest of the
    field above, but only where known fields follow: else the text has begun.
    """
    lines = list(_lines(raw))
    bad = [n for n, (start, end) in enumerate(lines) if _is_bad(raw[start:end], n)]
    if not bad:
        return raw, False
    last = max(
        (n for n, (at, end) in enumerate(lines) if _KNOWN.match(raw, at, end)),
        default=0,
    )
    out: list[bytes] = []
    done = 0
    for number in bad:
        start, end = lines[number]
        if number > last:
            break
        out.append(raw[done:start])
        spaced = _SPACED.match(raw, start, end)
        out.append(spaced[1] + b":" if spaced else b" ")
        done = spaced.end() if spaced else start
    out.append(raw[done:])
    return b"".join(out), bool(done)


def _is_bad(line: bytes, number: int) -> bool:
    if line[:1] in b" \t" or _FIELD.match(line):
        return False
    is_envelope = number == 0 and line.startswith(b"From ")
    return not is_envelope or bool(_SPACED.match(line))


def _lines(raw: bytes) -> Iterator[tuple[int, int]]:
    """Give where each line of the header begins and ends."""
    at = 0
    while at < min(len(raw), _MOST_OCTETS):
        found = _BREAK.search(raw, at)
        end = found.start() if found else len(raw)
        if end == at:
            return
        yield at, end
        at = found.end() if found else len(raw)
