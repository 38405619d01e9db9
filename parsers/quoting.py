"""What of a mail is new, and what repeats others: found by one scan of its lines.

The home of our marker. The first line of each letter of ours carries `MARKER`, three
invisible separators (U+2063), anywhere in it, in the text and in the HTML part alike,
and never in a hidden element (mail programs drop those). A reply that quotes the
letter carries it back, so that the quote is found in whatever language the mail
program speaks: the marked line, all below it, and the attribution above it.

Nothing is lost: what is left out of the reply is folded, in order, with its kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from parsers import marks, phrases
from parsers.markup import Line

MARKER = "\u2063" * 3
"""Begins the first line of a letter of ours; invisible."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Text that the reply does not show: a quote, signature, disclaimer, forward."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Split:
    """The new text, and what was folded away."""

    reply: str
    folded: tuple[Folded, ...]


_NEW, _QUOTE, _SIGNATURE, _DISCLAIMER = "", "quote", "signature", "disclaimer"
_LONGEST = 300
"""Letters of a line that can be an attribution or a header."""


def split(lines: Sequence[Line], *, is_forward: bool = False) -> Split:
    """Part the new text from the rest.

    `is_forward`: the subject says so; then what follows the header block is the
    message itself. Bottom-posted answers lose the quote above them, answers between
    quoted lines keep the lines that they answer.
    """
    scan = _Scan(_parted(lines))
    kinds = scan.kinds(is_forward=is_forward)
    _mend_wrapped(scan, kinds)
    _keep_questions(scan, kinds)
    _fold_endings(scan, kinds)
    _close_gaps(scan, kinds)
    return _assemble(scan, kinds)


def _parted(lines: Sequence[Line]) -> list[Line]:
    """Break a line that goes on with an attribution, as some telephones write it."""
    out: list[Line] = []
    for line in lines:
        at = -1
        if len(line.text) < 2 * _LONGEST and line.text.rstrip().endswith("wrote:"):
            at = max(line.text.find(" On "), line.text.find("-On "))
        if at > 0 and marks.is_attribution(line.text[at + 1 :]):
            before = line.text[: at + 1].rstrip("- ")
            if before and not before.startswith((">", "On ")) and "@" not in before:
                out += [Line(before, line.kind), Line(line.text[at + 1 :], line.kind)]
                continue
        out.append(line)
    return out


class _Scan:
    """The lines, each looked at once for what it may be."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.bare = [marks.bare(line.text) for line in lines]
        self.quoted = [text.startswith((">", "|>")) for text in self.bare]

    def kinds(self, *, is_forward: bool) -> list[str]:
        """Give the kind of each line: quotes, and what the HTML said."""
        kinds = [line.kind for line in self.lines]
        at = 0
        while at < len(kinds):
            if self.quoted[at]:
                kinds[at] = _QUOTE
                at += 1
                continue
            if not self.bare[at] or kinds[at] == _QUOTE:
                at += 1
                continue
            if self._is_forward_line(at):
                return kinds
            at = self._look(at, kinds, is_forward=is_forward)
        return kinds

    def _look(self, at: int, kinds: list[str], *, is_forward: bool) -> int:
        """Mark what begins here; give where to go on."""
        if MARKER in self.lines[at].text and not is_forward:
            return self._cut(self._above(at), kinds)
        if self._is_separator(at) or self._is_header_block(at):
            nothing_above = not self._has_new(kinds, at)
            return len(kinds) if is_forward or nothing_above else self._cut(at, kinds)
        length = self._attribution(at)
        if not length:
            return at + 1
        below = self.after_blanks(at + length)
        if below < len(kinds) and not self.quoted[below] and kinds[below] != _QUOTE:
            if not self._is_sure(at, length) or not self._has_new(kinds, at):
                return at + length
            return len(kinds) if is_forward else self._cut(at, kinds)
        kinds[at : at + length] = [_QUOTE] * length
        return at + length

    def _cut(self, at: int, kinds: list[str]) -> int:
        """Fold everything from here, with the rule above it."""
        while at > 0 and (not self.bare[at - 1] or marks.is_rule(self.bare[at - 1])):
            at -= 1
        kinds[at:] = [_QUOTE] * (len(kinds) - at)
        return len(kinds)

    def _has_new(self, kinds: list[str], end: int) -> bool:
        return any(
            self.bare[at] and kinds[at] == _NEW and not marks.is_rule(self.bare[at])
            for at in range(end)
        )

    def after_blanks(self, at: int) -> int:
        """Find the next line that holds something."""
        while at < len(self.bare) and not self.bare[at]:
            at += 1
        return at

    def _above(self, at: int) -> int:
        """Find the attribution or header block above our marker, in any language."""
        end = at
        while end > 0 and not self.bare[end - 1]:
            end -= 1
        start = end
        while start > 0 and end - start < 8 and self.bare[start - 1]:
            start -= 1
        block = self.bare[start:end]
        if not block:
            return at
        if len(block) > 1 and all(":" in line for line in block):
            return start
        for first in range(start, end):
            joined = " ".join(self.bare[first:end])
            begins = first == start or marks.is_lead(self.bare[first])
            if begins and joined.endswith(":") and marks.is_dated(joined):
                return first
        return at

    def _is_forward_line(self, at: int) -> bool:
        text = self.bare[at]
        if len(text) > _LONGEST:
            return False
        words = text.strip("-_=*~> :").casefold()
        if not words.startswith(phrases.FORWARDED):
            return False
        return text.startswith(("--", "__", "==", "**", "~~")) or text.endswith(":")

    def _is_separator(self, at: int) -> bool:
        text = self.bare[at]
        if len(text) > _LONGEST or not text.startswith(("--", "__", "==", "—", "- ")):
            return False
        words = text.strip("-_=*~—> :").casefold()
        if words.startswith(phrases.ORIGINAL):
            return True
        return text.endswith("---") and words.endswith(phrases.WROTE)

    def _is_header_block(self, at: int) -> bool:
        """Outlook's way: From, Sent, To, Subject; some begin with the date."""
        if marks.header(self.bare[at]) not in ("from", "date"):
            return False
        meant = {marks.header(self.bare[at])}
        for line in self.bare[at + 1 : at + 9]:
            if not line:
                break
            meant.add(marks.header(line))
        return "from" in meant and len(meant - {"", "cc"}) >= 3

    def _attribution(self, at: int) -> int:
        """Count the lines of an attribution that begins here; 0 is none."""
        for length in range(1, 5):
            last = at + length - 1
            if last >= len(self.bare) or self.quoted[last]:
                break
            text = self.bare[last]
            if not text or len(text) > _LONGEST:
                break
            if length == 1 and marks.is_signed(text):
                return 1
            if text.rstrip("*_ ").endswith(":"):
                joined = " ".join(self.bare[at : last + 1])
                good = marks.is_attribution(joined)
                return length if good and (length == 1 or self._wraps(at, last)) else 0
        return 0

    def _wraps(self, at: int, last: int) -> bool:
        """Say whether several lines are one attribution, and not prose above one."""
        if not marks.is_lead(self.bare[at]) and "@" not in self.bare[at]:
            return False
        return not any(
            marks.is_lead(self.bare[later])
            and marks.is_attribution(" ".join(self.bare[later : last + 1]))
            for later in range(at + 1, last + 1)
        )

    def _is_sure(self, at: int, length: int) -> bool:
        """Ask for more when no quote sign follows: text must not vanish below it."""
        joined = " ".join(self.bare[at : at + length])
        return "@" in joined or (marks.is_lead(joined) and marks.has_date(joined))


def _mend_wrapped(scan: _Scan, kinds: list[str]) -> None:
    """Give a quote back the piece of a long line that a mail program broke off."""
    for at in range(1, len(kinds) - 1):
        text, above = scan.bare[at], scan.bare[at - 1]
        if (
            kinds[at] == _NEW
            and text[:1].islower()
            and kinds[at - 1] == kinds[at + 1] == _QUOTE
            and scan.quoted[at - 1]
            and scan.quoted[at + 1]
            and len(above) >= 60
            and above[-1] not in ".?!:"
        ):
            kinds[at] = _QUOTE


def _keep_questions(scan: _Scan, kinds: list[str]) -> None:
    """Where answers stand between quoted lines, keep what each of them answers."""
    runs = _runs(scan, kinds)
    answered = [
        position
        for position, (kind, _, _) in enumerate(runs[:-1])
        if kind == _QUOTE and runs[position + 1][0] == _NEW
    ]
    deliberate = [
        position
        for position in answered
        if position and runs[position - 1][0] == _NEW and scan.quoted[runs[position][1]]
    ]
    if len(answered) < 2 and not deliberate:
        return
    for position in answered:
        _, start, end = runs[position]
        for at in range(start, end):
            if scan.quoted[at]:
                kinds[at] = _NEW


def _runs(scan: _Scan, kinds: list[str]) -> list[tuple[str, int, int]]:
    """Group lines of one kind; blank lines and signatures belong to what is before."""
    runs: list[tuple[str, int, int]] = []
    in_signature = False
    for at, kind in enumerate(kinds):
        in_signature = kind != _QUOTE and (in_signature or _is_delimiter(scan.bare[at]))
        if runs and (not scan.bare[at] or in_signature or kind == runs[-1][0]):
            runs[-1] = (runs[-1][0], runs[-1][1], at + 1)
        elif (
            scan.bare[at]
            and kind in (_NEW, _QUOTE)
            and not _is_sent_from(scan.bare[at])
        ):
            runs.append((kind, at, at + 1))
    return runs


def _is_delimiter(text: str) -> bool:
    """Say whether a signature begins here (RFC 3676 4.3), dashes "improved" or not."""
    return text in ("--", "—", "\u2013\u2013", "- --")


def _is_sent_from(text: str) -> bool:
    folded = text.casefold()
    if len(text) < 200 and folded.startswith(phrases.SENT_FROM):
        return True
    return folded.startswith("sent from ") and len(text.partition("<")[0].split()) <= 5


_MOST_SIGNATURE = 20
_MOST_AFTER_PHONE = 4


def _fold_endings(scan: _Scan, kinds: list[str]) -> None:
    """Fold signatures and disclaimers at the end of each stretch of new text."""
    _fold_banner(scan, kinds)
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] == kinds[start]:
            end += 1
        if kinds[start] == _NEW:
            end_of_text = _fold_disclaimers(scan, kinds, start, end)
            _fold_signature(scan, kinds, start, end_of_text)
        start = end


def _fold_banner(scan: _Scan, kinds: list[str]) -> None:
    """Fold the warning that a company puts above what comes from outside."""
    start = scan.after_blanks(0)
    end = start
    while end < len(kinds) and scan.bare[end] and end - start < 10:
        end += 1
    text = " ".join(scan.bare[start:end])[:1000].casefold()
    if len(text) < 700 and any(phrase in text for phrase in phrases.BANNERS):
        kinds[start:end] = [_DISCLAIMER] * (end - start)


def _fold_signature(scan: _Scan, kinds: list[str], start: int, end: int) -> None:
    for at in range(start, end):
        text = scan.bare[at]
        if _is_delimiter(text):
            most = _MOST_SIGNATURE
        elif _is_sent_from(text):
            most = _MOST_AFTER_PHONE
        else:
            continue
        below = sum(1 for one in scan.bare[at + 1 : min(end, at + 2 * most)] if one)
        if below <= most and end - at <= 2 * most:
            kinds[at:end] = [_SIGNATURE] * (end - at)
            return


def _fold_disclaimers(scan: _Scan, kinds: list[str], start: int, end: int) -> int:
    """Fold legal paragraphs at the end; give where the text before them ends."""
    while True:
        last = end
        while last > start and not scan.bare[last - 1]:
            last -= 1
        first = last
        while first > start and scan.bare[first - 1] and last - first < 60:
            first -= 1
        text = " ".join(scan.bare[first:last])[:5000].casefold()
        hits = sum(1 for word in phrases.DISCLAIMERS if word in text)
        if len(text) < 120 or hits < 2:
            return end
        kinds[first:last] = [_DISCLAIMER] * (last - first)
        end = first


def _close_gaps(scan: _Scan, kinds: list[str]) -> None:
    """Give empty lines inside a folded stretch to it."""
    last = 0
    for at in range(1, len(kinds)):
        if not scan.bare[at] and kinds[at] == _NEW:
            continue
        if at - last > 1 and kinds[at] == kinds[last] != _NEW:
            kinds[last + 1 : at] = [kinds[at]] * (at - last - 1)
        last = at


def _assemble(scan: _Scan, kinds: list[str]) -> Split:
    reply: list[str] = []
    folded: list[tuple[str, list[str]]] = []
    before = _NEW
    for line, kind in zip(scan.lines, kinds, strict=True):
        text = line.text.replace("\u2063", "")
        if kind == _NEW:
            reply.append(text)
        elif kind == before and folded:
            folded[-1][1].append(text)
        else:
            folded.append((kind, [text]))
        before = kind
    return Split(
        _trim(reply),
        tuple(Folded(kind, text) for kind, lines in folded if (text := _trim(lines))),
    )


def _trim(lines: list[str]) -> str:
    """Join lines; blank ones at the edges go, and no three stand together."""
    out: list[str] = []
    blank = 0
    for line in lines:
        blank = 0 if line.strip() else blank + 1
        if blank < 3:
            out.append(line.rstrip())
    return "\n".join(out).strip("\n")
