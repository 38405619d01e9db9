"""`parlour init`: writes a commented settings file with a fresh secret."""

import json
import os
import secrets
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from gateway.cli.command import WRONG, Mistake, config_option
from gateway.cli.init_mailbox import MailboxAnswers, block, said

TEMPLATE = """\
# Parlour's settings. Each key can also come from the environment, for example
# PARLOUR_SECRET or PARLOUR_SMTP__LISTEN; docs/settings.md explains every one.

base_url = {base_url}
# Signs addresses and links. Keep it: without it no answer to an old letter finds its
# thread. To change it, put the old one into previous_secrets.
secret = {secret}
# previous_secrets = []
# auto_migrate = true
data_dir = "data"

[database]
url = {database_url}
# url = "postgresql+psycopg://parlour@localhost/parlour"

[smtp]
listen = {smtp_listen}
max_message_mb = 30
# tls_cert = "cert.pem"                       # with both, STARTTLS is offered
# tls_key = "key.pem"
# Whose Authentication-Results are believed: the name that your mail server writes
# there. Until it is set nobody counts as verified, and customers who write for the
# first time get the neutral letter, which quotes nothing.
{authserv_ids}
# trusted_peers = ["127.0.0.1"]               # from whose connections

# [lmtp]                                      # a mail server on this machine
# listen = "unix:/run/parlour/lmtp.sock"      # or "127.0.0.1:8024"

[web]
listen = {web_listen}
# trusted_proxies = ["127.0.0.1"]             # web servers in front that say who asks
# proxy_header = "X-Forwarded-For"            # where they say it, or "Forwarded"

[outbound]                                    # the mail server that takes our letters
host = {host}
port = {port}
tls = {tls}                                   # "none", "starttls" or "tls"
# tls_ca = "ca.pem"                           # if its certificate is by your own CA
{login}
# connections = 4
# max_per_second = 0

[[desk]]
name = {name}
address = {address}
# aliases = ["help@acme.example"]
# How a reply finds its thread: a sub-address, or a domain of its own such as
# "{{token}}@reply.acme.example". Mail to it must reach Parlour too: `parlour check`
# tries it and says what your site allows.
reply = {reply}
team = {team}
# language = "en"
zone = {zone}
# hours = "mon-fri 09:00-17:00"               # without: promises name a day, no time
# next_contact = "1 business day"             # or "4 hours", "2 days"
# acknowledge = "auto"                        # "full", "neutral", "off"
{mailbox}"""


NO_LOGIN = """\
# username = ""
# password = ""                               # or PARLOUR_OUTBOUND__PASSWORD"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What the file is made of; empty means: the default, or ask."""

    address: str
    team: tuple[str, ...]
    name: str
    reply: str
    outbound_host: str
    outbound_port: int
    outbound_tls: str | None
    outbound_username: str
    outbound_password: str
    authserv_id: tuple[str, ...]
    base_url: str
    database_url: str
    smtp_listen: str
    web_listen: str
    zone: str
    imap_host: str
    imap_port: int
    imap_tls: str | None
    imap_username: str
    imap_password: str

    @property
    def mailbox(self) -> MailboxAnswers:
        """What is known of the desk's mailbox."""
        return MailboxAnswers(
            host=self.imap_host,
            port=self.imap_port,
            tls=self.imap_tls,
            username=self.imap_username,
            password=self.imap_password,
        )


@click.command()
@config_option
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--address", default="", help="The support address customers know.")
@click.option("--team", multiple=True, help="Who answers; once for each person.")
@click.option("--name", default="", help="What letters call the desk.")
@click.option("--reply", default="", help="Template of reply addresses, with {token}.")
@click.option("--outbound-host", default="", help="Mail server that takes our letters.")
@click.option("--outbound-port", default=0, help="Its port; else the usual one.")
@click.option("--outbound-tls", type=click.Choice(["none", "starttls", "tls"]))
@click.option("--outbound-username", default="")
@click.option("--outbound-password", default="", envvar="PARLOUR_OUTBOUND__PASSWORD")
@click.option("--authserv-id", multiple=True, help="Trusted Authentication-Results.")
@click.option("--base-url", default="http://127.0.0.1:8080")
@click.option("--database-url", default="sqlite:///data/parlour.db")
@click.option("--smtp-listen", default="127.0.0.1:8025")
@click.option("--web-listen", default="127.0.0.1:8080")
@click.option("--zone", default="UTC", help="The desk's time zone, like Europe/Madrid.")
@click.option("--imap-host", default="", help="Server of a mailbox to be watched.")
@click.option("--imap-port", default=0, help="Its port; else the usual one.")
@click.option("--imap-tls", type=click.Choice(["none", "starttls", "tls"]))
@click.option("--imap-username", default="", help="Its account; else the address.")
@click.option("--imap-password", default="", envvar="PARLOUR_IMAP_PASSWORD")
def init(folder: Path, **given: Any) -> None:
    """Write a parlour.toml into DIR (here, without it), with a fresh secret.

    What is not given is asked, when there is somebody to ask.
    """
    from gateway.settings import FILE_NAME, SettingsError, read

    path = folder / FILE_NAME
    if path.exists():
        raise Mistake(f"{path} is there already; remove it or choose another folder")
    answers = _asked(Answers(**given))
    text = _text(answers)
    try:
        found = read(text, path, {})
    except SettingsError as error:
        raise Mistake(f"{error.key}: {error.problem}", WRONG) from error
    _write(path, text)
    click.echo(f"wrote {path}; next: parlour check, then parlour serve")
    for line in said(answers.mailbox):
        click.echo(line)
    if not answers.imap_host and not found.smtp.trusted_authserv_ids:
        click.echo(
            "customers get the neutral letter until smtp.trusted_authserv_ids is set"
        )


def _asked(answers: Answers) -> Answers:
    """Ask for what must be known; without a terminal it must be given."""
    address = answers.address or _ask("--address", "Support address")
    team = answers.team or _ask("--team", "Who answers (separated by commas)").split(
        ","
    )
    return replace(
        _mailbox_asked(answers),
        address=address,
        team=tuple(part.strip() for part in team if part.strip()),
        outbound_host=answers.outbound_host
        or _ask("--outbound-host", "Mail server that takes our letters", "127.0.0.1"),
    )


def _mailbox_asked(answers: Answers) -> Answers:
    """Ask for the mailbox, which nobody needs; in a script no flag means none."""
    if not sys.stdin.isatty():
        return answers
    host = answers.imap_host or click.prompt(
        "IMAP server of its mailbox (empty: mail comes by SMTP)",
        default="",
        show_default=False,
    )
    password = answers.imap_password
    if host and not password:
        password = click.prompt(
            "Password of the mailbox (empty: write it, or a token, into the file)",
            default="",
            show_default=False,
            hide_input=True,
        )
    return replace(answers, imap_host=host, imap_password=password)


def _ask(option: str, question: str, default: str | None = None) -> str:
    if not sys.stdin.isatty():
        raise click.UsageError(f"{option} is missing, and there is nobody to ask")
    return str(click.prompt(question, default=default))


def _text(answers: Answers) -> str:
    from gateway.settings.desk import name_of
    from gateway.settings.sections import PORTS, Tls, is_loopback

    local, _, domain = answers.address.rpartition("@")
    safe = Tls.NONE if is_loopback(answers.outbound_host) else Tls.STARTTLS
    tls = Tls(answers.outbound_tls or safe)
    login = NO_LOGIN
    if answers.outbound_username:
        login = (
            f"username = {_toml(answers.outbound_username)}\n"
            f"password = {_toml(answers.outbound_password)}"
        )
    mark = "" if answers.authserv_id else "# "
    return TEMPLATE.format(
        base_url=_toml(answers.base_url),
        secret=_toml(secrets.token_urlsafe(36)),
        database_url=_toml(answers.database_url),
        smtp_listen=_toml(answers.smtp_listen),
        web_listen=_toml(answers.web_listen),
        authserv_ids=f"{mark}trusted_authserv_ids = "
        + _toml(answers.authserv_id or ["mx.acme.example"]),
        host=_toml(answers.outbound_host),
        port=answers.outbound_port or PORTS[tls],
        tls=_toml(tls),
        login=login,
        name=_toml(answers.name or name_of(answers.address)),
        address=_toml(answers.address),
        reply=_toml(answers.reply or f"{local}+{{token}}@{domain}"),
        team=_toml(answers.team),
        zone=_toml(answers.zone),
        mailbox=block(answers.mailbox, answers.address),
    )


def _toml(value: object) -> str:
    """Write a text or a list of texts; JSON's are TOML's too."""
    return json.dumps(value, ensure_ascii=False)


def _write(path: Path, text: str) -> None:
    """Write the file for its owner's eyes only; it holds the secret."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Mistake(f"{path} is there already") from error
    except OSError as error:
        raise Mistake(f"{path}: cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
