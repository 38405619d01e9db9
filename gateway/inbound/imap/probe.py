"""A short look at a mailbox, for `parlour check`: can it be opened, what is offered."""

from dataclasses import dataclass
from datetime import date

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.connection import connect, in_short, leave, refusal
from gateway.inbound.imap.folder import Folder

MOST_OCTETS = 1_000_000
MOST_NAMES = 20
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Probed:
    """What a look has shown."""

    trouble: str = ""
    """Why the mailbox cannot be opened, in one line; empty when it can."""
    missing: tuple[str, ...] = ()
    """Folders that are watched but not there."""
    mails: int | None = None
    """How many lie in the watched folder, where the server tells."""
    recent: int | None = None
    """How many of them came since what was asked about."""
    folders: tuple[str, ...] = ()
    """Names of folders that are there, not all when there are many."""
    has_idle: bool = False
    has_move: bool = False
    """MOVE, or UIDPLUS, which does for it."""
    has_done_folder: bool = False
    prefix: str = ""
    """What the names of new folders have to begin with (RFC 2342)."""


@dataclass(frozen=True, slots=True)
class Since:
    """From where on mail counts as new: behind a number, else from a day on."""

    day: date
    uidvalidity: int | None = None
    uid: int = 0


def probe(account: Account, since: Since) -> Probed:
    """Log in as the door does and look, changing nothing; never raises."""
    try:
        client = connect(account, most_octets=MOST_OCTETS, answer_seconds=SECONDS)
    except Exception as error:
        # Whatever a server or a library comes up with: it has to be named.
        return Probed(trouble=in_short(error, account))
    try:
        return _look(client, account, since)
    except Exception as error:
        return Probed(trouble=in_short(error, account))
    finally:
        leave(client)


def _look(client: IMAPClient, account: Account, since: Since) -> Probed:
    watched = filter(None, (account.folder, account.sent_folder))
    missing = tuple(name for name in watched if not client.folder_exists(name))
    mails = recent = None
    if account.folder not in missing:
        folder = Folder(client, account, account.folder, only_reads=True)
        seen = folder.select()
        mails, recent = seen.exists, len(_recent(folder, since))
    done = account.done_folder
    return Probed(
        missing=missing,
        mails=mails,
        recent=recent,
        folders=_names(client) if missing else (),
        has_idle=client.has_capability("IDLE"),
        has_move=client.has_capability("MOVE") or client.has_capability("UIDPLUS"),
        has_done_folder=bool(done) and client.folder_exists(done),
        prefix=_prefix(client),
    )


def _recent(folder: Folder, since: Since) -> list[int]:
    if folder.seen.uidvalidity == since.uidvalidity:
        return folder.numbers(since.uid + 1)
    return folder.numbers(1, since.day)


def _names(client: IMAPClient) -> tuple[str, ...]:
    return tuple(str(name) for _, _, name in client.list_folders()[:MOST_NAMES])


def _prefix(client: IMAPClient) -> str:
    """Give where folders of the account live; some servers want INBOX. in front."""
    if not client.has_capability("NAMESPACE"):
        return ""
    try:
        personal = client.namespace().personal
    except IMAPClientError as error:
        if refusal(error) is None:
            raise
        return ""
    return str(personal[0][0]) if personal else ""
