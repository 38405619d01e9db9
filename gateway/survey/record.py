"""What is kept of each mail: a few numbers, so that a big mailbox stays small."""

from dataclasses import dataclass

from parsers.address import Mailbox, key


@dataclass(frozen=True, slots=True)
class Record:
    """One mail that a person wrote."""

    node: int
    """Its number among the threads."""
    answers: int
    """The number of the mail that it answers, -1 for none."""
    at: float
    """When it was sent, in seconds since 1970."""
    writer: int
    to: tuple[int, ...]
    """To and Cc."""
    reply_to: int
    """-1 for none."""
    subject: str
    """Without Re: and the like."""
    is_answer: bool
    """Its subject or its ids say that it follows another mail."""
    is_sent: bool
    """It lies in a folder for sent mail."""


class People:
    """Everybody that a mailbox names, as numbers."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._numbers: dict[str, int] = {}
        self._mailboxes: list[Mailbox] = []

    def __len__(self) -> int:
        return len(self._mailboxes)

    def number(self, mailbox: Mailbox) -> int:
        """Give the number of an address; the first name that comes with it is kept."""
        name = key(mailbox.address)
        found = self._numbers.get(name)
        if found is None:
            found = self._numbers[name] = len(self._mailboxes)
            self._mailboxes.append(Mailbox(mailbox.name, name))
        elif mailbox.name and not self._mailboxes[found].name:
            self._mailboxes[found] = Mailbox(mailbox.name, name)
        return found

    def find(self, address: str) -> int | None:
        """Give the number of an address that was seen."""
        return self._numbers.get(key(address))

    def mailbox(self, number: int) -> Mailbox:
        """Give name and address behind a number."""
        return self._mailboxes[number]
