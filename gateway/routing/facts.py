"""Everything the rules may know about one mail on one of its routes.

A route is where the envelope leads: to one activity through tokens or ids, to a desk,
or to one of our own acts (an invitation, a question, a return path). A mail to tokens
of two activities has two routes, and each is decided by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.routing.asking import Asking
from gateway.routing.desk import Desk
from gateway.routing.limits import Limits
from gateway.routing.proof import Proof
from parsers.address import Mailbox
from parsers.mail import Automatic, Bounce, Command
from parsers.reply_address import Purpose


class Standing(StrEnum):
    """How somebody stands to the activity; the memberships, and nobody."""

    NOBODY = "nobody"
    TOLD = "told"
    INVITED = "invited"
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"

    @property
    def takes_part(self) -> bool:
        """May post: has joined, or is on the team that was told."""
        return self in {Standing.TOLD, Standing.JOINED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The activity that a route leads to."""

    activity: int
    is_resolved: bool
    resolved_at: datetime | None
    customer: int
    owner: int | None
    kept_out: frozenset[int] = frozenset()
    """The persons who can never be in it: it is a private question (D36)."""
    promised_at: datetime | None = None
    """When its customer hears from us next."""
    urgent_until: datetime | None = None
    """Until when one of the team put it first; it may be past."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """The person whom a token names."""

    person: int
    participant: int
    """The seat they have now."""
    sealed: int
    """The seat that the token names; another one when its activity was merged."""
    standing: Standing
    in_team_lane: bool
    is_current: bool
    """The token's generation is the participant's; a turned one is revoked."""
    is_former: bool = False
    """They were of the team, and are no more: they do not come back by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """The person whom the From names."""

    person: int | None
    """None: nobody we know."""
    standing: Standing
    participant: int | None
    is_staff: bool
    """On the desk's team, or marked as staff."""
    in_team_lane: bool
    is_customer: bool
    is_consulted: bool = False
    """Behind the scenes of this case: whatever they write is for its team (B16)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Another activity of the same desk, which weaker evidence names.

    Beside a token that is what its ids name (R1 row 5); without any thread it is the
    number in its subject (row 7).
    """

    thread: Thread
    writer: Writer
    """How the writer stands there."""
    team_lane: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What `decide` is given."""

    now: datetime
    limits: Limits
    desk: Desk | None
    """The desk of the route; None when its desk is gone from the settings."""

    # The mail.
    sender: Mailbox
    proof: Proof
    null_sender: bool
    automatic: Automatic
    bounce: Bounce
    complaint: bool = False
    """A feedback report: its recipient called a letter of ours spam (RFC 5965)."""
    hops: int
    commands: tuple[Command, ...]
    stray_commands: tuple[Command, ...]
    """Known commands that stand alone further down (decisions E39)."""
    prose: str
    """The new text; from others than staff with the lines that are no commands."""
    has_attachments: bool
    reaction: str = ""
    """The emoji that is all it says (RFC 9078)."""
    is_thanks: bool = False
    """It is thanks and nothing else (decisions E44)."""
    forwards: Mailbox | None
    """The outsider whose mail one of the team forwards (decisions C29)."""
    opens_for: Mailbox | None
    """The outsider whom `/open` names."""
    asks: Mailbox | None = None
    """The outsider whom `/ask` names (decisions D36)."""
    asks_customer: bool = False
    """That one is a customer, from whom the question is to be kept."""
    answer: str
    """yes, no, never or nothing: what the new text says to a question of ours."""
    readable: bool
    """The mail could be read within its limits of time."""
    oversize: int | None
    """Octets of a mail that was left in its mailbox; only its headers are here."""
    marked: str
    """"header": our address was found in the header, not in the envelope (row 8)."""
    is_blind: bool
    """No address of ours stands in To or Cc (Bcc, table R3; T21)."""
    is_probe: bool
    """A mail of `parlour check` to itself, or what came of one."""
    is_own_letter: bool
    """It bears our signed loop mark: a letter of ours came back unchanged."""
    from_own_address: bool
    """The From is an address of a desk."""
    is_form: bool
    """The From is one of the desk's form or relay senders (decisions B22)."""
    maybe_form: bool
    """It looks like a form that is not listed: see `gateway.routing.shared`."""
    sender_is_role: bool
    is_blocked: bool
    """Somebody of a team blocked its sender by `/spam` (decisions E50)."""
    spam_mark: str
    """The field in which a trusted server calls it spam (A13); empty: none does."""
    loop_hops: int
    """How often letters of some Parlour already answered each other to cause it."""
    by_hand: bool
    """It lies in the folder of sent mail of a mailbox: somebody wrote it there."""
    reached_customer: bool
    """The customer of the case stands in To, Cc or Bcc, and so has it already."""
    to_us: bool
    """To, Cc or Bcc names a desk, or a token address that takes it in by itself."""
    to_token: bool
    """One of these addresses bears a token of ours."""

    # Where it leads.
    purpose: Purpose | None
    """The kind of the token it came to; None for a plain address."""
    to_operator: bool
    """postmaster@ or abuse@ (decisions B24)."""
    delivery: int | None
    """What a return path seals."""
    question: int | None
    """What a `c-` address seals, when the writer is the one who was asked."""
    asking: Asking | None
    """What that question asks."""
    answers: frozenset[str]
    """Those of its answers that its letter offered; empty: all."""
    question_settled: bool
    """It was answered before, by the writer or by somebody else."""
    thread: Thread | None
    bearer: Bearer | None
    answers_own_id: bool
    """An id of ours with a right MAC led here."""
    answers_by_hand: bool
    """It answers a mail sent by hand that was written to its writer."""
    team_lane: bool
    """By its token, or by the post it answers, it belongs to the team lane."""
    other_threads: int
    """Further activities that its ids name; the token won (R1 row 5)."""
    also: tuple[int, ...]
    """Further activities whose tokens it was written to (table R3)."""
    elsewhere: Elsewhere | None
    """The activity that weaker evidence names, if it is another one."""
    other_subject: bool
    """It has a subject, and not that of the activity."""
    answers_no_case: bool
    """It answers a letter of ours about no activity: a queue, or what was found."""
    other_desks: tuple[Desk, ...]
    """Further desks it was written to; their teams see it too (table R3)."""

    # Who wrote it.
    writer: Writer

    vouched_by: int | None
    """Who takes part and had this stranger in To or Cc beside us (table R2)."""
    may_ask: bool
    """Whoever knows this sender may be asked (`limits.questions_per_day`)."""
    may_confirm: bool
    """One of the team may be asked if a command is theirs (`confirmations_per_day`)."""

    # What came before.
    duplicate_of: int | None
    """The inbound mail that brought the same id, sender and body to this place."""
    held_twin: int | None
    """The same mail by another road, which waits for a human."""
    waits_in_case: bool
    """That one waits at the door of an activity."""
    similar_openings: int
    """New activities of this sender with a similar subject, lately."""
    similar_activity: int | None
    """The first of them."""
    looping_activity: int | None
    """Where this sender's like openings collapsed in the last hours (R4)."""
    same_body_activity: int | None
    """The activity that the same body from this sender opened within the hour."""
    repeat_activity: int | None
    """The customer's open activity of the same subject (decisions C26)."""

    # What a post to everyone would bring there.
    team_text: tuple[str, ...]
    """Its lines that only the team has read so far (decisions E40)."""
    answers_post: int | None
    """The post of this activity that the mail answers, as its ids say."""
    newer_answers: tuple[int, ...]
    """What others of the team wrote to everyone after that post, while somebody else
    than the writer has the case (decisions E42)."""
    greets_customer: bool
    """Its first line greets the customer, who waits."""

    # What a human said.
    released: str
    """"": nobody yet; "post": post it as it is; "admit": let this one mail in.

    "yes": it is what its writer, or who vouches for them, meant; "mine": one of the
    team wrote it, who is the writer here; "form": a form sent it; "open": it opens a
    case, "forward": one for whom it forwards; "here", "there": it belongs to its
    token's case, or to that of its ids.
    """
    passed: frozenset[Asking]
    """What somebody was asked about this mail and answered with `send`."""
    refused_here: bool
    """Somebody refused it at this place; it may wait at another (table R3)."""
    as_note: bool
    """Asked whether it should go to everyone, somebody said `note`."""

    @property
    def by_machine(self) -> bool:
        """Written by a machine, as far as the mail tells."""
        return self.automatic.is_ or self.bounce.is_ or self.null_sender

    @property
    def by_shared_id(self) -> bool:
        """Nothing speaks for its writer but an id that everybody in the case knows."""
        return (
            self.answers_own_id
            and self.bearer is None
            and not self.team_lane
            and self.proof is Proof.BEARER
        )

    @property
    def listens(self) -> bool:
        """Its desk writes to nobody but the team."""
        return self.desk is not None and self.desk.listens

    @property
    def has_text(self) -> bool:
        """There is something to post beside commands."""
        return bool(self.prose.strip()) or self.has_attachments

    @property
    def starts_anew(self) -> bool:
        """Only the address is that of a closed case; the matter is new (C26)."""
        is_closed = self.thread is not None and self.thread.is_resolved
        return is_closed and self.other_subject and not self.answers_own_id

    @property
    def resolved_long_ago(self) -> bool:
        """Closed for longer than a reply reopens (decisions F54)."""
        if self.thread is None or self.thread.resolved_at is None:
            return False
        return self.now - self.thread.resolved_at > timedelta(
            days=self.limits.follow_up_days
        )
