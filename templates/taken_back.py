"""What stands where a text was taken back, and the question before it."""

from dataclasses import dataclass

from parsers import head
from templates import header, mime, render
from templates.render import Reader


@dataclass(frozen=True, kw_only=True)
class TakeBack:
    """The question whether the text of a post shall be taken back, before it is."""

    subject: str
    text: str
    author: str
    """Whose post it is; empty when it is the reader's own."""
    is_note: bool
    files: tuple[str, ...]
    """Names of the files that go with it."""
    sent_to: tuple[str, ...]
    """In whose mailboxes it stays."""


def in_place_of(name: str, reader: Reader) -> str:
    """Give the sentence that stands where a text was: who took it back, and when."""
    seen = {"name": name, "at": reader.now}
    return render.letter("taken_back/sentence.txt", "txt", reader, seen).strip()


def blotted(octets: bytes, said: str) -> bytes:
    """Give a mail with its header and nothing else but one sentence.

    `octets` have CRLF line ends. What the header says of the body is written anew.
    """
    kept = b""
    keeps = False
    for line in head.section(octets).splitlines(keepends=True):
        if not line.startswith((b" ", b"\t")):
            keeps = not line.lower().startswith((b"content-", b"mime-version"))
        kept += line if keeps else b""
    entity = mime.plain_letter(said)
    return kept + header.write((("MIME-Version", "1.0"),)) + entity.octets()
