"""A mail as a mail program shows it: who, what, and its two twins."""

import email
import re
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from html import escape, unescape
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from parsers.address import Mailbox, read_mailboxes

_HREF = re.compile(r'href="([^"]*)"')
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+[^\s<>\".,;:!?)\]]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What stands on the screen, and what a reply needs."""

    sender: str
    """The name in From, else the address."""
    sender_address: str
    to: str
    cc: str
    subject: str
    text: str
    html: str
    files: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    kind: str
    reason: str
    reply_to: str
    message_id: str
    references: str
    date: str

    @property
    def beginning(self) -> str:
        """The first words of its own text, for a list."""
        own = (line for line in self.text.splitlines() if not line.startswith(">"))
        return " ".join(" ".join(own).split())[:160]


def show(raw: bytes) -> Shown:
    """Read a mail; every part that cannot be read is empty."""
    # The older policy: the newer one needs seconds for a long list of addresses.
    mail = email.message_from_bytes(raw, policy=policy.compat32)
    writers = read_mailboxes(str(mail.get("From", "")))
    writer = writers[0] if writers else Mailbox("", "")
    return Shown(
        sender=writer.name or writer.address,
        sender_address=writer.address,
        to=_header(mail, "To"),
        cc=_header(mail, "Cc"),
        subject=_header(mail, "Subject"),
        text=_body(mail, "text/plain"),
        html=_body(mail, "text/html"),
        files=tuple(
            part.get_filename() or "unnamed" for part in mail.walk() if _is_file(part)
        ),
        headers=tuple((name, _decoded(value)) for name, value in mail.items()),
        kind=_header(mail, "X-Parlour-Kind"),
        reason=_header(mail, "X-Parlour-Reason"),
        reply_to=_header(mail, "Reply-To") or _header(mail, "From"),
        message_id=_header(mail, "Message-ID"),
        references=_header(mail, "References"),
        date=_header(mail, "Date"),
    )


def _header(mail: Message, name: str) -> str:
    return _decoded(mail.get(name, ""))


def _decoded(value: object) -> str:
    """Decode a header's encoded words and fold its lines."""
    written = " ".join(str(value).split())
    try:
        return str(make_header(decode_header(written)))
    except (LookupError, ValueError, MessageError):
        return written


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _body(mail: Message, kind: str) -> str:
    for part in mail.walk():
        if part.get_content_type() == kind and not _is_file(part):
            content = part.get_payload(decode=True)
            octets = content if isinstance(content, bytes) else b""
            try:
                text = octets.decode(part.get_content_charset("utf-8"), "replace")
            except LookupError:
                text = octets.decode("utf-8", "replace")
            return text.replace("\r\n", "\n")
    return ""


def sheet(html: str, write: str) -> str:
    """Give the document for a sandboxed frame, its links made to work in the demo.

    mailto links open the form at `write`, filled in, as a mail program would; all
    others open a tab of their own, as from a mail program.
    """

    def link(found: re.Match[str]) -> str:
        return _anchor(unescape(found.group(1)), write)

    return _HREF.sub(link, html)


def _anchor(target: str, write: str) -> str:
    if target.lower().startswith("mailto:"):
        return f'target="_top" href="{escape(form_address(target, write))}"'
    return f'target="_blank" rel="noreferrer" href="{escape(target)}"'


def lines(text: str, write: str) -> str:
    """Give a plain text as HTML with its links made to work in the demo."""
    parts, end = [], 0
    for found in _LINK.finditer(text):
        link = f"<a {_anchor(found.group(), write)}>{escape(found.group())}</a>"
        parts += [escape(text[end : found.start()]), link]
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def form_address(mailto: str, write: str) -> str:
    """Give the address of the demo's form, filled in from a mailto URL (RFC 6068)."""
    url = urlsplit(mailto)
    given = parse_qs(url.query.replace("+", "%2B"))
    wanted = {"to": unquote(url.path)}
    for name in ("cc", "subject", "body"):
        if values := given.get(name):
            wanted[name] = values[0]
    return f"{write}?{urlencode(wanted)}"
