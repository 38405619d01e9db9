"""Enriched text (RFC 1896), an old way of writing bold letters, becomes plain lines."""

import re

TYPES = ("text/enriched", "text/richtext")

_COMMAND = re.compile(r"<(/?)([A-Za-z0-9-]{1,60})>")
_BREAKS = re.compile(r"\n+")


def read(text: str) -> str:
    """Give the text without commands; one line end is a blank, two are one (4)."""
    text = text.replace("<<", "\x00")
    out: list[str] = []
    at, hidden = 0, 0
    for match in _COMMAND.finditer(text):
        if not hidden:
            out.append(text[at : match.start()])
        at = match.end()
        if match[2].lower() == "param":
            hidden = max(0, hidden - 1) if match[1] else hidden + 1
    if not hidden:
        out.append(text[at:])
    shown = _BREAKS.sub(lambda one: one[0][1:] or " ", "".join(out))
    return shown.replace("\x00", "<")
