"""Lines by which mail programs announce a quote: attributions, headers, rules."""

import re
from collections.abc import Sequence

from parsers import phrases


def bare(text: str) -> str:
    """Give a line as it is compared: no marker, no edges, one kind of colon."""
    return text.replace("\u2063", "").replace(_WIDE_COLON, ":").strip()


_WIDE_COLON = "\uff1a"
_TIME = re.compile(r"\d\d?[:.h時]\d\d")
_YEAR = re.compile(r"(?:19|20)\d\d")


def has_date(text: str) -> bool:
    """Say whether a time of day or a year stands in a line."""
    return bool(_TIME.search(text) or _YEAR.search(text))


def is_dated(text: str) -> bool:
    """Say whether a line has a date, or an address in its place."""
    return "@" in text or has_date(text)


def is_lead(text: str) -> bool:
    """Say whether a line begins as attributions do: "On …", or with a number."""
    text = text.lstrip("*_ ").casefold()
    return text.startswith(phrases.LEADS) or text[:1].isdigit()


def is_signed(text: str) -> bool:
    """Old Gmail has no verb and no colon: `2011/4/7 Ana Ruiz <ana@acme.example>`.

    With a zone it may have no address either: `2016-03-03 17:21 GMT+01:00 Ana Ruiz`.
    """
    if not _DAY.match(text):
        return False
    return (text.endswith(">") and "@" in text) or bool(_ZONED.match(text))


_DAY = re.compile(r"(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d? ")
_ZONED = re.compile(r"\S{8,10} \d\d?:\d\d GMT[+-]\d\d:\d\d \S")


def initials(text: str) -> str:
    """Give the initials of a quote sign such as `AR>`; empty for none."""
    found = _INITIALS.match(text)
    return found[1] if found else ""


_INITIALS = re.compile(r"([A-Z]{1,3})>(?: |$)")


def closes_link(above: str, text: str) -> bool:
    """Say whether a line is the end of a link that broke in the quoted line above."""
    for opening, closing in ("()", "<>"):
        _, begun, link = above.rpartition(opening)
        if begun and "://" in link and closing not in link:
            return text.endswith(closing) and " " not in text
    return False


def is_short_header(block: Sequence[str]) -> bool:
    """Say whether a block is From and Date, or Date and To, of a quoted mail alone."""
    named = {header(line): line for line in block}
    if len(named) != len(block) or "date" not in named or len(named) < 2:
        return False
    date, other = named["date"], named.get("from") or named.get("to") or ""
    return "@" in other and bool(_TIME.search(date)) and bool(_YEAR.search(date))


def is_attribution(text: str) -> bool:
    """Say whether a line tells who wrote what follows, and when."""
    if not text.rstrip("*_ ").endswith(":"):
        return False
    folded = text.casefold()
    if any(verb in folded for verb in phrases.WROTE):
        return is_dated(text)
    return "@" in text and bool(_TIME.search(text)) and is_lead(text)


def header(line: str) -> str:
    """Say which header of a quoted mail this line is; empty for none."""
    name, colon, _ = line[:40].partition(":")
    if not colon:
        return ""
    return phrases.HEADERS.get(name.strip("*_> \t\xa0").casefold(), "")


def is_rule(text: str) -> bool:
    """Say whether a line is nothing but a drawn rule."""
    return len(text) >= 5 and not text.strip("-_=—─*")
