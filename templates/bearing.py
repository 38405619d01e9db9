"""The table of kinds and audiences: what the headers of each letter follow from."""

from dataclasses import dataclass
from enum import StrEnum

from parsers.reply_address import Purpose
from templates.asked import (
    Collision,
    Decided,
    Doubt,
    ListAnswered,
    Publish,
    TeamText,
    Unclear,
    UnknownCommand,
)
from templates.digested import Digest, Rescheduled
from templates.found import Found
from templates.held import Burst, ForwardedMail, HeldMail, MachineMail
from templates.helped import HelpOffered
from templates.invited import Aside, Invitation, InvitationReminder, Joined
from templates.posted import Acknowledgement, Message, Note
from templates.promised import PromiseDue, Urgent
from templates.queued import CaseShown, Queue
from templates.reached import (
    AreYouThere,
    CatchUp,
    Complained,
    DomainRefuses,
    Unheard,
    Unreachable,
)
from templates.seated import Gone, Left, NotEverywhere, Taken
from templates.signing import SignInLink
from templates.taken_back import TakeBack
from templates.themes import ThemeAnswered, ThemeDraft, Voice, WhichTag
from templates.understood import Answer
from templates.values import Values


class Kind(StrEnum):
    """X-Parlour-Kind (outside.md)."""

    ACKNOWLEDGEMENT = "acknowledgement"
    INVITATION = "invitation"
    MESSAGE = "message"
    NOTE = "note"
    CONFIRMATION = "confirmation"
    NOTICE = "notice"
    DIGEST = "digest"
    REMINDER = "reminder"


class Listed(StrEnum):
    """Which List-* headers a letter bears (RFC 2369, 2919, 8058)."""

    NOT = "not"
    ACTIVITY = "activity"
    INVITATIONS = "invitations"
    HELP_ONLY = "help only"
    DIGEST = "digest"


class Automatic(StrEnum):
    """Auto-Submitted (RFC 3834 section 5)."""

    NO = "no"
    """A human wrote it: the header is left out."""
    REPLIED = "auto-replied"
    GENERATED = "auto-generated"
    AS_ASKED = "as asked"
    """auto-replied if a mail asked for it, else auto-generated."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """What the headers follow from: one line of the table of kinds and audiences."""

    folder: str
    """In `templates/mail`."""
    kind: Kind
    automatic: Automatic
    purpose: Purpose
    """Where a reply goes."""
    listed: Listed = Listed.NOT
    plain: bool = False
    """Text alone, without its twin in HTML."""


def _confirmation(folder: str, purpose: Purpose = Purpose.CONFIRM) -> Bearing:
    """Give the line of what answers one person's mail, or asks them what they meant."""
    return Bearing(
        folder, Kind.CONFIRMATION, Automatic.AS_ASKED, purpose, Listed.HELP_ONLY
    )


_BEARINGS: dict[type[Values], Bearing] = {
    Acknowledgement: Bearing(
        "acknowledgement", Kind.ACKNOWLEDGEMENT, Automatic.REPLIED, Purpose.EVERYONE
    ),
    Message: Bearing(
        "message", Kind.MESSAGE, Automatic.NO, Purpose.EVERYONE, Listed.ACTIVITY
    ),
    Note: Bearing("note", Kind.NOTE, Automatic.NO, Purpose.TEAM, Listed.ACTIVITY),
    Invitation: Bearing(
        "invitation",
        Kind.INVITATION,
        Automatic.GENERATED,
        Purpose.INVITATION,
        Listed.INVITATIONS,
    ),
    InvitationReminder: Bearing(
        "invitation_reminder",
        Kind.REMINDER,
        Automatic.GENERATED,
        Purpose.INVITATION,
        Listed.INVITATIONS,
    ),
    # Somebody wrote it, and the reply goes to them: see `Head.reply_to`.
    Aside: Bearing("aside", Kind.MESSAGE, Automatic.NO, Purpose.EVERYONE),
    Joined: _confirmation("joined", Purpose.EVERYONE),
    Answer: _confirmation("answer", Purpose.EVERYONE),
    Queue: _confirmation("queue", Purpose.EVERYONE),
    Found: _confirmation("found", Purpose.EVERYONE),
    CaseShown: _confirmation("case_shown", Purpose.TEAM),
    UnknownCommand: _confirmation("unknown_command"),
    Doubt: _confirmation("doubt"),
    TeamText: _confirmation("team_text"),
    NotEverywhere: Bearing(
        "not_everywhere",
        Kind.NOTICE,
        Automatic.AS_ASKED,
        Purpose.EVERYONE,
    ),
    Collision: _confirmation("collision"),
    TakeBack: _confirmation("take_back"),
    Publish: _confirmation("publish"),
    WhichTag: _confirmation("which_tag"),
    ThemeDraft: _confirmation("theme_draft"),
    ThemeAnswered: _confirmation("theme_answered"),
    Voice: Bearing(
        "voice", Kind.DIGEST, Automatic.GENERATED, Purpose.DIGEST, Listed.DIGEST
    ),
    Unclear: _confirmation("unclear"),
    Decided: _confirmation("decided"),
    Left: Bearing("left", Kind.NOTICE, Automatic.AS_ASKED, Purpose.EVERYONE),
    Gone: Bearing("gone", Kind.NOTICE, Automatic.AS_ASKED, Purpose.EVERYONE),
    HeldMail: Bearing(
        "held_mail", Kind.NOTICE, Automatic.GENERATED, Purpose.TEAM, Listed.ACTIVITY
    ),
    Burst: Bearing(
        "burst", Kind.NOTICE, Automatic.GENERATED, Purpose.EVERYONE, Listed.ACTIVITY
    ),
    MachineMail: Bearing(
        "machine_mail",
        Kind.NOTICE,
        Automatic.GENERATED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    ForwardedMail: _confirmation("forwarded_mail"),
    Taken: Bearing(
        "taken", Kind.NOTICE, Automatic.GENERATED, Purpose.TEAM, Listed.ACTIVITY
    ),
    Digest: Bearing(
        "digest", Kind.DIGEST, Automatic.GENERATED, Purpose.DIGEST, Listed.DIGEST
    ),
    Rescheduled: _confirmation("rescheduled"),
    ListAnswered: _confirmation("list_answered"),
    PromiseDue: Bearing(
        "promise_due", Kind.REMINDER, Automatic.GENERATED, Purpose.TEAM, Listed.ACTIVITY
    ),
    HelpOffered: Bearing(
        "help_offered",
        Kind.NOTICE,
        Automatic.GENERATED,
        Purpose.TEAM,
        Listed.ACTIVITY,
    ),
    Urgent: Bearing(
        "urgent", Kind.NOTICE, Automatic.GENERATED, Purpose.TEAM, Listed.ACTIVITY
    ),
    Unheard: Bearing(
        "unheard",
        Kind.NOTICE,
        Automatic.GENERATED,
        Purpose.EVERYONE,
        Listed.ACTIVITY,
    ),
    Unreachable: Bearing(
        "unreachable",
        Kind.NOTICE,
        Automatic.GENERATED,
        Purpose.EVERYONE,
        Listed.ACTIVITY,
    ),
    # Without Precedence, as lists leave it off on probes: an answer is wanted.
    AreYouThere: Bearing(
        "are_you_there",
        Kind.NOTICE,
        Automatic.GENERATED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
        plain=True,
    ),
    # It bears no reply address: there is nothing to answer.
    SignInLink: Bearing(
        "sign_in", Kind.CONFIRMATION, Automatic.GENERATED, Purpose.SIGN_IN
    ),
    CatchUp: Bearing("catch_up", Kind.NOTICE, Automatic.GENERATED, Purpose.EVERYONE),
    Complained: Bearing(
        "complained", Kind.NOTICE, Automatic.GENERATED, Purpose.TEAM, Listed.ACTIVITY
    ),
    DomainRefuses: Bearing(
        "domain_refuses",
        Kind.NOTICE,
        Automatic.GENERATED,
        Purpose.TEAM,
        Listed.ACTIVITY,
    ),
}


def bears(values: Values) -> Bearing:
    """Give the line of the table for these values, whoever the reader is."""
    return _BEARINGS[type(values)]


def kind_of(values: Values) -> Kind:
    """Say of which kind a letter with these values is."""
    return _BEARINGS[type(values)].kind
