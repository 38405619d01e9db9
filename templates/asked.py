"""What letters need to know that ask somebody, or tell what an answer did."""

from dataclasses import dataclass
from datetime import datetime

from templates.posted import Below, Said


@dataclass(frozen=True, kw_only=True)
class UnknownCommand:
    """Nothing of a mail was posted: its writer is asked which command was meant."""

    word: str
    """As it was written, with the slash."""
    nearest: str
    """The nearest command, with the slash; empty when none is near."""
    refused: bool
    """The command is known, but not theirs to use."""
    readers: tuple[str, ...]
    """Who would read the mail if it were posted as it is."""
    subject: str
    text: str
    """The mail as it came, for the one who wrote it."""
    lacks: str = ""
    """What it needs and did not get: customer, text, whom, outsider, question,
    own_words or case; else empty."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Asks somebody who can tell whose a mail is, or where it belongs."""

    about: str
    """A name that doubt/body.j2 knows: is it you, let in, who wrote, form, which case,
    confirm command."""
    address: str
    """Of the sender."""
    words: tuple[str, ...]
    """The answers, the likeliest first."""
    subject: str
    """Of the case; of the mail where there is none."""
    name: str = ""
    other: str = ""
    """The other case's subject, the form's Reply-To, or the command."""
    text: str = ""
    """What came; never shown to outsiders."""
    at: datetime | None = None
    """When the mail came."""


@dataclass(frozen=True, kw_only=True)
class TeamText:
    """Not posted: a mail to everyone holds what only the team has read (E40)."""

    lines: tuple[str, ...]
    """Its lines that only the team has read."""
    readers: tuple[str, ...]
    """Who would read the mail if it were sent."""
    subject: str
    text: str
    author: str = ""
    """Who wrote it; empty when that is the reader of this letter."""


@dataclass(frozen=True, kw_only=True)
class Collision:
    """Not posted: somebody else of the team answered meanwhile (E42)."""

    answers: tuple[Said, ...]
    """What they answered, oldest first."""
    customer: str
    readers: tuple[str, ...]
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Publish:
    """A note as everybody would read it, before anybody does (E41, E47)."""

    text: str
    author: str
    """Whose message it would be; empty when that is the reader of this letter."""
    readers: tuple[str, ...]
    subject: str
    customer: str
    as_note: bool = False
    """Asked of its own accord: a note that greets the customer."""
    below: tuple[Below, ...] = ()
    linked: tuple[str, ...] = ()
    """Names of files that go along, by link."""
    left_out: tuple[str, ...] = ()
    """Names of files that stay with the note."""


@dataclass(frozen=True, kw_only=True)
class Unclear:
    """An answer to a question of ours that is none of its words."""

    words: tuple[str, ...]
    subject: str
    text: str
    """What was written, for the one who wrote it."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """An answer that came late: what was decided, and by whom."""

    answer: str
    """The word that decided; empty when it was decided in another way."""
    by: str
    by_reader: bool
    subject: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What became of one line of an answer to a list."""

    said: str
    """The line, as it was written."""
    outcome: str
    """A name that list_answered/body.j2 knows."""
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class ListAnswered:
    """The answer to `#3 open` and the like: what was done, line by line."""

    decisions: tuple[Decision, ...]
