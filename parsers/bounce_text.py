"""Bounces in words: what old and odd mail servers write, read by its looks.

No shape of one server is known here. All of them announce a list, label an address,
or begin a line with it; the words for that are data (`bounce_phrases`).
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from parsers import bounce_phrases as phrases
from parsers.address import is_address, key

_MOST_LINES = 600
_LONGEST_LINE = 600
_MOST_FOUND = 200
_REASON_LINES = 14
_LONGEST_REASON = 1_500
_LAST_WORDS = 80


@dataclass(frozen=True, slots=True)
class Found:
    """An address that a text names as not reached, and the words that go with it."""

    address: str
    reason: str


@dataclass(slots=True)
class _Line:
    """One line that names addresses, with all that is asked of it."""

    at: int
    first: list[str] = field(default_factory=list)
    """The addresses that it begins with."""
    labelled: list[tuple[str, str]] = field(default_factory=list)
    """Addresses with the words before them."""
    is_help: bool = False
    is_header: bool = False
    opens_with: str = ""
    """The last words before the line."""


def points(text: str) -> bool:
    """Say whether a text points at somebody whom a mail did not reach."""
    named = list(_named(_own_words(text)))
    return any(next(look(named), None) for look in (_listed, _labelled, _commanded))


def is_notification(text: str) -> bool:
    """Say whether a text is a record for programs rather than words."""
    return text.lstrip().startswith("{")


def read(text: str, ours: frozenset[str]) -> list[Found]:
    """Read the text of a report; `ours` are keys of addresses that it was sent to.

    Those are whom the report tells, hence only taken where the text points at them.
    """
    if is_notification(text):
        return _notification(text)
    lines = _own_words(text)
    named = list(_named(lines))
    for look in (_listed, _labelled, _commanded, _beginning, _anywhere, _written_to):
        found = _unique(look(named))
        if look in _GUESSES:
            found = [one for one in found if key(one[0]) not in ours]
        if found:
            return [Found(one, _reason(lines, named, at)) for one, at in found]
    return []


def own_words(text: str) -> str:
    """Give the server's words, without the copy of what came back."""
    return "\n".join(_own_words(text))


def _own_words(text: str) -> list[str]:
    lines = [line[:_LONGEST_LINE] for line in text.split("\n", _MOST_LINES)]
    lines = lines[:_MOST_LINES]
    for at, line in enumerate(lines):
        if at and line.strip().casefold().startswith(phrases.ENDS):
            return lines[:at]
        if at and _is_heading(lines, at):
            return lines[:at]
    return lines


def _is_heading(lines: list[str], at: int) -> bool:
    """Say whether the header of a mail begins here: three fields and a telling one."""
    if not _FIELD.match(lines[at]):
        return False
    names: set[str] = set()
    for line in lines[at : at + 12]:
        match = _FIELD.match(line)
        if match:
            names.add(match[1].lower())
        elif line[:1] not in " \t" or not line.strip():
            break
    return len(names) >= 3 and not names.isdisjoint(_TELLING)


_FIELD = re.compile(
    r"(received|return-path|message-id|mime-version|content-type|from|to|date|subject"
    r"|cc|reply-to|sender|user-agent|x-[a-z-]{2,40}|dkim-signature|delivered-to"
    r"|content-transfer-encoding|precedence|list-[a-z]+) ?:",
    re.IGNORECASE,
)
_TELLING = frozenset(("received", "return-path", "message-id", "mime-version"))


def _named(lines: list[str]) -> Iterator[_Line]:
    """Look at each line that names an address, and at what leads to it."""
    before: list[str] = []
    left = _MOST_FOUND
    for at, line in enumerate(lines):
        bare = line.strip()
        if not bare:
            continue
        if "@" not in bare or left <= 0:
            before = [*before[-2:], bare.casefold()]
            continue
        left -= 1
        one = _look(at, bare, " ".join(before))
        yield one
        if not one.first:
            before = [*before[-2:], bare.casefold()]


def _look(at: int, bare: str, opens_with: str) -> _Line:
    one = _Line(at, opens_with=opens_with)
    one.is_header = bool(_MAIL_FIELD.match(bare))
    folded = bare.casefold()
    one.is_help = any(word in folded.partition("@")[0] for word in phrases.HELPERS)
    for match in _TOKEN.finditer(bare):
        address = match[0].strip(".'*=") if match[0].startswith("'") else match[0]
        address = _plain(address)
        if not address:
            continue
        prefix = bare[: match.start()]
        if not prefix.strip(_BULLETS):
            one.first.append(address)
        one.labelled.append((address, prefix.casefold().rstrip(_SIGNS)))
    return one


_TOKEN = re.compile(r"[^\s<>\[\]()\"`:;,]{1,64}@[^\s<>\[\]()\"'`:;,@]{1,255}")
_BULLETS = "<>[]()\"'`*-:;,.= \t\u2022\u00b7\u3000\u30fb\u300c\u300d"
_SIGNS = "<>[]()\"'`:;,=-*. \t\uff1a"
_MAIL_FIELD = re.compile(
    r"(?:from|sender|reply-to|message-id|mail from|x-[a-z-]+|return-path|mailto|cc"
    r"|von|de|da|absender|to) ?:",
    re.IGNORECASE,
)


def _plain(token: str) -> str:
    """Take an address out of what stands around it; empty when it is none."""
    token = token.rpartition("=")[2] if "=" in token.partition("@")[0] else token
    token = token.strip("'*|.!").removeprefix("mailto:")
    local, _, host = token.rpartition("@")
    if local.endswith("...") or "." not in host:
        return ""  # shortened by somebody, or a machine's own name
    return token if is_address(token) else ""


_Pair = tuple[str, int]


def _listed(named: Iterable[_Line]) -> Iterator[_Pair]:
    """Give addresses that begin a line below the announcement of a list."""
    is_list = False
    for one in named:
        is_list = is_list or _announces(one)
        if is_list and one.first and not one.is_header:
            yield one.first[0], one.at
        elif one.is_help or one.is_header:
            continue
        else:
            yield from _after(one, phrases.LISTS)


def _announces(one: _Line) -> bool:
    """Say whether what stands before a line announces a list: by words, or by `:`."""
    if any(phrase in one.opens_with for phrase in phrases.LISTS):
        return True
    last = one.opens_with[-_LAST_WORDS:]
    return last.endswith((":", "\uff1a")) and not any(
        word in last for word in phrases.HELPERS
    )


def _after(one: _Line, labels: tuple[str, ...]) -> Iterator[_Pair]:
    for address, prefix in one.labelled:
        if prefix.endswith(labels):
            yield address, one.at


def _labelled(named: Iterable[_Line]) -> Iterator[_Pair]:
    """Give addresses with a word before them that says who they are."""
    for one in named:
        if one.is_header:
            continue
        yield from _after(one, phrases.LABELS)
        if one.first and one.opens_with.rstrip(_SIGNS).endswith(phrases.LABELS):
            yield one.first[0], one.at


def _commanded(named: Iterable[_Line]) -> Iterator[_Pair]:
    for one in named:
        yield from _after(one, phrases.COMMANDS)


def _beginning(named: Iterable[_Line]) -> Iterator[_Pair]:
    """Give addresses that begin a line, or stand in angle brackets there."""
    for one in named:
        if one.first and not one.is_help:
            yield one.first[0], one.at


def _anywhere(named: Iterable[_Line]) -> Iterator[_Pair]:
    for one in named:
        if not one.is_help and not one.is_header:
            for address, _ in one.labelled[:1]:
                yield address, one.at
                return


def _written_to(named: Iterable[_Line]) -> Iterator[_Pair]:
    """Give whom the mail went to as the server sums it up, for want of more."""
    for one in named:
        for address, prefix in one.labelled[:1]:
            if prefix in _TO:
                yield address, one.at


_TO = ("to", "an", "para", "à", "aan", "till", "til", "кому", "宛先", "收件人")
_GUESSES = (_beginning, _anywhere, _written_to)


def _unique(pairs: Iterable[_Pair]) -> list[_Pair]:
    found: dict[str, _Pair] = {}
    for address, at in pairs:
        if not key(address).startswith(("postmaster@", "mailer-daemon@")):
            found.setdefault(key(address), (address, at))
    return list(found.values())


def _reason(lines: list[str], named: list[_Line], at: int) -> str:
    """Give the words that go with an address: up to the next that begins a line."""
    ends = [one.at for one in named if one.first and one.at > at]
    end = min([at + _REASON_LINES, *ends[:1]])
    words = " ".join(line.strip() for line in lines[at:end])
    if len(ends) == 0:
        words = f"{words} {' '.join(line.strip() for line in lines[end : end + 20])}"
    return words[:_LONGEST_REASON]


def _notification(text: str) -> list[Found]:
    """Read what Amazon's notification service mails of a bounce: JSON in JSON."""
    outer = _loads(text)
    inner = _loads(str(outer.get("Message", ""))) or outer
    if str(inner.get("notificationType") or inner.get("eventType")) != "Bounce":
        return []
    bounced = inner.get("bounce")
    each = bounced.get("bouncedRecipients") if isinstance(bounced, dict) else None
    found: list[Found] = []
    for one in each[:_MOST_FOUND] if isinstance(each, list) else ():
        address = str(one.get("emailAddress", "")) if isinstance(one, dict) else ""
        if is_address(address):
            said = f"{one.get('status', '')} {one.get('diagnosticCode', '')}"
            found.append(Found(address, said[:_LONGEST_REASON]))
    return found


def _loads(text: str) -> dict[str, Any]:
    if len(text) > 300_000:
        return {}
    try:
        found = json.loads(text.strip(), strict=False)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
