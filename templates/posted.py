"""What letters need to know of what was written to a case."""

from dataclasses import dataclass
from datetime import date, datetime

from templates.face import Face
from templates.promised import Promise, PutFirst
from templates.understood import Understood


@dataclass(frozen=True, kw_only=True)
class Below:
    """A part of a mail that nobody in the thread has yet; it stands below the text."""

    kind: str
    """quote, forward, signature, disclaimer; cut, without a text, ends them early."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Reacted:
    """A mark on a post, and whose it is."""

    mark: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Said:
    """One earlier post, for a catch-up."""

    author: str
    at: datetime
    text: str
    below: tuple[Below, ...] = ()
    post: int = 0
    """Its number."""
    reactions: tuple[Reacted, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A file that was too big to travel with the letter, by name and octets."""

    name: str
    size: int
    path: str
    """What follows the reader's token in its link."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture that its author set among the text, and that travels along."""

    content_id: str
    mark: str
    """The words that stand for it in the text."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What the team should know of a mail before they believe it."""

    says: str
    """A name that the templates know: header, bcc, old_date, by_id, other_case,
    also_in, tag, look_alike, mixed_script, moved_from."""
    about: str = ""
    """A subject, a name, a number of days: what it is about."""


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    """To the customer, within seconds. `full` quotes them; the neutral one does not."""

    desk: str
    full: bool
    customer: str = ""
    subject: str = ""
    first_sentence: str = ""
    team: tuple[str, ...] = ()
    """Names of those who may answer."""
    promise: Promise | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """One post of the everyone lane, to anybody who should hear it."""

    text: str
    reader: str
    """customer, owner, team, colleague, guest or consulted."""
    is_first: bool = False
    """The team's first copy of a new case."""
    author: str = ""
    customer: Face | None = None
    owner: str = ""
    """Who has the case, empty when nobody has."""
    reader_is_owner: bool = False
    owner_away: date | None = None
    """The day on which the owner is back, when the team hears in their place (D35)."""
    signature: tuple[str, ...] = ()
    """What the first signature of its author says of them, for the team (D38)."""
    just_taken: bool = False
    """This answer took the case: the team learns who has it."""
    here: tuple[Face, ...] = ()
    """Who takes part; without the reader where the letter is for one reader alone
    (the customer's always is), with everybody where many get the same."""
    more_here: int = 0
    """How many take part beside those in `here`."""
    came: tuple[Face, ...] = ()
    left: tuple[str, ...] = ()
    """Who came and who left since the last message (decisions D34)."""
    promise: Promise | None = None
    urgent: PutFirst | None = None
    """Why the case was put first, for the team."""
    waiting_since: datetime | None = None
    cases_before: int = 0
    """How many cases of this customer came before (first copy)."""
    unproved: bool = False
    """Nothing trusted speaks for the sender's address; staff see a mark."""
    put_off: int = 0
    """So many messages of its author before this one wait for the digest (team)."""
    reopened: int = 0
    """How often the case was reopened within a day, when that is to be said (team)."""
    marked_spam: bool = False
    """The mail server in front calls it spam; staff see a mark."""
    suggested: tuple[str, ...] = ()
    """Addresses in Cc that were not invited; one word invites them (C30)."""
    understood: tuple[Understood, ...] = ()
    linked: tuple[Linked, ...] = ()
    pictures: tuple[Picture, ...] = ()
    """Those of the text that travel along; each is a file of the letter too."""
    defects: tuple[str, ...] = ()
    """What could not be read of the mail, for the team."""
    marks: tuple[Mark, ...] = ()
    """For the team."""
    by_hand: bool = False
    """Sent from the mailbox itself; without an author nobody knows by whom (team)."""
    stands_in: bool = False
    """The reader is the deputy of that owner."""
    brought_by: str = ""
    """Who invited the reader, if somebody did."""
    customer_lost: bool = False
    """Mail to the customer comes back at present; staff see a mark."""
    below: tuple[Below, ...] = ()
    """What else the mail held that the readers have from nowhere (decisions E40)."""
    inbound: int = 0
    """What `parlour inbound show` takes; only for the team."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """One post of the team lane; only staff ever get it."""

    text: str
    author: str
    team: tuple[str, ...]
    """Everybody who reads it, its author too."""
    consulted: bool = False
    """The reader is there for advice, and answers nobody but the team."""
    urgent: PutFirst | None = None
    """Why the case was put first."""
    owned: bool = True
    """Somebody has the case."""
    brought_by: str = ""
    """Who invited the reader, if somebody did."""
    follows: bool = False
    """Somebody else has the case, and the reader hears of it all the same."""
    customer: str
    understood: tuple[Understood, ...] = ()
    linked: tuple[Linked, ...] = ()
    pictures: tuple[Picture, ...] = ()
    unproved: bool = False
    """Nothing trusted speaks for its writer's address."""
    sent_to: tuple[str, ...] = ()
    """Whom it was sent to by hand, past the case; empty for a note."""
    sent_by: str = ""
    """Who sent it by hand, when that is no address of ours."""
    marks: tuple[Mark, ...] = ()
    below: tuple[Below, ...] = ()
    inbound: int = 0
