"""Makes of the settings' mailboxes what the IMAP door and its relatives are handed."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import structlog

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.grant import OAuthValues
from gateway.inbound.imap.login import Login, OAuth, Password
from gateway.inbound.imap.renewal import Renewals
from gateway.routing.desk import Desk
from gateway.settings import MailboxSection, Settings

_log = structlog.get_logger()


def accounts(settings: Settings) -> list[Account]:
    """Give every mailbox of the settings, in their order."""
    return [account(desk, section, settings) for desk, section in settings.mailboxes]


def account(desk: Desk, section: MailboxSection, settings: Settings) -> Account:
    """Give one mailbox of a desk in plain values."""
    return Account(
        desk=desk.address,
        host=section.host,
        port=section.port,
        username=section.username,
        login=_login(section, settings.data_dir),
        tls=section.tls.value,
        tls_verify=section.tls_verify,
        tls_ca=section.tls_ca,
        folder=section.folder,
        done_folder=section.done_folder,
        sent_folder=section.sent_folder,
        envelope_headers=section.envelope_headers,
        poll_seconds=section.poll_seconds,
        backlog=timedelta(days=section.backlog_days),
        only_reads=desk.mode == "listen",
    )


def _login(section: MailboxSection, data_dir: Path) -> Login:
    given = section.oauth2
    if given is None:
        return Password(section.username, section.password)
    values = OAuthValues(
        token_url=given.token_url,
        client_id=given.client_id,
        client_secret=given.client_secret,
        refresh_token=given.refresh_token,
        scope=given.scope,
        mechanism=given.mechanism.value,
    )
    return OAuth(section.username, values, Renewals(data_dir / "oauth2").fetch)


def warn(accounts: Sequence[Account]) -> None:
    """Tell the log at the start what is less safe than it could be."""
    for each in accounts:
        if not each.tls_verify and each.tls != "none":
            _log.warning(
                "certificate of a mailbox is not checked: whoever stands in between "
                "can read its mail and password",
                mailbox=each.name,
                remedy="tls_ca names the file of a private authority",
            )
