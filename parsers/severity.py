"""How bad a failed delivery is: the classes of mail-rules B1, from codes and words."""

import re

from parsers import bounce_phrases as phrases

FULL_CODES = ("5.2.2", "4.2.2")
CONTENT_CODES = ("5.3.4", "5.2.3", "4.3.4", "5.6.0", "5.6.1")
OUR_CODES = ("5.1.7", "5.1.8", "4.1.7", "4.1.8")
"""A bad sender: the code speaks of an address, but of ours (RFC 3463 3.2)."""
DEAD_CODES = (
    *("5.1.1", "5.1.10", "5.1.2", "5.1.6", "5.2.1", "5.1.0", "5.1.3", "5.4.4"),
    *("5.1.351", "5.4.310"),
)
_TROUBLE = ("5.3.", "5.4.", "5.5.")
"""The system, the road and the protocol: nobody's address (RFC 3463 3.4 to 3.6)."""

LONGEST = 2_000


def classify(action: str, status: str, diagnostic: str) -> str:
    """Give the class for what a server said.

    It is hard, soft, full, ours (policy), content, or note where nothing failed.
    Words weigh more than codes, since many servers have one code for everything.
    """
    if action in ("delivered", "relayed", "expanded"):
        return "note"
    words = " ".join(diagnostic[:LONGEST].casefold().split())
    return _of_content(status, words) or _of_failure(action, status, words)


def _of_content(status: str, words: str) -> str:
    """Know what a later or a smaller mail would not suffer from."""
    of_ours = _says(words, phrases.SENDING_QUOTA)
    if status in FULL_CODES or (not of_ours and _says(words, phrases.FULL)):
        return "full"
    if status in CONTENT_CODES or _says(words, phrases.SIZE):
        return "content"
    return ""


def _of_failure(action: str, status: str, words: str) -> str:
    if action == "delayed" or status.startswith("4."):
        return "soft"
    if status.startswith("5.7.") or status in OUR_CODES:
        return "ours"
    for class_, said in (
        ("ours", phrases.OUR_ADDRESS),
        ("hard", phrases.DEAD),
        ("ours", phrases.POLICY),
        ("soft", phrases.FOR_NOW),
    ):
        if _says(words, said):
            return class_
    if status in DEAD_CODES:
        return "hard"
    if action != "failed" or status.startswith(_TROUBLE):
        return "soft"
    return "hard" if status.startswith("5.") else "soft"


def _says(words: str, said: tuple[str, ...]) -> bool:
    return any(phrase in words for phrase in said)


def code(text: str) -> str:
    """Find an enhanced status code (RFC 3463) in some words; the first that fails."""
    found = ""
    for match in _CODE.finditer(text[:LONGEST]):
        if match[0][0] != "2":
            return match[0]
        found = found or match[0]
    return found


_CODE = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)")

_REPLY = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[ \-#:.,;\]]|$)")


def reply_code(text: str) -> str:
    """Find an SMTP reply code (RFC 5321 4.2) in some words, as its first digit."""
    match = _REPLY.search(text[:LONGEST])
    return match[1] if match else ""


def better(status: str, diagnostic: str) -> str:
    """Take the remote server's own code where the report gives only x.0.0."""
    if status and not status.endswith(".0.0"):
        return status
    return code(diagnostic) or status
