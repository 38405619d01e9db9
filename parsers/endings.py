"""Endings of what somebody wrote: signatures, disclaimers, and banners above."""

from collections.abc import Sequence

from parsers import marks, phrases


def is_delimiter(text: str) -> bool:
    """Say whether a signature begins here (RFC 3676 4.3), dashes "improved" or not."""
    return text in ("--", "—", "\u2013\u2013", "- --")


def is_sent_from(text: str) -> bool:
    """Say whether a mail program signs here for its owner."""
    if marks.header(text):
        return False  # "Отправлено:" is a date.
    folded = text.casefold()
    if len(text) < 200 and folded.startswith(phrases.SENT_FROM):
        return True
    return folded.startswith("sent from ") and len(text.partition("<")[0].split()) <= 5


def is_drawn(text: str) -> bool:
    """Say whether a line is the rule that some draw above their name."""
    return len(text) >= 10 and not text.strip("_")


_MOST_SIGNATURE = 20
_MOST_AFTER_PHONE = 4
_MOST_BELOW_RULE = 4


def fold(bare: Sequence[str], kinds: list[str]) -> None:
    """Fold signatures and disclaimers at the end of each stretch of new text."""
    _fold_banner(bare, kinds)
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] == kinds[start]:
            end += 1
        if kinds[start] == "":
            end_of_text = _fold_disclaimers(bare, kinds, start, end)
            _fold_signature(bare, kinds, start, end_of_text)
        start = end


def _fold_banner(bare: Sequence[str], kinds: list[str]) -> None:
    """Fold the warning that a company puts above what comes from outside."""
    start = _after_blanks(bare)
    end = start
    while end < len(kinds) and bare[end] and end - start < 10:
        end += 1
    text = " ".join(bare[start:end])[:1000].casefold()
    if len(text) < 700 and any(phrase in text for phrase in phrases.BANNERS):
        kinds[start:end] = ["disclaimer"] * (end - start)


def _fold_signature(
    bare: Sequence[str], kinds: list[str], start: int, end: int
) -> None:
    # What begins further up is too long for a signature.
    for at in range(max(start, end - 2 * _MOST_SIGNATURE), end):
        text = bare[at]
        if is_delimiter(text):
            most = _MOST_SIGNATURE
        elif is_sent_from(text):
            most = _MOST_AFTER_PHONE
        elif at > start and is_drawn(text):
            most = _MOST_BELOW_RULE
        else:
            continue
        below = sum(1 for one in bare[at + 1 : min(end, at + 2 * most)] if one)
        if below <= most and end - at <= 2 * most:
            kinds[at:end] = ["signature"] * (end - at)
            return


def _fold_disclaimers(
    bare: Sequence[str], kinds: list[str], start: int, end: int
) -> int:
    """Fold legal paragraphs at the end; give where the text before them ends."""
    while True:
        last = end
        while last > start and not bare[last - 1]:
            last -= 1
        first = last
        while first > start and bare[first - 1] and last - first < 60:
            first -= 1
        text = " ".join(bare[first:last])[:5000].casefold()
        hits = sum(1 for word in phrases.DISCLAIMERS if word in text)
        if len(text) < 120 or hits < 2:
            return end
        kinds[first:last] = ["disclaimer"] * (last - first)
        end = first


def _after_blanks(bare: Sequence[str]) -> int:
    return next((at for at, text in enumerate(bare) if text), len(bare))
