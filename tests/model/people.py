"""Those who live in a story: what they write, hold, quote and pass on.

Each text has one word of its own that nobody else ever wrote. Where that word turns up,
the text has been told.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.header import decode_header, make_header
from email.utils import format_datetime, parseaddr
from functools import cached_property
from urllib.parse import unquote

from tests.model.world import SERVER
from tests.town import Letter

DESK = "support@acme.example"
ANA, BO = "ana@acme.example", "bo@acme.example"
TEAM = frozenset({ANA, BO})
NAMES = {
    ANA: "Ana Ruiz",
    BO: "Bo Berg",
    "carla@gomez.example": "Carla Gomez",
    "max@gomez.example": "Max Fremd",
    "mei@away.example": "Mei Tan",
    "ole@away.example": "",
    "dora@acme.example": "Dora Lind",
    "eve@evil.example": "Eve",
    "robot@shop.example": "Shop",
}
ROBOT = "robot@shop.example"

# No token looks like a word: those are drawn from all letters.
WORD = re.compile(r"\bqz(?:[bdfgklmnprstv][aeiou]){6}\b")
TOKEN = re.compile(r"\b[a-z]-[a-z2-7]{26}(?![a-z2-7])")
IDS = re.compile(r"<[^<>\s]+>")
ADDRESS = re.compile(rf"(?<![\w.+-])(?:{'|'.join(map(re.escape, NAMES))})")
_OFFER = re.compile(
    r"mailto:(support\+c-[a-z2-7]{26}@acme\.example)\?[^\"\s]*?\bbody=([^\"&\s]+)"
)
"""A button that answers a question."""
_VOWELS, _OTHERS = "aeiou", "bdfgklmnprstv"

PASS, FAIL, NONE = "pass", "fail", "none"


def word_of(number: int) -> str:
    """Give the word of the nth text: fourteen letters, the same each time."""
    octets = hashlib.sha256(str(number).encode()).digest()
    pairs = (
        _OTHERS[octets[2 * place] % 13] + _VOWELS[octets[2 * place + 1] % 5]
        for place in range(6)
    )
    return "qz" + "".join(pairs)


# No twenty letters but the word and what is around it are alike in two texts: else one
# would be asked whether the other's shall go to everyone (decisions E40).
TEXTS = (
    "The {word} stopped.",
    "Good news:\n\n{word} it is.\n\n{name}",
    "It says {word} now.\n\n-- \n{name}\n+49 30",
    "Can you tell {word}?",
    "äöü {word} 日本語: so.",
)


def line_of(word: str) -> str:
    """Give a line that is long enough to be known again (decisions E40)."""
    return f"Door code {word}"


@dataclass
class Holding:
    """A letter in somebody's hands."""

    letter: Letter
    case: int | None
    """Which case it is about, as the model counts them."""
    owner: str
    """To whom it was written."""
    at: int
    """The step in which it came."""
    turn: int = 0
    """How often its reader's token in this case had been renewed until then."""

    def _repr_pretty_(self, printer, _: object) -> None:
        """Say which letter it is, in the story of a failure."""
        printer.text(f"the {self.letter.kind} to {self.owner} of step {self.at}")

    @cached_property
    def reply_to(self) -> str:
        """Where an answer goes."""
        return parseaddr(str(self.letter.mail["Reply-To"] or self.letter.mail["From"]))[
            1
        ]

    @cached_property
    def purpose(self) -> str:
        """The purpose letter of the address where an answer goes."""
        found = TOKEN.search(self.reply_to)
        return found[0][0] if found else ""

    @property
    def is_private(self) -> bool:
        """It belongs to the team lane, and so does whatever answers it."""
        return self.purpose in {"t", "c"}

    @cached_property
    def words(self) -> list[str]:
        """The words of texts that stand in it."""
        return WORD.findall(whole(self.letter))

    @cached_property
    def offers(self) -> tuple[str, tuple[str, ...]]:
        """Where a question of ours is answered, and by which words; empty for none."""
        html = self.letter.mail.get_body(("html",))
        found = _OFFER.findall(html.get_content() if html else "")
        words = dict.fromkeys(unquote(word) for _, word in found)
        return (found[0][0], tuple(words)) if found else ("", ())

    @cached_property
    def message_id(self) -> str:
        """Its Message-ID."""
        return str(self.letter.mail["Message-ID"])


@dataclass(kw_only=True)
class Mail:
    """What somebody writes."""

    author: str
    """The address in From, whoever typed it."""
    to: str
    word: str = ""
    commands: tuple[str, ...] = ()
    text: str = ""
    """The new text below the commands; holds the word."""
    subject: str = "Hello"
    answers: Holding | None = None
    keeps: str = "all"
    """Which ids the program writes: all, last (In-Reply-To alone), none."""
    past: int | None = None
    """The case of a mail that it answers, which came past us."""
    quote: str = ""
    cc: tuple[str, ...] = ()
    proof: str = NONE
    bears: bool = True
    """Its token or ids prove its author; not when a human had to let it in."""
    machine: bool = False
    repeats: tuple[str, ...] = ()
    """Words of others whose lines stand in it too."""
    passed: frozenset[str] = frozenset()
    """What was asked about it, and answered with "send"."""
    as_note: bool = False
    """Somebody said that it is for the team alone."""
    is_blind: bool = False
    """It was sent to somebody else, and we have a copy."""
    forwards: str = ""
    """Whose text it holds, when not its author's."""
    second: str = ""
    """A second address of its author, from which it comes."""
    message_id: str = ""
    envelope: tuple[str, ...] = ()
    """Where it is delivered; the address in To when nothing is said."""
    at: datetime | None = None
    headers: tuple[tuple[str, str], ...] = field(default_factory=tuple)

    @property
    def recipients(self) -> Sequence[str]:
        """The envelope."""
        return self.envelope or (_bare(self.to),)

    @property
    def says(self) -> str:
        """Everything that is typed: commands above, text below."""
        return "\n".join([*self.commands, *([self.text] if self.text else [])])

    @property
    def sender(self) -> str:
        """The address in From."""
        return self.second or self.author

    @property
    def answered_ids(self) -> list[str]:
        """The ids that it names, the nearest first."""
        found = dict((*self._threading(), *self.headers))
        ids = IDS.findall(found.get("References", ""))
        return [*IDS.findall(found.get("In-Reply-To", "")), *reversed(ids)]

    @property
    def acts_on_others(self) -> bool:
        """It holds a command that touches more than its writer."""
        words = {line.split()[0] for line in self.commands}
        return bool(words & {"/take", "/resolve", "/reopen", "/invite"})

    def octets(self) -> bytes:
        """Write it as a mail program does."""
        name = NAMES.get(self.sender, "")
        lines = [
            f"From: {name} <{self.sender}>".replace("  ", " "),
            f"To: {self.to}",
            f"Subject: {self.subject}",
            f"Message-ID: {self.message_id}",
            f"Date: {format_datetime(self.at)}",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
        ]
        if self.cc:
            lines.append("Cc: " + ", ".join(self.cc))
        lines += [f"{name}: {value}" for name, value in self._threading()]
        if self.proof != NONE:
            lines.insert(0, f"Authentication-Results: {self._authenticated()}")
        if self.machine:
            lines.append("Auto-Submitted: auto-replied")
        lines += [f"{name}: {value}" for name, value in self.headers]
        text = self._forwarded() if self.forwards else self.says
        body = f"{text}\n{self.quote}"
        text = "\n".join(lines) + "\n\n" + body
        return text.replace("\n", "\r\n").encode()

    def _forwarded(self) -> str:
        name = NAMES.get(self.forwards, "")
        commands = "".join(f"{each}\n" for each in self.commands)
        return (
            f"{commands}\n---------- Forwarded message ---------\n"
            f"From: {name} <{self.forwards}>\n"
            "Date: Fri, 20 Nov 2026 at 10:00\n"
            f"Subject: {self.subject.removeprefix('Fwd: ')}\n"
            f"To: <{self.author}>\n\n{self.text}\n"
        )

    def _threading(self) -> list[tuple[str, str]]:
        if self.answers is None or self.keeps == "none":
            return []
        found = [("In-Reply-To", self.answers.message_id)]
        if self.keeps == "all":
            before = str(self.answers.letter.mail["References"] or "").split()
            ids = "\n ".join([*before, self.answers.message_id])
            found.append(("References", ids))
        return found

    def _authenticated(self) -> str:
        host = self.sender.partition("@")[2]
        said = "pass" if self.proof == PASS else "fail (p=reject)"
        return f"{SERVER}; dmarc={said} header.from={host}"


def _bare(address: str) -> str:
    return address.rpartition("<")[2].rstrip(">")


def quoted(holding: Holding, how: str) -> str:
    """Quote a letter below an answer, as mail programs do."""
    if how == "none":
        return ""
    writer, lines = holding.letter.mail["From"], holding.letter.text.splitlines()
    if how == "below":
        quote = "\n".join(f"> {line}" for line in lines)
        return f"\nOn Fri, 20 Nov 2026 at 10:00, {writer} wrote:\n{quote}\n"
    text = "\n".join(lines)
    return (
        f"\n-----Original Message-----\nFrom: {writer}\nSent: Friday, November 20, "
        f"2026 10:00 AM\nTo: {holding.owner}\nSubject: "
        f"{holding.letter.mail['Subject']}\n\n{text}\n"
    )


def whole(letter: Letter) -> str:
    """Give all that stands in a letter: its octets, and each part and header read."""
    mail = letter.mail
    # Soft line breaks of quoted-printable would hide what stands there.
    parts = [letter.kept.octets.replace(b"=\r\n", b"").decode("utf-8", "replace")]
    head = [str(value) for _, value in mail.raw_items()]
    parts += [str(make_header(decode_header(each))) for each in head if "=?" in each]
    parts += [
        part.get_payload(decode=True).decode("utf-8", "replace")
        for part in mail.walk()
        if not part.is_multipart()
    ]
    return "\n".join(parts).lower()
