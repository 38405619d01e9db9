"""What letters tell of commands: what was done, and how to undo it."""

from dataclasses import dataclass
from datetime import datetime

from templates.face import Face
from templates.receipts import Receipts


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
    each, digest (when it comes), digest_when, quiet_kept (which hours, where no digests
    come), no_digest, no_digest_before, helps, helps_without_skills, helps_no_more,
    helps_nowhere (whether digests ask somebody for help), urgent_only, overview,
    overview_off, paused (until `at`),
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
