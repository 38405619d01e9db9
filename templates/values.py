"""Every letter that there is, by what it needs to know.

One frozen class per template. Names and texts are plain text as people wrote them; the
templates escape. Times are aware datetimes; the letter says them in the reader's
language and zone.
"""

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
    | HelpOffered
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
