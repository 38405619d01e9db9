"""What the model remembers of a story, and what it forecasts of a step."""

from dataclasses import dataclass, field
from datetime import datetime

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
    since: int = 0
    """The first of the case's texts that a guest may read."""
    by_staff: bool = False
    """Invited by the team, and so shown how the case began."""
    turn: int = 0
    """How often their token was renewed; older letters of theirs are stale."""
    before: str = ""
    """How they stood when the step began."""

    @property
    def takes_part(self) -> bool:
        """May post."""
        return self.standing in {"told", "joined"}

    @property
    def is_team(self) -> bool:
        """Reads the team lane."""
        return self.role == "team"


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


def quiet(*states: str) -> Forecast:
    """Nobody gets any letter."""
    return Forecast(frozenset(states or {"done"}))
