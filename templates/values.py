"""What each letter needs to know: one frozen class per template.

Names and texts are plain text as people wrote them; the templates escape. Times are
aware datetimes; the letter says them in the reader's language and zone.
"""

from dataclasses import dataclass
from datetime import date, datetime

from templates.digested import Digest, Rescheduled
from templates.found import Found
from templates.promised import Promise, PromiseDue, PutFirst, Urgent
from templates.signing import SignInLink
from templates.taken_back import TakeBack
from templates.themes import ThemeAnswered, ThemeDraft, Voice, WhichTag


@dataclass(frozen=True, kw_only=True)
class Face:
    """One person as a reader sees them."""

    name: str
    """Never empty: the name, or the part of the address before the @."""
    says: str = ""
    """What they are here, in a few words: "has your case", "wrote the importer"."""
    organisation: str = ""
    away_until: date | None = None
    """The day on which they are back, while they are away."""
    title: str = ""
    """Their role where they work; this and what follows only on a card."""
    skills: tuple[str, ...] = ()
    about: str = ""
    helped: int = 0
    """With how many cases that were solved, their own left out."""
    unconfirmed: tuple[str, ...] = ()
    """What a signature or an inviter said of them; only for the team."""

    brought_by: str = ""
    """Who invited them; only for the team."""

    @property
    def is_card(self) -> bool:
        """Say whether there is more to tell than fits among other names."""
        return bool(
            self.title or self.skills or self.about or self.helped or self.unconfirmed
        )


@dataclass(frozen=True, kw_only=True)
class Understood:
    """The answer to one command: what was done, and how to undo it."""

    command: str
    """"/mute", as it is written."""
    outcome: str
    """A name that the templates know: invited, already_invited, muted, unmuted, left,
    joined, taken, resolved, reopened, already_here, refused_invitation, invite_whom
    (no address was given), muted_owner (muted, but the customer of their own case is
    still heard), dropped, blocked and not_blocked (`/spam`, and that of a colleague),
    unblocked, put_aside (a held mail was refused), admitted, admitted_once,
    refused_entry, cannot_enter and nobody_waits (strangers at the door), opened_for,
    noted_for and open_before (`/open` for a customer), asked_outside (`/ask`),
    stayed_here (a file that did not go along with it),
    kept_apart (a private question is neither merged nor split), help (the five
    commands and a link), door_closed, door_shut, door_opened, door_of_owner and
    door_how (who may invite), consulted, consult_whom and no_colleague
    (`/consult`), said_no, said_never, asked_often, too_many_here and too_many_today
    (why somebody was not invited), who (those in `here`); at a desk that only listens
    only_listens (nobody is invited) and not_sent (those named did not get the text);
    followed_up, moved (where, to those in `here`), move_where, move_nowhere,
    move_waits, redact_what, redacted, redacted_before (`/redact`),
    publish_what (there is no note), published_before (by whom); what a person hears:
    each, digest (when it comes), digest_when, urgent_only, overview, overview_off,
    paused (until `at`),
    paused_deputy and paused_team (who hears the customers meanwhile), paused_alone
    (refused), pause_when, resumed, ignored, ignored_customer (refused), heard,
    hear_whom; whose case it is: assigned, assigned_away, assign_whom, deputy,
    no_deputy, deputy_whom; show_which (no such case at this desk), find_what,
    team_is_told (not who asked); what was promised: promised and promised_day (until
    `at`), promise_off, and why not: promise_when (words that are no time),
    promise_past, promise_closed, promise_listens, promise_unheard, promise_none,
    promise_stands; whose turn it is: waits, wait_off, wait_unanswered (refused),
    wait_closed; a case put first: urgent, urgent_off, urgent_not, urgent_why,
    urgent_closed; a name that is nobody's here or of several:
    nobody_called, several_called."""
    names: tuple[str, ...] = ()
    """Whom it concerned."""
    undo: str = ""
    """The command that takes it back; empty when nothing does."""
    at: datetime | None = None
    """Until when it holds."""
    zone: str = ""
    """Whose day that is, where only a day counts."""


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
    reactions: tuple["Reacted", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What one person got of a post, as the reader may know it."""

    name: str
    got: str
    """A name that mail/receipt.j2 knows (gateway.routing.receipt)."""
    address: str = ""
    """Only for the team."""
    at: datetime | None = None
    """When it was sent, given up or came back; when the next try is due."""
    why: str = ""
    """Only for the team: a name that mail/receipt.j2 knows."""
    said: str = ""
    """Only for the team: what the other server said."""


@dataclass(frozen=True, kw_only=True)
class Receipts:
    """Who got a post: one line for each person."""

    author: str
    at: datetime
    people: tuple[Receipt, ...]


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


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """One question, not a duty."""

    inviter: str
    inviter_is_staff: bool
    desk: str
    subject: str
    reason: str = ""
    """The inviter's words; only those of staff are passed on (T8)."""
    excerpt: str = ""
    """The first sentences of the case; only for staff inviters."""
    here: tuple[Face, ...] = ()
    from_the_start: bool = True
    """The invited will see what was said before (decisions D34)."""
    consults: bool = False
    """Their advice is asked behind the scenes of the case (decisions B16)."""
    customer: str = ""
    asked_at: datetime | None = None
    """When they were asked; only where they are reminded of it."""


@dataclass(frozen=True, kw_only=True)
class InvitationReminder(Invitation):
    """The same question once more, the last time."""


@dataclass(frozen=True, kw_only=True)
class Aside:
    """What the invited wrote to their inviter alone; a reply goes past us."""

    text: str
    name: str
    address: str
    """Where a reply goes."""
    subject: str
    desk: str
    other_address: str = ""
    """It came from this address, which is not the one that was invited."""
    left_out: tuple[str, ...] = ()
    """Names of files that were too large."""


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Confirms that somebody takes part now, and lets them catch up."""

    subject: str
    desk: str
    here: tuple[Face, ...]
    catch_up: tuple[Said, ...] = ()
    posted: bool = False
    """They joined by a text of their own, which was posted."""
    consulted: str = ""
    """The customer who does not learn of them, where their advice was asked."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to a mail that held only commands."""

    subject: str
    desk: str
    understood: tuple[Understood, ...]
    is_staff: bool
    posted: bool = False
    """The mail had a text, which was posted too."""
    here: tuple[Face, ...] = ()
    receipts: Receipts | None = None
    """Who got the post that the mail answered, when that was asked."""


@dataclass(frozen=True, kw_only=True)
class QueuePlace:
    """A case in the queue, and what its place follows from."""

    public_id: str
    customer: str
    subject: str
    turn: str
    """new, ours, customers or resolved."""
    promise: Promise | None
    is_late: bool
    since: datetime | None
    """Since when the customer waits."""
    owner: str
    """Empty while nobody has it."""
    is_yours: bool
    urgent: PutFirst | None = None
    """Why it was put first."""


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The cases whose turn is the team's, the one that waited longest first."""

    desk: str
    places: tuple[QueuePlace, ...]
    more: int
    """How many stand behind these."""
    is_mine: bool = False
    """Only the reader's own."""
    theirs: tuple[QueuePlace, ...] = ()
    """The reader's own whose turn is the customer's."""
    more_theirs: int = 0


@dataclass(frozen=True, kw_only=True)
class PostShown:
    """One post of either lane."""

    author: str
    at: datetime
    text: str
    is_note: bool


@dataclass(frozen=True, kw_only=True)
class CaseShown:
    """What a case is, for one of its desk's team who asked."""

    subject: str
    desk: str
    place: QueuePlace
    address: str
    """The customer's."""
    here: tuple[Face, ...]
    posts: tuple[PostShown, ...]
    """The last ones of both lanes."""
    is_in: bool
    """The reader has a seat in it, so that a reply can go there."""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Left:
    """You left; the way back."""

    subject: str
    desk: str


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
class NotEverywhere:
    """To one who wrote to several cases: one of them did not take the mail."""

    subject: str
    """Of the case that took it."""
    count: int
    """How many addresses did not; nothing else of them is told."""


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
class HeldMail:
    """To the owner or the team: a mail waits for a human."""

    name: str
    address: str
    cause: str
    """A name that held_mail/body.j2 knows; another one is an error there."""
    text: str
    subject: str
    inbound: int
    """What `parlour inbound show` takes."""
    octets: int = 0
    """Size of a mail that was too large to be fetched."""
    where: str = ""
    """The mailbox and folder where that one lies."""
    answers: tuple[str, ...] = ()
    """What may be replied (gateway.routing.door); empty: it can only be looked at."""
    takes_part: bool = False
    """Its writer is in the case already."""
    files: tuple[str, ...] = ()
    """The names of what came with it."""
    beside: int = 0
    """How many more mails of the same stranger wait for the same answer."""


@dataclass(frozen=True, kw_only=True)
class ForwardedMail:
    """To one of the team who forwarded a mail: is it a case for its writer? (C29)."""

    name: str
    address: str
    """Of the one who wrote the mail at first."""
    subject: str
    at: datetime | None
    text: str
    """How it begins."""
    words: str
    """What the forwarder wrote above it."""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MachineMail:
    """To the owner or the team: what may be a machine's waits for a word of theirs."""

    name: str
    address: str
    cause: str
    """machine, or loop: many new mails under one subject."""
    reason: str
    """The signal, as the header says it; empty when they are asked again."""
    text: str
    subject: str
    earlier: tuple[Said, ...] = ()
    """What came before of this sender, and stood in no letter yet."""


@dataclass(frozen=True, kw_only=True)
class Burst:
    """Messages come so fast that they wait for the digest: to the owner or the team.

    Where all together are so fast, also to whoever follows.
    """

    name: str
    """Who writes so fast; empty when all together do."""
    count: int
    """So many within the hour, this one too."""
    text: str
    """The first that waits."""
    subject: str


@dataclass(frozen=True, kw_only=True)
class Unreachable:
    """To the owner or the inviter: mail to somebody comes back."""

    name: str
    address: str
    is_customer: bool
    status: str
    """What the other server said."""
    subject: str
    given_up: bool = False
    """Probes came back or were not answered: nothing more goes there."""
    since: datetime | None = None
    """Since when, for whoever writes to somebody who is given up."""


@dataclass(frozen=True, kw_only=True)
class AreYouThere:
    """To somebody whose mail came back: the question whether this one arrives."""

    desk: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Missed:
    """The posts of one case that did not reach a reader."""

    subject: str
    said: tuple[Said, ...]
    more: int = 0
    """How many older ones are left out."""


@dataclass(frozen=True, kw_only=True)
class CatchUp:
    """To somebody who is reached again: what was said meanwhile, in one letter."""

    desk: str
    cases: tuple[Missed, ...]
    welcome: bool = False
    """They were given up, and wrote again."""


@dataclass(frozen=True, kw_only=True)
class Complained:
    """To the owner: somebody reported a letter of ours as unwanted."""

    name: str
    address: str
    is_customer: bool
    kind: str
    """X-Parlour-Kind of what they want no more."""
    subject: str


@dataclass(frozen=True, kw_only=True)
class DomainRefuses:
    """To the team: a whole domain does not take our mail."""

    domain: str
    status: str
    """What its server said."""
    stopped: bool
    """So much came back that nothing goes there for a while."""
    again_at: datetime | None = None
    waiting: tuple[str, ...] = ()
    """Names of those who did not get what was written to them."""


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


@dataclass(frozen=True, kw_only=True)
class Unheard:
    """To the team: a customer waits, and nobody who is there has got their text."""

    customer: str
    subject: str
    owner: str
    """Who has the case and can be reached; empty when nobody does."""
    promise: Promise | None
    said: tuple[Said, ...]
    """What the customer wrote and nobody got, oldest first."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """To the team: who has the case now, when no answer to the customer says it."""

    owner: str
    subject: str
    by: str = ""
    """Who gave it to them; empty when they took it themselves."""
    is_work: bool = False
    """The reader answers for it; what follows is said of such alone."""
    is_yours: bool = False
    """The reader is the one who has it now."""


@dataclass(frozen=True, kw_only=True)
class Gone:
    """To one who left and writes again: once."""

    subject: str
    desk: str
    may_return: bool = True
    """Not where their desk gave the case to another one."""


Values = (
    Acknowledgement
    | Message
    | Note
    | Invitation
    | InvitationReminder
    | Aside
    | Joined
    | Answer
    | Queue
    | CaseShown
    | Found
    | Left
    | UnknownCommand
    | Doubt
    | NotEverywhere
    | TeamText
    | Collision
    | Publish
    | TakeBack
    | Unclear
    | Decided
    | HeldMail
    | MachineMail
    | Burst
    | ForwardedMail
    | Unreachable
    | AreYouThere
    | CatchUp
    | Complained
    | DomainRefuses
    | Taken
    | Unheard
    | PromiseDue
    | Urgent
    | Digest
    | Rescheduled
    | ListAnswered
    | Gone
    | WhichTag
    | Voice
    | ThemeDraft
    | ThemeAnswered
    | SignInLink
)
