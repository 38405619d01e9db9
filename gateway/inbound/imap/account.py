"""One mailbox to watch, in plain values."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Names of mailboxes are needed where the library is not.
    from gateway.inbound.imap.login import Login


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account, which of its folders are watched, and how."""

    desk: str
    """Whose mail it is when nothing else tells."""
    host: str
    port: int
    username: str
    login: "Login"
    tls: str = "tls"
    """"tls", "starttls" or "none"."""
    tls_verify: bool = True
    tls_ca: Path | None = None
    folder: str = "INBOX"
    done_folder: str = ""
    """Where fetched mail is moved; empty means that it is marked as seen."""
    sent_folder: str = ""
    """Where answers lie that were sent by hand; only ever read."""
    envelope_headers: tuple[str, ...] = ()
    poll_seconds: float = 60
    backlog: timedelta = timedelta(days=3)
    only_reads: bool = False
    """Nothing is written to the mailbox: no flag, no move (`mode = "listen"`)."""

    @property
    def name(self) -> str:
        """How the log, the journal and `parlour check` call it."""
        return self.name_of(self.folder)

    def name_of(self, folder: str) -> str:
        """Name a folder of this account."""
        return name_of(self.username, self.host, folder)


def name_of(username: str, host: str, folder: str) -> str:
    """Name a folder of an account."""
    return f"{username}@{host}/{folder}"
