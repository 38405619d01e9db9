"""A mail that somebody handed on: whose it was, when, and what it said (decisions C29).

Preferred is the mail itself, attached (message/rfc822): nothing of it is lost. Else it
is the text that mail programs write below a line such as "Forwarded message", with a
header of a few lines whose words `phrases` knows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from parsers import command, heading, marks, quoting
from parsers import subject as subjects
from parsers.address import Mailbox, read_mailboxes
from parsers.attachment import Attachment
from parsers.markup import Line

_MAILS = frozenset(("message/rfc822", "message/global"))
_MOST_HEADER = 30
"""Lines of a header in a text, with those that go on."""
_MAILTO = re.compile(r"[\[<(]\s*mailto:([^\])>\s]{1,254})[\])>]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """The mail that was handed on."""

    sender: Mailbox
    subject: str
    """Without prefixes; empty when it does not tell."""
    date: datetime | None
    message_id: str
    """Empty when only a text was handed on."""
    text: str
    words: str
    """What its forwarder wrote above it, without commands and signature."""
    attachments: tuple[Attachment, ...]
    body_hash: str
    """As parsers.mail has it, where the mail itself was attached."""


def attached(files: Sequence[Attachment]) -> Attachment | None:
    """Give the mail among some files; None when there is none, or more than one."""
    found = [
        one for one in files if one.type in _MAILS or one.name.lower().endswith(".eml")
    ]
    return found[0] if len(found) == 1 else None


def in_text(
    lines: Sequence[Line],
    split: quoting.Split,
    subject: str,
    files: tuple[Attachment, ...],
) -> Forwarded | None:
    """Read a mail that was handed on as text; None when there is none.

    `split` is what `quoting` made of the lines: a forward that somebody merely quotes
    is none.
    """
    found = _headed(lines, is_forward=subjects.is_forward(subject))
    if found is None or not any(line in split.reply for line in found.announced):
        return None
    named = _header(found.header)
    senders = read_mailboxes(_MAILTO.sub(r"<\1>", named.get("from", "")))
    if not senders:
        return None
    above = quoting.split([Line(line) for line in found.above]).reply
    said = named.get("date", "").replace(" at ", " ").replace(" um ", " ")
    return Forwarded(
        sender=senders[0],
        subject=subjects.base(named.get("subject", "") or subject),
        date=heading.read_date(said) if said else None,
        message_id="",
        text=_unquoted(found.below),
        words=command.read_commands(above)[1].strip(),
        attachments=files,
        body_hash="",
    )


@dataclass(frozen=True, slots=True)
class _Headed:
    """A mail within a text, parted where its header stands."""

    above: tuple[str, ...]
    announced: tuple[str, ...]
    """The lines that say so; one of them is no quote where the mail is none."""
    header: tuple[str, ...]
    below: tuple[str, ...]


def _headed(lines: Sequence[Line], *, is_forward: bool = False) -> _Headed | None:
    """Find the mail that was handed on in a text; None when there is none.

    A line that says so announces it, in any form that `split` knows; where the subject
    says it (`is_forward`), a header alone does.
    """
    scan = quoting.scan(lines)
    for at, text in enumerate(scan.bare):
        if not text or scan.quoted[at]:
            continue
        says_so = scan.is_forward_line(at) or (is_forward and scan.is_separator(at))
        start = scan.after_blanks(at + 1) if says_so else at
        if not says_so and not (is_forward and scan.is_header_block(at)):
            continue
        end = _end_of_header(scan.bare, start)
        if any(marks.header(line) == "from" for line in scan.bare[start:end]):
            texts = [line.text.replace("\u2063", "").rstrip() for line in scan.lines]
            announced = texts[at : at + 1] if says_so else texts[start:end]
            above = at
            while above and marks.is_rule(scan.bare[above - 1] or "-----"):
                above -= 1
            return _Headed(
                tuple(texts[:above]),
                tuple(announced),
                tuple(scan.bare[start:end]),
                tuple(texts[end:]),
            )
    return None


def _end_of_header(bare: Sequence[str], start: int) -> int:
    """Count the lines of a header in a text; some programs part them by blank ones."""
    end, at = start, start
    while at < len(bare) and at - start < _MOST_HEADER:
        if marks.header(bare[at]):
            end = at + 1
        elif bare[at].strip("> "):
            if at != end:
                break
            end = at + 1
        at += 1
    return end


def _header(lines: Sequence[str]) -> dict[str, str]:
    """Read the lines of a header in a text; the first of a name counts."""
    named: dict[str, str] = {}
    last = ""
    for line in lines[:_MOST_HEADER]:
        if name := marks.header(line):
            last = "" if name in named else name
            named.setdefault(name, line.partition(":")[2].strip("*_ \t\xa0"))
        elif last:
            named[last] += f" {line.strip()}"
    return named


def _unquoted(lines: Sequence[str]) -> str:
    """Give a text; signs of a quote go where all of it bears them."""
    told = [line for line in lines if line.strip()]
    if told and all(line.lstrip().startswith(">") for line in told):
        lines = [line.lstrip().removeprefix(">").removeprefix(" ") for line in lines]
    return "\n".join(lines).strip("\n")
