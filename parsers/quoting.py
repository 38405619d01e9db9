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

from parsers import endings, marks, phrases
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


_NEW, _QUOTE = "", "quote"
_LONGEST = 300
"""Letters of a line that can be an attribution or a header."""


def split(lines: Sequence[Line], *, is_forward: bool = False) -> Split:
    """Part the new text from the rest.

    `is_forward`: the subject says so; then what follows the header block is the
    message itself. Bottom-posted answers lose the quote above them, answers between
    quoted lines keep the lines that they answer.
    """
    seen = scan(lines)
    kinds = seen.kinds(is_forward=is_forward)
    _mend_wrapped(seen, kinds)
    _keep_questions(seen, kinds)
    endings.fold(seen.bare, kinds)
    _close_gaps(seen, kinds)
    if seen.is_bare_quote():
        kinds = [_NEW] * len(kinds)
    return _assemble(seen, kinds)


def scan(lines: Sequence[Line]) -> "Scan":
    """Look at each line once, and mend what mail programs tore apart."""
    return Scan(_parted(_rejoined(lines)))


def _rejoined(lines: Sequence[Line]) -> list[Line]:
    """Join an address that was torn apart, as some make text of HTML links.

    `Ana Ruiz`, `<`, `mailto:ana@acme.example`, `> wrote:` is one attribution; its
    last line must not be taken for a quote.
    """
    out: list[Line] = []
    at = 0
    while at < len(lines):
        following = [line.text.strip() for line in lines[at : at + 3]]
        if following[0] == "<" and len(following) == 3 and _is_torn(following):
            while out and not out[-1].text.strip():
                out.pop()
            before = out.pop().text if out else ""
            out.append(Line(f"{before} {''.join(following)}", lines[at].kind))
            at += 3
            continue
        out.append(lines[at])
        at += 1
    return out


def _is_torn(following: Sequence[str]) -> bool:
    return following[1].startswith("mailto:") and following[2].startswith(">")


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


class Scan:
    """The lines, each looked at once for what it may be."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.bare = [marks.bare(line.text) for line in lines]
        self.quoted = [text.startswith((">", "|>")) for text in self.bare]
        self.ends_in_colon = [text.rstrip("*_ ").endswith(":") for text in self.bare]
        self._mark_initials()

    def _mark_initials(self) -> None:
        """See quotes whose sign bears the writer's initials: `AR> Shall we?`."""
        signs = [marks.initials(text) for text in self.bare]
        for at, sign in enumerate(signs):
            # One line alone may be anything: a prompt, a chart.
            if sign and sign in (signs[at - 1 : at] + signs[at + 1 : at + 2]):
                self.quoted[at] = True

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
            if self.is_forward_line(at):
                return kinds
            at = self._look(at, kinds, is_forward=is_forward)
        return kinds

    def is_bare_quote(self) -> bool:
        """Say whether all is quote signs, with nothing that tells what is quoted.

        Whoever sends only that means it; letters of ours are known by their marker.
        """
        said = [at for at, text in enumerate(self.bare) if text]
        if any(MARKER in line.text for line in self.lines):
            return False
        return bool(said) and all(self.quoted[at] for at in said)

    def _look(self, at: int, kinds: list[str], *, is_forward: bool) -> int:
        """Mark what begins here; give where to go on."""
        if MARKER in self.lines[at].text and not is_forward:
            return self._cut(self._above(at), kinds)
        if self.is_separator(at) or self.is_header_block(at):
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

    def is_forward_line(self, at: int) -> bool:
        """Say whether a line announces a mail that was handed on."""
        text = self.bare[at]
        if len(text) > _LONGEST:
            return False
        words = text.strip("-_=*~> :").casefold()
        if not words.startswith(phrases.FORWARDED):
            return False
        return text.startswith(("--", "__", "==", "**", "~~")) or text.endswith(":")

    def is_separator(self, at: int) -> bool:
        """Say whether a line announces the original of an answer."""
        text = self.bare[at]
        if len(text) > _LONGEST or not text.startswith(("--", "__", "==", "—", "- ")):
            return False
        words = text.strip("-_=*~—> :").casefold()
        if words.startswith(phrases.ORIGINAL):
            return True
        return text.endswith("---") and words.endswith(phrases.WROTE)

    def is_header_block(self, at: int) -> bool:
        """Outlook's way: From, Sent, To, Subject; some begin with the date."""
        if marks.header(self.bare[at]) not in ("from", "date"):
            return False
        block = [self.bare[at]]
        for line in self.bare[at + 1 : at + 9]:
            if not line:
                break
            block.append(line)
        meant = {marks.header(line) for line in block} - {"", "cc"}
        if "from" in meant and len(meant) >= 3:
            return True
        # Two are enough where they are what a mail has, and nothing else is there.
        is_apart = at > 0 and not self.bare[at - 1]
        return is_apart and marks.is_short_header(block)

    def _attribution(self, at: int) -> int:
        """Count the lines of an attribution that begins here; 0 is none."""
        if not any(self.ends_in_colon[at : at + 4]):
            text = self.bare[at]
            return int(len(text) <= _LONGEST and marks.is_signed(text))
        for length in range(1, 5):
            last = at + length - 1
            if last >= len(self.bare) or self.quoted[last]:
                break
            text = self.bare[last]
            if not text or len(text) > _LONGEST:
                break
            if length == 1 and marks.is_signed(text):
                return 1
            if self.ends_in_colon[last]:
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


def _mend_wrapped(scan: Scan, kinds: list[str]) -> None:
    """Give a quote back the piece of a long line that a mail program broke off."""
    for at in range(1, len(kinds)):
        text, above = scan.bare[at], scan.bare[at - 1]
        if kinds[at] != _NEW or not (kinds[at - 1] == _QUOTE and scan.quoted[at - 1]):
            continue
        goes_on = (
            text[:1].islower()
            and len(above) >= 60
            and above[-1] not in ".?!:"
            and kinds[at + 1 : at + 2] == [_QUOTE]
            and scan.quoted[at + 1]
        )
        if goes_on or marks.closes_link(above, text):
            kinds[at] = _QUOTE


def _keep_questions(scan: Scan, kinds: list[str]) -> None:
    """Where answers stand between quoted lines, keep what each of them answers."""
    if _QUOTE not in kinds:
        return
    runs = _runs(scan, kinds)
    answered = [
        position
        for position, (kind, _, _) in enumerate(runs[:-1])
        if kind == _QUOTE and runs[position + 1][0] == _NEW
    ]
    deliberate = [
        position
        for position in answered
        if position
        and runs[position - 1][0] == _NEW
        and any(scan.quoted[runs[position][1] : runs[position][2]])
    ]
    if len(answered) < 2 and not deliberate:
        return
    for position in answered:
        _, start, end = runs[position]
        for at in range(start, end):
            if scan.quoted[at]:
                kinds[at] = _NEW


def _runs(scan: Scan, kinds: list[str]) -> list[tuple[str, int, int]]:
    """Group lines of one kind; blank lines and signatures belong to what is before."""
    runs: list[tuple[str, int, int]] = []
    in_signature = False
    for at, kind in enumerate(kinds):
        in_signature = kind != _QUOTE and (
            in_signature
            or endings.is_delimiter(scan.bare[at])
            or endings.is_drawn(scan.bare[at])
        )
        if runs and (not scan.bare[at] or in_signature or kind == runs[-1][0]):
            runs[-1] = (runs[-1][0], runs[-1][1], at + 1)
        elif (
            scan.bare[at]
            and kind in (_NEW, _QUOTE)
            and not endings.is_sent_from(scan.bare[at])
        ):
            runs.append((kind, at, at + 1))
    return runs


def _close_gaps(scan: Scan, kinds: list[str]) -> None:
    """Give empty lines inside a folded stretch to it."""
    last = 0
    for at in range(1, len(kinds)):
        if not scan.bare[at] and kinds[at] == _NEW:
            continue
        if at - last > 1 and kinds[at] == kinds[last] != _NEW:
            kinds[last + 1 : at] = [kinds[at]] * (at - last - 1)
        last = at


def _assemble(scan: Scan, kinds: list[str]) -> Split:
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
