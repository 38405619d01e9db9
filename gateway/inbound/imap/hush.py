"""Makes what a stranger's server says fit for a log: one line, and no secret in it."""

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote_plus

MOST = 200
_WORD = re.compile(r"[^\s'\"]{8,}")
_STRANGE = re.compile(r"[^\x20-\x7e]+")


def hushed(text: str, secrets: Iterable[str], most: int = MOST) -> str:
    """Give `text` on one line of ASCII, at most `most` letters, without the secrets.

    A server may repeat what it was sent, as it was or as it travelled (in base64 with
    SASL, in a form with OAuth), whole or cut: none of it is left.
    """
    shapes = [shape for secret in filter(None, secrets) for shape in _shapes(secret)]
    for shape in sorted(shapes, key=len, reverse=True):
        text = text.replace(shape, "***")
    text = _WORD.sub(lambda word: _unless_part(word[0], shapes), text)
    return " ".join(_STRANGE.sub(" ", text).split())[:most]


def _shapes(secret: str) -> tuple[str, ...]:
    octets = secret.encode("utf-8", "replace")
    return secret, quote_plus(secret), base64.b64encode(octets).decode()


def _unless_part(word: str, shapes: list[str]) -> str:
    return "***" if any(word in shape for shape in shapes) else word
