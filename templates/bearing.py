"""The table of kinds and audiences: what the headers of each letter follow from."""

from dataclasses import dataclass
from enum import StrEnum

from parsers.reply_address import Purpose
from templates.digested import Digest, Rescheduled
from templates.found import Found
from templates.promised import PromiseDue, Urgent
from templates.signing import SignInLink
from templates.taken_back import TakeBack
from templates.themes import ThemeAnswered, ThemeDraft, Voice, WhichTag
from templates.values import (
    Acknowledgement,
    Answer,
    AreYouThere,
    Aside,
    Burst,
    CaseShown,
    CatchUp,
    Collision,
    Complained,
    Decided,
    DomainRefuses,
    Doubt,
    ForwardedMail,
    Gone,
    HeldMail,
    Invitation,
    InvitationReminder,
    Joined,
    Left,
    ListAnswered,
    MachineMail,
    Message,
    Note,
    NotEverywhere,
    Publish,
    Queue,
    Taken,
    TeamText,
    Unclear,
    Unheard,
    UnknownCommand,
    Unreachable,
    Values,
)


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
    Joined: Bearing(
        "joined",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.EVERYONE,
        Listed.HELP_ONLY,
    ),
    Answer: Bearing(
        "answer",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.EVERYONE,
        Listed.HELP_ONLY,
    ),
    Queue: Bearing(
        "queue",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.EVERYONE,
        Listed.HELP_ONLY,
    ),
    Found: Bearing(
        "found",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.EVERYONE,
        Listed.HELP_ONLY,
    ),
    CaseShown: Bearing(
        "case_shown",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.TEAM,
        Listed.HELP_ONLY,
    ),
    UnknownCommand: Bearing(
        "unknown_command",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    Doubt: Bearing(
        "doubt",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    TeamText: Bearing(
        "team_text",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    NotEverywhere: Bearing(
        "not_everywhere",
        Kind.NOTICE,
        Automatic.AS_ASKED,
        Purpose.EVERYONE,
    ),
    Collision: Bearing(
        "collision",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    TakeBack: Bearing(
        "take_back",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    Publish: Bearing(
        "publish",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    WhichTag: Bearing(
        "which_tag",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    ThemeDraft: Bearing(
        "theme_draft",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    ThemeAnswered: Bearing(
        "theme_answered",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    Voice: Bearing(
        "voice", Kind.DIGEST, Automatic.GENERATED, Purpose.DIGEST, Listed.DIGEST
    ),
    Unclear: Bearing(
        "unclear",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    Decided: Bearing(
        "decided",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    Left: Bearing("left", Kind.NOTICE, Automatic.AS_ASKED, Purpose.EVERYONE),
    Gone: Bearing("gone", Kind.NOTICE, Automatic.AS_ASKED, Purpose.EVERYONE),
    HeldMail: Bearing(
        "held_mail", Kind.NOTICE, Automatic.GENERATED, Purpose.TEAM, Listed.ACTIVITY
    ),
    Burst: Bearing(
        "burst", Kind.NOTICE, Automatic.GENERATED, Purpose.TEAM, Listed.ACTIVITY
    ),
    MachineMail: Bearing(
        "machine_mail",
        Kind.NOTICE,
        Automatic.GENERATED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    ForwardedMail: Bearing(
        "forwarded_mail",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    Taken: Bearing(
        "taken", Kind.NOTICE, Automatic.GENERATED, Purpose.TEAM, Listed.ACTIVITY
    ),
    Digest: Bearing(
        "digest", Kind.DIGEST, Automatic.GENERATED, Purpose.DIGEST, Listed.DIGEST
    ),
    Rescheduled: Bearing(
        "rescheduled",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    ListAnswered: Bearing(
        "list_answered",
        Kind.CONFIRMATION,
        Automatic.AS_ASKED,
        Purpose.CONFIRM,
        Listed.HELP_ONLY,
    ),
    PromiseDue: Bearing(
        "promise_due", Kind.REMINDER, Automatic.GENERATED, Purpose.TEAM, Listed.ACTIVITY
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
