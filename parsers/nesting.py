"""HTML is flattened where it would cost a parser quadratic time (promises T15)."""

import re

_BLOCK_WORDS = """
address article aside blockquote body center dd div dl dt fieldset figcaption figure
footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody
tfoot thead tr ul
"""
BLOCKS = frozenset(_BLOCK_WORDS.split())
"""Elements that begin and end a line."""

_ENDLESS_WORDS = """
area base br col embed hr img input link meta param source track wbr p li td th tr dd dt
option tbody thead tfoot colgroup html head body
"""
_ENDLESS = frozenset(_ENDLESS_WORDS.split())
"""Elements that need no end tag, so their count says nothing of the depth."""


def tame(html: str) -> str:
    """Flatten what would cost an HTML parser quadratic time.

    Where much is opened, comments, style sheets and scripts go; a tag with pages of
    attributes keeps its name; elements deeper than browsers show them (512) lose their
    tags, not their text.
    """
    if _is_tame(html):
        return html
    out: list[str] = []
    at = kept = 0
    nesting = _Nesting()
    closers = dict.fromkeys(_CLOSERS, True)
    while found := _OPENS.search(html, at):
        start, name = found.start(), found[1].lower()
        if name in _CLOSERS:
            at = _past(html, start, name, closers)
            instead = ""
        else:
            at = html.find(">", found.end()) + 1
            if not at:
                break
            instead = nesting.instead(name, html[start:at])
        if instead != html[start:at]:
            out += (html[kept:start], instead)
            kept = at
    out.append(html[kept:])
    return "".join(out)


def _is_tame(html: str) -> bool:
    """Say whether nothing can be deep or long, as in most mails, by counting alone.

    Nor may anything be left open that would swallow the text behind it.
    """
    opened = html.count("<") - html.count("</")
    if opened > _MOST_NESTED or max(map(len, html.split(">"))) > _LONGEST_TAG:
        return False
    if html.count("<!--") > html.count("-->"):
        return False
    folded = html.lower()
    return all(
        folded.count(f"<{name}") <= folded.count(f"</{name}")
        for name in ("style", "script")
    )


_OPENS = re.compile(r"<(!--|/?[a-z][a-z0-9]{0,30})", re.IGNORECASE)


class _Nesting:
    """Counts open elements, and drops the tags of those that are too deep."""

    def __init__(self) -> None:
        self._depth = 0
        self._open: dict[str, int] = {}
        self._dropped: dict[str, int] = {}

    def instead(self, name: str, tag: str) -> str:
        """Give what stands for a tag; mostly the tag itself."""
        if len(tag) > _LONGEST_TAG:
            tag = f"<{name}>"
        if name.startswith("/"):
            return self._end(tag, name[1:])
        if name in _ENDLESS or tag.endswith("/>"):
            return tag
        if self._depth < _MOST_NESTED:
            self._depth += 1
            self._open[name] = self._open.get(name, 0) + 1
            return tag
        self._dropped[name] = self._dropped.get(name, 0) + 1
        return "<br>" if name in BLOCKS else ""

    def _end(self, tag: str, name: str) -> str:
        """Count an end tag only when it ends something."""
        if self._dropped.get(name, 0):
            self._dropped[name] -= 1
            return ""
        if self._open.get(name, 0):
            self._open[name] -= 1
            self._depth -= 1
        return tag


_MOST_NESTED = 400
_LONGEST_TAG = 8_000
_CLOSERS = {"!--": "-->", "style": "</style", "script": "</script"}


def _past(html: str, start: int, opener: str, closers: dict[str, bool]) -> int:
    """Find where a comment, style sheet or script ends; without end, its opener does.

    `closers` remembers that an end was looked for in vain: once is linear.
    """
    closer = _CLOSERS[opener]
    if closers[opener]:
        end = html.find(closer, start)
        end = html.find(closer.upper(), start) if end < 0 else end
        if end >= 0:
            return end + len(closer) if opener == "!--" else end
        closers[opener] = False
    return start + 1 + len(opener)
