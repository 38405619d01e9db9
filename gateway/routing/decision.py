"""What shall happen to a mail on one route: one frozen class per outcome."""

from dataclasses import dataclass
from enum import StrEnum

from gateway.routing.asking import Asking
from gateway.routing.proof import Proof
from parsers.address import Mailbox
from parsers.mail import Command


class Acknowledge(StrEnum):
    """What the customer gets at once (mail-rules section 0)."""

    FULL = "full"
    NEUTRAL = "neutral"
    NONE = "none"


class Told(StrEnum):
    """Who is told of a held mail."""

    OWNER = "owner"
    """The owner of the case; the whole team while it has none."""
    TEAM = "team"
    NOBODY = "nobody"
    """It waits on the held page and in the team's digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discard:
    """Nothing happens; the reason is kept."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Kept for a human."""

    cause: str
    """A name that letters know: stranger, left, failed_proof, own_address, ..."""
    reason: str
    """For the operator, in plain English."""
    told: Told
    tell_writer_once: bool = False
    """The writer left before; they are told once how to come back."""
    explains: int | None = None
    """It answers this question, with none of its words; the writer learns them."""
    asks: Asking | None = None
    """A question that would settle it, beside or in place of the notice."""
    asks_whom: int | None = None
    """The person who is asked beside those told; None: they themselves are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Held, and the writer is asked which command was meant (decisions E39)."""

    word: str
    nearest: str
    refused: bool
    lacks: str = ""
    """What the command needs and did not get: customer or text (`/open`), whom,
    outsider, question or own_words (`/ask`), case (an answer to a list of cases)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A new activity with the writer as its customer."""

    proof: Proof
    acknowledge: Acknowledge
    follows: int | None = None
    """The activity it is linked to."""
    suggests: int | None = None
    """The activity that its subject names; only the team is told (R1 row 7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForward:
    """Held: one of the team forwards a mail, and is asked for whom (decisions C29)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForward:
    """A new activity with the writer of a forwarded mail as its customer."""

    customer: Mailbox
    acknowledge: Acknowledge
    takes: bool
    """The forwarder takes the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFor:
    """A new activity that one of the team opens for a customer (decisions C29)."""

    customer: Mailbox
    subject: str
    """Of the case; empty: that of the mail."""
    proof: Proof
    only_note: bool
    """The text is for the team alone; nothing is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOutside:
    """A private question of the team to somebody outside the case (decisions D36)."""

    activity: int
    """The case that it is asked for."""
    whom: Mailbox
    subject: str
    """Of the conversation with them; empty: the first sentence of the question."""
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post in a known activity, or commands, or both."""

    activity: int
    author: int | None
    """A person; None: whoever the From names is let in for this one mail."""
    team_lane: bool
    proof: Proof
    commands: tuple[Command, ...] = ()
    as_written: bool = False
    """Lines that look like commands are posted too (a human said `post`)."""
    joins: bool = False
    """The writer was invited, and this answer joins them."""
    turns_token: int | None = None
    """The participant whose token leaked; it gets a new generation."""
    repeats: bool = False
    """The customer wrote again before an answer."""
    quiet: bool = False
    """One of the team sent us a blind copy: on record, copied to nobody (table R3)."""
    only_listens: bool = False
    """Its writer may think that the customer gets it; the desk writes to nobody."""
    thanks: bool = False
    """It is thanks and nothing else: nobody waits, and nothing is reopened."""
    offers: bool = False
    """A note whose writer is asked at once whether everybody should read it (E41)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class React:
    """A mark on a post, mailed to nobody (decisions E44)."""

    activity: int
    author: int
    post: int
    mark: str
    team_lane: bool
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Held on its way to everyone, until somebody says `send` or `note` (E40, E42)."""

    asking: Asking
    activity: int
    of_writer: bool
    """The writer is asked; else the owner, and the writer hears nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A mail that somebody sent from the mailbox itself, past Parlour."""

    activity: int
    author: Mailbox | None
    """Who of the team wrote it; None: the mail does not tell."""
    is_answer: bool
    """The team wrote it and the customer has it; else it is for the team alone."""
    by_us: bool
    """From one of the team, or from the desk's own address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Mail of a machine into a known activity: kept, told to nobody."""

    activity: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Held at a known activity: perhaps a machine's, so the team is asked (C25, R4).

    They see its text, at most once in a while for each sender.
    """

    activity: int
    cause: str
    """machine or loop."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to an invitation without a text to post."""

    participant: int
    answer: str
    """yes, digest, no or never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellInviter:
    """What the invited wrote to their inviter alone: told to that one, kept nowhere."""

    participant: int
    is_theirs: bool
    """The From is an address of the invited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe:
    """Mail to a `u-` address: no more of what that letter was, for whom it names."""

    participant: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle:
    """The answer to a question of ours: what waits for it goes on."""

    question: int
    answer: str
    is_late: bool = False
    """It was settled before: the writer is told what was decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Commands of one of the team to the desk itself, about no activity (B18)."""

    commands: tuple[Command, ...]
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounced:
    """A report on a letter of ours."""

    delivery: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Complained:
    """Somebody called a letter of ours spam."""

    delivery: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The answer to a probe: mail reaches its writer."""

    question: int
    hold: Hold | None = None
    """It says more than yes, so a person reads it."""


Decision = (
    Discard
    | Hold
    | Ask
    | Open
    | AskForward
    | OpenForward
    | OpenFor
    | AskOutside
    | Post
    | React
    | Confirm
    | ByHand
    | Keep
    | Show
    | Answer
    | TellInviter
    | Unsubscribe
    | Settle
    | Order
    | Bounced
    | Complained
    | Reached
)
