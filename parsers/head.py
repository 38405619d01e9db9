"""The header section of a mail alone: bounded, linear, without reading the body."""

from collections.abc import Iterator

from parsers.fields import Fields

MOST_OCTETS = 256_000
"""What is looked at; a header section above it is nobody's honest mail."""


def section(raw: bytes) -> bytes:
    """Give the header section of a mail with CRLF line ends, cut where it is too long.

    The empty line is not part of it. Never raises.
    """
    if raw.startswith(b"\r\n"):
        return b""
    end = raw.find(b"\r\n\r\n", 0, MOST_OCTETS)
    return raw[: min(len(raw), MOST_OCTETS) if end < 0 else end + 2]


def fields(raw: bytes) -> Fields:
    """Read the header fields of a mail with CRLF line ends; never raises.

    Octets outside ASCII come as surrogates, as everywhere (parsers.header). Lines
    without a colon are left out (RFC 5322 section 2.2).
    """
    return Fields(_pairs(section(raw)))


def _pairs(head: bytes) -> Iterator[tuple[str, str]]:
    lines: list[str] = []
    for line in head.decode("ascii", "surrogateescape").split("\r\n"):
        if line.startswith((" ", "\t")) and lines:
            lines.append(line)
            continue
        yield from _pair(lines)
        lines = [line]
    yield from _pair(lines)


def _pair(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Unfold one field (RFC 5322 section 2.2.3)."""
    name, colon, value = "".join(lines).partition(":")
    if colon and name.strip():
        yield name, value.strip()
