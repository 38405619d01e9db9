"""The id that a smarthost gave a mail of ours, as far as its reply tells (rules 1.2).

Some services put a Message-ID of their own in place of ours and name it in the 250 to
the end of the text. Known forms of that reply:

| who | reply | Message-ID at the reader |
|---|---|---|
| Amazon SES | `250 Ok 0102...-000000` | `<0102...-000000@REGION.amazonses.com>` |
| Exchange | `250 2.6.0 <ID@HOST> [InternalId=...] Queued mail` | `<ID@HOST>` |
| others | an id in angle brackets anywhere | the same |

A bare queue number ("queued as 4XYZ", Postfix and many more) is no Message-ID: those
leave ours alone. A service that gives an id of its own and keeps it to itself cannot be
followed, nor one whose ids anybody could guess.
"""

import re

from parsers.message_id import foreign

_BRACKETED = re.compile(r"<[!-;=?-~]{1,248}>")
# Time, UUID, counter; the domain is that of the region, which the reply does not say.
_SES = re.compile(
    r"(?<![0-9a-f-])([0-9a-f]{16}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9]{6})"
    r"(?![0-9a-f-])",
    re.IGNORECASE,
)
_SES_DOMAIN = "amazonses.com"
# Fewer letters and digits, a time of day or a name could be guessed; and an id that
# leads into a case stands for a reply address there (T3).
_FEWEST_SIGNS = 20
_FEWEST_OF_EACH = 4


def assigned(reply: str) -> str:
    """Give the id under which a smarthost says it sends a mail; empty when it does not.

    In the canonical form, by which answers to it are found.
    """
    for one in _BRACKETED.findall(reply):
        if "@" in one and _is_hard_to_guess(one):
            return canonical(foreign(one))
    found = _SES.search(reply)
    return f"<{found[1].lower()}@{_SES_DOMAIN}>" if found else ""


def canonical(message_id: str) -> str:
    """Give the form in which an assigned id is kept; any other id as it is."""
    local, _, host = message_id.strip("<>").partition("@")
    if host.lower().endswith(f".{_SES_DOMAIN}") and _SES.fullmatch(local):
        return f"<{local.lower()}@{_SES_DOMAIN}>"
    return message_id


def _is_hard_to_guess(message_id: str) -> bool:
    local = message_id.strip("<>").partition("@")[0]
    signs = [sign for sign in local if sign.isalnum()]
    letters = sum(sign.isalpha() for sign in signs)
    fewest = min(letters, len(signs) - letters)
    return len(signs) >= _FEWEST_SIGNS and fewest >= _FEWEST_OF_EACH
