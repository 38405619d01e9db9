"""Headers that only a trusted peer may add: its word on where a mail came from."""

import re

# RFC 8601, RFC 8617, RFC 7208 section 9.1, and what spam filters write. The white
# space before the colon is obsolete syntax (RFC 5322 section 4.5) that is still read.
_CLAIM = re.compile(
    rb"^(?:authentication-results|arc-[^\s:]*|received-spf|x-spam[^\s:]*|"
    rb"x-rspamd[^\s:]*)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)


def without(raw: bytes) -> bytes:
    """Take such headers, with their continuation lines, out of the header section.

    `raw` has CRLF line ends; all else stays octet for octet. Never raises; linear.
    """
    end = 0 if raw.startswith(b"\r\n") else raw.find(b"\r\n\r\n")
    head = raw if end < 0 else raw[: end + 2]
    if not _CLAIM.search(head):
        return raw
    kept = []
    is_dropping = False
    for line in head.splitlines(keepends=True):
        if not line.startswith((b" ", b"\t")):
            is_dropping = _CLAIM.match(line) is not None
        if not is_dropping:
            kept.append(line)
    return b"".join(kept) + raw[len(head) :]
