"""What the model remembers of a story, and what it forecasts of a step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.model.people import Holding, Mail

ON_CARDS = 1 << 30
"""The place of a word that the invited and all in the case read beside a name."""


@dataclass
class Seat:
    """How somebody stands to a case."""

    standing: str
    """told, joined, invited, declined or left."""
    role: str
    """customer, team, colleague or guest."""
    hearing: str = "each"
    heard: str = "each"
    """What they heard before they muted it."""
    since: int = 0
    """The first of the case's texts that a guest may read."""
    by_staff: bool = False
    """Invited by the team, and so shown how the case began."""
    turn: int = 0
    """How often their token was renewed; older letters of theirs are stale."""
    before: str = ""
    """How they stood when the step began."""

    def mutes(self) -> None:
        """Hear nothing from now on."""
        if self.hearing != "muted":
            self.heard, self.hearing = self.hearing, "muted"

    def unmutes(self) -> None:
        """Hear what they heard before, if they hear nothing."""
        if self.hearing == "muted":
            self.hearing = self.heard

    @property
    def takes_part(self) -> bool:
        """May post."""
        return self.standing in {"told", "joined"}

    @property
    def is_team(self) -> bool:
        """Reads the team lane."""
        return self.role == "team"


@dataclass
class Post:
    """A text in one of the lanes of a case."""

    word: str
    author: str
    private: bool
    ids: set[str]
    """Under which its readers and its author hold it."""
    at: datetime


@dataclass
class Case:
    """One activity."""

    number: int
    customer: str
    seats: dict[str, Seat]
    public_id: str = ""
    """As letters have it; unknown until the first of them."""
    owner: str = ""
    resolved_at: datetime | None = None
    said: int = 0
    """How many texts the everyone lane has."""
    copied: dict[str, set[str]] = field(default_factory=dict)
    """Who stood in Cc of a text of theirs, and of whose."""
    waits: bool = False
    """Its customer, for an answer."""
    log: list[Post] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    """Words of lines that stand in its team lane."""


@dataclass
class Said:
    """A text: where it was told, and who may read it besides."""

    number: int
    author: str
    places: list[tuple[int, int]] = field(default_factory=list)
    """Cases, with its place in their everyone lane; nowhere for a note."""
    also: set[str] = field(default_factory=set)
    is_reason: bool = False
    """It stands in no text: why somebody was invited."""


@dataclass
class Forecast:
    """What must come of a mail, or of anything else that somebody did."""

    states: frozenset[str] = frozenset({"done"})
    word: str = ""
    kind: str = ""
    """Of the copies: message or note; empty when there must be none."""
    heard: dict[str, str] = field(default_factory=dict)
    """Outcome by address as the ledger has it; a question mark allows another."""
    wanted: set[tuple[str, str]] = field(default_factory=set)
    """Letters that must come, by kind and reader."""
    allowed: set[tuple[str, str]] = field(default_factory=set)
    """Letters that may come."""
    notice: str = ""
    """A word that some notice to the team must hold."""
    shows: set[tuple[str, str]] = field(default_factory=set)
    """Readers, and the address that they are asked about."""
    at_door: str = ""
    """Of whose mail it tells; further ones of theirs are told together (E48)."""
    neutral: bool = False
    """An acknowledgement may hold nothing of the text: its sender is unproved (T7)."""
    case: Case | None = None
    """A case that this opens; its letters say under which id."""
    cause: str = ""
    """Why it waits for somebody's word."""
    where: Case | None = None
    """The case at whose door it waits; none for what leads to no case."""
    private: bool = False
    """It came to an address of the team, and is never shown to others."""


def quiet(*states: str) -> Forecast:
    """Nobody gets any letter."""
    return Forecast(frozenset(states or {"done"}))


@dataclass(eq=False)
class Waiting:
    """A mail that is held."""

    mail: Mail
    number: int
    """In the journal."""
    by_token: bool
    cause: str
    where: Case | None
    private: bool
    again: Callable[[Mail], Forecast]
    """What comes of it when it goes on as somebody meant it."""
    at: int
    """The step in which it came, or was held last."""
    is_open: bool = True
    """Nobody decided yet."""

    def waits_with(self, other: "Waiting") -> bool:
        """Whether one word at the door decides on both (decisions E48)."""
        return self is other or (
            self.is_open
            and self.cause == other.cause
            and self.cause in {"stranger", "left"}
            and self.where is other.where
            and self.where is not None
            and self.private == other.private
            and self.mail.sender == other.mail.sender
        )


@dataclass(eq=False)
class Question:
    """A letter that asks one person for a word."""

    letter: Holding
    reader: str
    address: str
    """Which takes the answer."""
    asking: str
    words: tuple[str, ...]
    """The answers that it offers."""
    at: int
    """The step in which it came."""
    about: Waiting | None = None
    note: str = ""
    """The word of a note that it shows."""
    where: Case | None = None
    answered: bool = False
    """By its reader, or by somebody else's word on the same."""
    explained: int = 0
    """How often its reader was told which words are."""

    def _repr_pretty_(self, printer, _: object) -> None:
        """Say which question it is, in the story of a failure."""
        printer.text(f"{self.asking}, asked of {self.reader} in step {self.at}")
