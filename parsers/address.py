"""Mail addresses: read from headers, checked, and made comparable."""

import ipaddress
import unicodedata
from dataclasses import dataclass

from parsers import header as headers

MOST_MAILBOXES = 1000
"""Mailboxes read from one header; more are nobody's honest mail."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A person as a header names them: the name cleaned, the address as written."""

    name: str
    address: str


def key(address: str) -> str:
    """Give what addresses are matched and stored by; never raises.

    Lower case rather than case folding, which would make `straße@` and `strasse@`
    one person; the domain becomes A-labels as IDNA 2008 reads it (RFC 5891), so ß
    stays ß there too.
    """
    address = address.strip().strip("<>").strip()
    local, at, host = address.rpartition("@")
    if address.isascii() and host[:1] > " " and host[-1] != ".":
        # Nearly all of them: there is nothing to take off, and nothing to convert.
        return address.lower()
    return f"{_lower(local)}{at}{_ascii_domain(host)}" if at else _lower(address)


def domain(address: str) -> str:
    """Give the key of the address's domain, empty if it has none."""
    return key(address).rpartition("@")[2] if "@" in address else ""


def _lower(text: str) -> str:
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFC", text).lower()
    return unicodedata.normalize("NFC", text)


def _ascii_domain(host: str) -> str:
    host = host.strip().rstrip(".")
    if host.isascii() or len(host) > 255:
        return _lower(host)
    host = host.replace("\u3002", ".").replace("\uff61", ".")
    host = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", host).lower())
    return ".".join(_label(label) for label in host.split("."))


def _label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return "xn--" + label.encode("punycode").decode("ascii")
    except UnicodeError:
        return label


_LOCAL_SIGNS = frozenset("!#$&'*+-/=?^_`{|}~.")
_DOMAIN_SIGNS = frozenset("-_")


def is_address(text: str) -> bool:
    """Say whether this may stand in an envelope (RFC 5321 4.1.2, RFC 6531 3.3).

    Stricter than the grammar: no source route, no percent hack, no quoted blank
    or @ (promises T18). Dots may stand anywhere in the local part, since Japanese
    telephone companies gave such addresses to millions.
    """
    local, at, host = text.rpartition("@")
    try:
        octets = len(text.encode("utf_8")), len(local.encode("utf_8"))
    except UnicodeEncodeError:
        return False
    if not at or octets[0] > 254 or not 1 <= octets[1] <= 64:
        return False
    return _is_local(local) and _is_host(host)


def _is_local(local: str) -> bool:
    if len(local) > 2 and local[0] == local[-1] == '"':
        local = local[1:-1]
    return all(_is_letter(c) or c in _LOCAL_SIGNS for c in local)


def _is_host(host: str) -> bool:
    if host.startswith("[") and host.endswith("]"):
        return _is_literal(host[1:-1])
    return all(
        0 < len(label) <= 63
        and label[0] != "-" != label[-1]
        and all(_is_letter(c) or c in _DOMAIN_SIGNS for c in label)
        for label in host.split(".")
    )


def _is_literal(text: str) -> bool:
    try:
        ipaddress.ip_address(text.removeprefix("IPv6:"))
    except ValueError:
        return False
    return True


def _is_letter(character: str) -> bool:
    if character.isascii():
        return character.isalnum()
    return unicodedata.category(character)[0] not in "CZ"


def read_mailboxes(header: str) -> tuple[Mailbox, ...]:
    """Read a raw From, To, Cc or Reply-To value, sound or broken; never raises.

    Encoded words are decoded after splitting, so a name can never become an
    address (RFC 2047 5.3); groups give their members (RFC 5322 3.4). When there is no
    address at all, one is looked for in the decoded text: some senders encode
    the whole field.
    """
    header = headers.readable(header)
    found = _Scan(header).mailboxes()
    if not found and "=?" in header:
        found = _Scan(headers.decode(header)).mailboxes()
    return tuple(found)


class _Scan:
    """One pass over an address list.

    Each character is looked at a bounded number of times, whatever stands there.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._open = {'"': True, "(": True, "<": True}
        """Signs that may still be closed; once one was not, it is a mere letter."""
        self._found: list[Mailbox] = []
        self._forget()
        self._before = ""

    def _forget(self) -> None:
        self._phrase: list[str] = []
        self._comments: list[str] = []
        self._angle: str | None = None
        self._has_at = False

    def mailboxes(self) -> list[Mailbox]:
        while self._at < len(self._text) and len(self._found) < MOST_MAILBOXES:
            character = self._text[self._at]
            self._at += 1
            match character:
                case '"' if self._open['"']:
                    self._quoted()
                case "(" if self._open["("]:
                    self._comment()
                case "<" if self._open["<"]:
                    self._angled()
                case "," | ";":
                    self._end()
                case ":" if not self._has_at:
                    self._forget()
                case _:
                    self._has_at |= character == "@"
                    self._phrase.append(character)
        self._end()
        return self._found[:MOST_MAILBOXES]

    def _quoted(self) -> None:
        out: list[str] = []
        at = self._at
        while at < len(self._text):
            character = self._text[at]
            if character == '"':
                self._at = at + 1
                self._phrase.append("".join(out))
                return
            if character == "\\":
                at += 1
                character = self._text[at : at + 1]
            out.append(character)
            at += 1
        self._open['"'] = False

    def _comment(self) -> None:
        depth, at = 1, self._at
        while at < len(self._text):
            depth += {"(": 1, ")": -1}.get(self._text[at], 0)
            at += 2 if self._text[at] == "\\" else 1
            if depth == 0:
                self._comments.append(self._text[self._at : at - 1])
                self._phrase.append(" ")
                self._at = at
                return
        self._open["("] = False
        self._phrase.append("(")

    def _angled(self) -> None:
        end = self._text.find(">", self._at)
        if end < 0:
            self._open["<"] = False
            return
        if self._angle is not None and "@" in self._angle:
            self._end()  # a comma is missing between two
        self._angle = self._text[self._at : end].rpartition("<")[2]
        self._at = end + 1

    def _end(self) -> None:
        phrase = "".join(self._phrase)
        if self._angle is not None:
            name, address = phrase, _split(self._angle.rpartition(":")[2])[1]
        elif self._has_at:
            name, address = _split(phrase.rpartition(":")[2])
        else:
            self._hold(phrase)
            return
        name = name if name.strip() else " ".join(self._comments)
        if self._before and name.strip():
            name = f"{self._before}, {name}"
        self._add(name, address)

    def _hold(self, phrase: str) -> None:
        """Keep "Gomez" of an unquoted `Gomez, Carla <carla@…>` for the next piece."""
        if phrase.strip() and len(self._before) < 200:
            self._before = f"{self._before}, {phrase}".strip(", ")
        self._forget()

    def _add(self, name: str, address: str) -> None:
        if "@" in address:
            name = headers.person_name(headers.decode(name)).strip("\"'<> ")
            self._found.append(Mailbox(name[:200], address))
        self._before = ""
        self._forget()


_MOST_WORDS = 200


def _split(text: str) -> tuple[str, str]:
    """Part a name from the address behind it.

    Blanks around dots and @ belong to the address (RFC 5322 4.4).
    """
    glued: list[str] = []
    for word in headers.clean_name(text).split()[-_MOST_WORDS:]:
        if glued and (glued[-1][-1] in ".@" or word[0] in ".@"):
            glued[-1] += word
        else:
            glued.append(word)
    while glued and "@" not in glued[-1]:
        glued.pop()
    return " ".join(glued[:-1]), glued[-1].strip("<>") if glued else ""


_ROLE_WORDS = """
postmaster abuse bounce bounces hostmaster root daemon nobody listserv majordomo
listmaster mailman sympa ezmlm mdaemon autoreply autoresponder
"""
_ROLES = frozenset(_ROLE_WORDS.split())
_ROLE_PARTS = (
    "noreply",
    "donotreply",
    "dontreply",
    "notreply",
    "nepasrepondre",
    "nichtantworten",
    "keineantwort",
    "noresponder",
    "norisponder",
    "naoresponder",
    "nonrispondere",
    "mailerdaemon",
    "microsoftexchange3",
)
_ROLE_STARTS = ("owner-", "bounce-", "bounces-", "bounce+", "bounces+", "bounce=")
_ROLE_ENDS = (
    "-owner",
    "-request",
    "-bounces",
    "-bounce",
    "-subscribe",
    "-unsubscribe",
    "-join",
    "-leave",
)


def is_role(address: str) -> bool:
    """Say whether a machine or an office stands behind the address, not a person.

    Such addresses are never invited and never acknowledged.
    """
    local = key(address).rpartition("@")[0]
    if local.partition("+")[0] in _ROLES or local.startswith(_ROLE_STARTS):
        return True
    squeezed = local.replace("-", "").replace("_", "").replace(".", "")
    if squeezed == "postmaster":
        return True
    return local.endswith(_ROLE_ENDS) or any(part in squeezed for part in _ROLE_PARTS)
