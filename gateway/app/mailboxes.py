"""Builds what the mailboxes of the settings need: ways in, and whose word counts."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from gateway.inbound.imap import provider
from gateway.inbound.imap.grant import OAuthValues
from gateway.inbound.imap.login import Login, OAuth, Password
from gateway.inbound.imap.renewal import Renewals
from gateway.settings import MailboxSection, Settings

_log = structlog.get_logger()


def name_of(mailbox: MailboxSection) -> str:
    """Name a mailbox as the journal does, where its mail comes from (Entry.peer)."""
    return f"{mailbox.username}@{mailbox.host}/{mailbox.folder}"


def login_of(mailbox: MailboxSection, data_dir: Path) -> Login:
    """Build the way into a mailbox; renewed refresh tokens are kept in `data_dir`."""
    oauth2 = mailbox.oauth2
    if oauth2 is None:
        return Password(mailbox.username, mailbox.password)
    values = OAuthValues(
        token_url=oauth2.token_url,
        client_id=oauth2.client_id,
        client_secret=oauth2.client_secret,
        refresh_token=oauth2.refresh_token,
        scope=oauth2.scope,
        mechanism=oauth2.mechanism,
    )
    return OAuth(mailbox.username, values, Renewals(data_dir / "oauth2").fetch)


def authserv_ids_of(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """Say whose Authentication-Results are believed, mailbox by mailbox."""
    return {
        name_of(mailbox): provider.authserv_ids(mailbox.host, mailbox.authserv_ids)
        for _, mailbox in settings.mailboxes
    }


def warn_of(mailboxes: Sequence[MailboxSection]) -> None:
    """Tell the log at the start what is less safe than it could be."""
    for mailbox in mailboxes:
        if not mailbox.tls_verify and mailbox.tls != "none":
            _log.warning(
                "certificate of a mailbox is not checked: whoever stands in between "
                "can read its mail and password",
                mailbox=name_of(mailbox),
                remedy="tls_ca names the file of a private authority",
            )
