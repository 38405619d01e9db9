"""A short look at a mailbox, for `parlour check`: can it be opened, what is offered."""

from contextlib import suppress
from dataclasses import dataclass

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.connection import connect, in_short, leave

MOST_OCTETS = 1_000_000
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
    has_idle: bool = False
    has_move: bool = False


def probe(account: Account) -> Probed:
    """Log in as the door does and look, changing nothing; never raises."""
    try:
        client = connect(account, most_octets=MOST_OCTETS, answer_seconds=SECONDS)
    except Exception as error:
        # Whatever a server or a library comes up with: it has to be named.
        return Probed(trouble=in_short(error, account))
    try:
        return _look(client, account)
    except Exception as error:
        return Probed(trouble=in_short(error, account))
    finally:
        leave(client)


def _look(client: IMAPClient, account: Account) -> Probed:
    watched = filter(None, (account.folder, account.sent_folder))
    missing = tuple(name for name in watched if not client.folder_exists(name))
    mails = None
    if account.folder not in missing:
        with suppress(IMAPClientError):
            found = client.folder_status(account.folder, ["MESSAGES"])
            mails = found.get(b"MESSAGES")
    return Probed(
        missing=missing,
        mails=mails,
        has_idle=client.has_capability("IDLE"),
        has_move=client.has_capability("MOVE"),
    )
