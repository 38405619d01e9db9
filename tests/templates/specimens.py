"""One letter of every kind and audience, as the deeds would fill it."""

import email
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser

from templates.letter import Composed, compose
from tests.templates.kinds import (
    answered,
    asked,
    digested,
    held,
    invited,
    posted,
    queued,
    reached,
    themed,
)
from tests.templates.specimen import head

SPECIMENS = {
    **posted.SPECIMENS,
    **answered.SPECIMENS,
    **invited.SPECIMENS,
    **queued.SPECIMENS,
    **asked.SPECIMENS,
    **themed.SPECIMENS,
    **digested.SPECIMENS,
    **reached.SPECIMENS,
    **held.SPECIMENS,
}

#: Letters without a twin in HTML.
PLAIN = frozenset({"bounce probe"})
TWINS = [name for name in SPECIMENS if name not in PLAIN]


def make(name: str, **changes) -> Composed:
    specimen = SPECIMENS[name]
    return compose(head(**(specimen.head | changes)), specimen.values)


def read(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=policy.default)


def text_of(composed: Composed) -> str:
    return _lines(read(composed.raw).get_body(("plain",)).get_content())


def html_of(composed: Composed) -> str:
    return _lines(read(composed.raw).get_body(("html",)).get_content())


def _lines(content: str) -> str:
    return content.replace("\r\n", "\n")


class _Words(HTMLParser):
    """What a reader sees: the words outside the head, and the links with them."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag, attrs):
        self._hidden += tag in ("head", "style")
        if tag == "a":
            self.links.append(dict(attrs)["href"])
        if tag in ("p", "br", "div"):
            self.words.append(" ")

    def handle_endtag(self, tag):
        self._hidden -= tag in ("head", "style")

    def handle_data(self, data):
        if not self._hidden:
            self.words.append(data)


def seen(html: str) -> str:
    """Give the visible words of HTML."""
    return " ".join("".join(_parsed(html).words).split())


def links(html: str) -> list[str]:
    return _parsed(html).links


def _parsed(html: str) -> _Words:
    words = _Words()
    words.feed(html)
    words.close()
    return words
