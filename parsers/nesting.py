"""HTML is flattened where it would cost a parser quadratic time (promises T15)."""

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

    Comments, style sheets and scripts go; a tag with pages of attributes keeps its
    name; elements deeper than browsers show them (512) lose their tags, not their text.
    """
    out: list[str] = []
    at = 0
    nesting = _Nesting()
    closers = dict.fromkeys(_CLOSERS, True)
    while (start := html.find("<", at)) >= 0:
        out.append(html[at:start])
        at = _skip(html, start, closers)
        if at:
            continue
        end = html.find(">", start)
        if end < 0:
            at = start
            break
        at = end + 1
        out.append(nesting.tag(html[start:at]))
    out.append(html[at:])
    return "".join(out)


class _Nesting:
    """Counts open elements, and drops the tags of those that are too deep."""

    def __init__(self) -> None:
        self._depth = 0
        self._open: dict[str, int] = {}
        self._dropped: dict[str, int] = {}

    def tag(self, tag: str) -> str:
        name = _name(tag)
        if len(tag) > _LONGEST_TAG:
            tag = f"<{name}>"
        plain = name.lstrip("/")
        if not plain or plain in _ENDLESS or tag.endswith("/>"):
            return tag
        if name.startswith("/"):
            return self._end(tag, plain)
        if self._depth < _MOST_NESTED:
            self._depth += 1
            self._open[plain] = self._open.get(plain, 0) + 1
            return tag
        self._dropped[plain] = self._dropped.get(plain, 0) + 1
        return "<br>" if plain in BLOCKS else ""

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
_CLOSERS = {"<!--": "-->", "<style": "</style", "<script": "</script"}


def _skip(html: str, start: int, closers: dict[str, bool]) -> int:
    """Find the end of a comment, style sheet or script that begins here; else 0."""
    head = html[start : start + 7].lower()
    for opener, closer in _CLOSERS.items():
        if not head.startswith(opener):
            continue
        if closers[opener]:
            end = html.find(closer, start)
            end = html.find(closer.upper(), start) if end < 0 else end
            if end >= 0:
                return end + len(closer) if opener == "<!--" else end
            closers[opener] = False
        return start + len(opener)
    return 0


def _name(tag: str) -> str:
    """Give the name in a tag, with its slash when it is an end tag."""
    end = 2
    while end < min(len(tag), 30) and (tag[end].isalnum()):
        end += 1
    name = tag[1:end].lower()
    return name if name.lstrip("/").isalnum() else ""
