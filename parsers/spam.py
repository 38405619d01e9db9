"""What a spam filter in front of us said of a mail, in the fields that filters write.

Only a "yes" counts, and only the topmost field of a name: a filter puts its own above
what a sender planted. Whose connection may bring such a word is not decided here.
"""

import re

from parsers.fields import Fields

_LONGEST = 2000
_SCL = re.compile(r"-?\d{1,3}")
_MARKED_SCL = 5
"""Exchange's spam confidence level: 5 and 6 are spam, 9 surely so (-1: let pass)."""
_ACTIONS = frozenset({"add header", "rewrite subject", "quarantine", "reject"})
"""What rspamd advises for spam; "greylist" and "soft reject" are no verdicts."""
_FILTERED = frozenset({"SPM", "SKB", "SKS"})
"""Verdicts of Exchange Online: spam by content, by a blocked sender, by a rule."""


def verdict(fields: Fields) -> str:
    """Name the field by which a filter calls a mail spam; empty when none does.

    SpamAssassin writes X-Spam-Flag and X-Spam-Status, rspamd X-Spam, X-Spam-Status or
    X-Rspamd-Action, Exchange X-MS-Exchange-Organization-SCL (MS-OXCMAIL 2.1.3.2.24)
    and Exchange Online X-Forefront-Antispam-Report.
    """
    for name in ("x-spam-flag", "x-spam-status", "x-spam"):
        if fields.word(name) == "yes":
            return name
    if " ".join(_said(fields, "x-rspamd-action").lower().split()) in _ACTIONS:
        return "x-rspamd-action"
    for name in ("x-ms-exchange-organization-scl", "x-forefront-antispam-report"):
        if _is_over(_said(fields, name)):
            return name
    return ""


def _said(fields: Fields, name: str) -> str:
    return next(iter(fields.readable(name, 1)), "")[:_LONGEST].strip()


def _is_over(said: str) -> bool:
    """Read a bare level, or a report such as `CIP:192.0.2.1;SCL:5;SFV:SPM;`."""
    if ":" not in said:
        return bool(_SCL.fullmatch(said)) and int(said) >= _MARKED_SCL
    pairs = [part.strip().partition(":") for part in said.split(";")]
    report = {name.upper(): value.strip() for name, _, value in reversed(pairs)}
    return report.get("SFV", "").upper() in _FILTERED or _is_over(
        report.get("SCL", "").replace(":", "")
    )
