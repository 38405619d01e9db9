"""Robots: a vacation responder, a ticket system, another Parlour, a mail scanner.

Those who answer live around towns: `Wires` carries what a town's smarthost got to
whoever the recipient is, a person, a robot or another town, and their mail back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Protocol

from starlette.testclient import TestClient

from storage.base import Base
from tests.town import Letter, Town, reply_address

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


class Robot(Protocol):
    """Whoever answers by itself."""

    address: str

    def answers(self, letter: Letter) -> EmailMessage | None:
        """Write what it answers to a letter; None for nothing."""


@dataclass
class VacationResponder:
    """Answers everything, with the marks of RFC 3834 or without any."""

    address: str
    marked: bool
    to_reply_address: bool = True
    _count: int = 0

    def answers(self, letter: Letter) -> EmailMessage:
        """Say that nobody is there."""
        self._count += 1
        mail = EmailMessage()
        mail["From"] = self.address
        mail["To"] = _where(letter, to_reply_address=self.to_reply_address)
        mail["Subject"] = f"Re: {letter.mail['Subject']}"
        host = self.address.partition("@")[2]
        mail["Message-ID"] = f"<{self._count}.vacation@{host}>"
        if self.marked:
            mail["Auto-Submitted"] = "auto-replied"
            mail["In-Reply-To"] = str(letter.mail["Message-ID"])
        mail.set_content("I am on holiday and read your mail when I am back.")
        return mail


@dataclass
class TicketRobot:
    """Opens a ticket of each mail and says so, under an ever longer subject."""

    address: str
    to_reply_address: bool = False
    _count: int = 0

    def answers(self, letter: Letter) -> EmailMessage:
        """Give the mail a number, and no word of what it answers."""
        self._count += 1
        mail = EmailMessage()
        mail["From"] = f"Help Desk <{self.address}>"
        mail["To"] = _where(letter, to_reply_address=self.to_reply_address)
        mail["Subject"] = f"[Ticket #{self._count}] Re: {letter.mail['Subject']}"
        mail["Message-ID"] = f"<ticket.{self._count}@{self.address.partition('@')[2]}>"
        mail.set_content(
            f"Your request {self._count} was received. Ticket #{self._count} is open."
        )
        return mail


def _where(letter: Letter, *, to_reply_address: bool) -> str:
    return reply_address(letter) if to_reply_address else str(letter.mail["From"])


@dataclass
class Wires:
    """What carries mail between towns and robots, and counts it."""

    towns: Sequence[Town]
    robots: Sequence[Robot]
    cap: int
    """So many mails in all are too many: the test fails instead of running for ever."""
    carried: int = 0
    """Mails that robots and towns got in answer to each other."""
    at_people: list[Letter] = field(default_factory=list)
    _waiting: list[tuple[Town, Letter]] = field(default_factory=list)

    def take(self, town: Town, letters: Sequence[Letter]) -> None:
        """Take what a town's smarthost got, for the next round."""
        self._waiting += [(town, letter) for letter in letters]

    def round(self) -> int:
        """Carry each waiting letter to its reader; gives how many were carried."""
        waiting, self._waiting = self._waiting, []
        for town, letter in waiting:
            self._carry(town, letter)
        return len(waiting)

    def _carry(self, town: Town, letter: Letter) -> None:
        robot = next((each for each in self.robots if each.address == letter.to), None)
        other = next((each for each in self.towns if _lives_in(each, letter.to)), None)
        if robot is None and other is None:
            self.at_people.append(letter)
            return
        self.carried += 1
        assert self.carried <= self.cap, "they answer each other for ever"
        if other is not None:
            octets = letter.kept.octets
            self.take(other, other.deliver(octets, letter.kept.mail_from, [letter.to]))
            return
        answer = robot.answers(letter)
        answer["Date"] = town.now
        octets = answer.as_bytes(policy=policy.SMTP)
        to = parseaddr(str(answer["To"]))[1]
        # What was to be answered past us goes to its writer.
        if home := next((each for each in self.towns if _lives_in(each, to)), None):
            self.take(home, home.deliver(octets, robot.address, [to]))


def _lives_in(town: Town, address: str) -> bool:
    """Whether an address is a desk's, or a token address of it."""
    desks = town.house.desks
    return bool(desks.by_address(address) or desks.token_in(address))


@dataclass
class Scanner:
    """Looks behind every link of a letter before its reader does (promises T9)."""

    browser: TestClient
    pressed: set[str] = field(default_factory=set)

    def press(self, town: Town, letters: Sequence[Letter]) -> None:
        """GET and HEAD each link twice; no row of the database may move."""
        found = {link for letter in letters for link in _links(letter)}
        before = _rows(town) if found - self.pressed else {}
        for link in sorted(found - self.pressed):
            path = link.removeprefix(town.house.base_url)
            assert path != link, f"a link to somewhere else: {link}"
            for method in ("GET", "HEAD", "GET", "HEAD"):
                answer = self.browser.request(method, path)
                assert answer.status_code == 200, f"{method} {path} of {_gist(letters)}"
        if before:
            assert _rows(town) == before, "a link that was looked at did something"
        self.pressed |= found


def _links(letter: Letter) -> list[str]:
    """Give what can be pressed: in either twin, and by the program's own button."""
    octets = str(letter.mail.get("List-Unsubscribe", ""))
    for part in letter.mail.walk():
        if part.get_content_maintype() == "text":
            octets += "\n" + part.get_content().replace("&amp;", "&")
    # A token that somebody quoted was taken out: what is left leads nowhere.
    return [link for link in _LINK.findall(octets) if "…" not in link]


def _gist(letters: Sequence[Letter]) -> str:
    return ", ".join(f"{letter.kind} to {letter.to}" for letter in letters)


def _rows(town: Town) -> dict[str, list[object]]:
    with town.house.database.reading() as session:
        return {
            table.name: session.execute(table.select()).all()
            for table in Base.metadata.sorted_tables
        }
