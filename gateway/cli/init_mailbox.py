"""The mailbox in the file that `parlour init` writes, and what is said of it."""

import json
from dataclasses import dataclass

BLOCK = """
# A mailbox that the desk's mail is fetched from by IMAP; docs/mailboxes.md has recipes.
{mark}[[desk.mailbox]]
{mark}host = {host}
{server}{mark}username = {username}
{mark}password = {password}
# done_folder = "Parlour"                     # where fetched mail is moved
# tls_ca = "ca.pem"                           # the authority of a private certificate
# Instead of a password a token (OAuth 2.0). Gmail and Google Workspace:
# [desk.mailbox.oauth2]
# token_url = "https://oauth2.googleapis.com/token"
# client_id = "..."
# client_secret = "..."
# refresh_token = "..."
# Microsoft 365, where the application signs in for itself:
# [desk.mailbox.oauth2]
# token_url = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token"
# client_id = "..."
# client_secret = "..."
# scope = "https://outlook.office365.com/.default"
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailboxAnswers:
    """What is known of the mailbox; without a host there is none."""

    host: str
    username: str
    password: str
    tls: str | None
    port: int

    @property
    def is_watched(self) -> bool:
        """Whether the file names all that it takes; else the block is a comment."""
        return bool(self.host and self.password)


def block(answers: MailboxAnswers, address: str) -> str:
    """Write `[[desk.mailbox]]`, as a comment unless it is complete."""
    mark = "" if answers.is_watched else "# "
    server = []
    if answers.tls:
        server.append(f"{mark}tls = {_toml(answers.tls)}\n")
    if answers.port:
        server.append(f"{mark}port = {answers.port}\n")
    return BLOCK.format(
        mark=mark,
        host=_toml(answers.host or "imap.acme.example"),
        server="".join(server),
        username=_toml(answers.username or address),
        password=_toml(answers.password or "..."),
    )


def said(answers: MailboxAnswers) -> list[str]:
    """Say what becomes of the mailbox, and whether its mail can be proved."""
    from gateway.inbound.imap.provider import authserv_ids, provider_of, why_unproved

    if not answers.host:
        return []
    lines = []
    if not answers.is_watched:
        lines.append(
            f"{answers.host} is not watched yet: take the # off [[desk.mailbox]] and "
            "write a password or a section oauth2 (docs/mailboxes.md)"
        )
    provider = provider_of(answers.host)
    if provider and authserv_ids(answers.host, ()):
        lines.append(
            f"who writes to {answers.host} counts as verified when {provider.name} "
            "says so; nothing more is to be set"
        )
    else:
        lines.append(
            "customers get the neutral letter until authserv_ids of the mailbox is "
            f"set: {why_unproved(answers.host)} (docs/mailboxes.md)"
        )
    return lines


def _toml(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
