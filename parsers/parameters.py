"""Parameters of header fields, as in `text/plain; charset=utf-8` (RFC 2045 5.1)."""

from urllib.parse import unquote_to_bytes

from parsers import charset
from parsers import header as headers


def read(value: str, wanted: str) -> str:
    """Read one parameter of any make: plain, RFC 2047 (wrong, but common), RFC 2231.

    The standard library's reader raises on some and decodes by any codec it is told.
    """
    if wanted not in value.lower():
        return ""
    plain = ""
    pieces: dict[int, tuple[bool, str]] = {}
    for name, text in _parameters(headers.readable(value)):
        base, star, rest = name.partition("*")
        if base != wanted:
            continue
        if not star:
            plain = plain or text
            continue
        number, encoded = rest.rstrip("*"), rest.endswith("*") or not rest
        if not number or (number.isdecimal() and len(number) < 4):
            pieces.setdefault(int(number or 0), (encoded, text))
    if len(plain) > 2 and plain[0] == plain[-1] == "'":
        plain = plain[1:-1]
    return _joined(pieces) if pieces else headers.decode(plain)


def _joined(pieces: dict[int, tuple[bool, str]]) -> str:
    """Join the pieces of RFC 2231 3 and 4 in their order."""
    ordered = [pieces[number] for number in sorted(pieces)]
    declared = ""
    if ordered[0][0] and ordered[0][1].count("'") >= 2:
        declared, _, rest = ordered[0][1].split("'", 2)
        ordered[0] = True, rest
    octets = b"".join(
        unquote_to_bytes(text) if encoded else text.encode("utf_8", "replace")
        for encoded, text in ordered
    )
    return charset.decode(octets, declared)[0]


def _parameters(value: str) -> list[tuple[str, str]]:
    """Split `type; a=b; c="d;e"` by hand, each letter once."""
    found: list[tuple[str, str]] = []
    at = value.find(";") + 1
    while 0 < at < len(value) and len(found) < 200:
        equals = value.find("=", at)
        if equals < 0:
            break
        name = value[at:equals].rpartition(";")[2].strip().lower()
        start = equals + 1
        while start < len(value) and value[start].isspace():
            start += 1
        text, at = _quoted(value, start) if value[start : start + 1] == '"' else ("", 0)
        if not at:
            end = value.find(";", start)
            end = len(value) if end < 0 else end
            text, at = value[start:end].strip(' \t\r\n"'), end + 1
        found.append((name, text))
    return found


def _quoted(value: str, start: int) -> tuple[str, int]:
    """Read a quoted string; position 0 when it never ends."""
    out: list[str] = []
    at = start + 1
    while at < len(value):
        if value[at] == '"':
            end = value.find(";", at)
            return "".join(out), (len(value) if end < 0 else end) + 1
        if value[at] == "\\" and value[at + 1 : at + 2] in ('"', "\\"):
            at += 1
        out.append(value[at : at + 1])
        at += 1
    return "", 0
