"""`parlour init`: writes a commented settings file with a fresh secret."""

import json
import os
import secrets
from pathlib import Path

import click

from gateway.cli.command import WRONG, Mistake, config_option

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

[web]
listen = {web_listen}

[outbound]                                    # the mail server that takes our letters
host = {host}
port = {port}
tls = {tls}                                   # "none", "starttls" or "tls"
{login}
# connections = 4
# max_per_second = 0

[[desk]]
name = {name}
address = {address}
# aliases = ["help@acme.example"]
# How a reply finds its thread: a sub-address, or a domain of its own such as
# "{{token}}@reply.acme.example". Mail to it must reach Parlour too.
reply = {reply}
team = {team}
# language = "en"
zone = {zone}
# hours = "mon-fri 09:00-17:00"               # without: promises name a day, no time
# next_contact = "1 business day"             # or "4 hours", "2 days"
# acknowledge = "auto"                        # "full", "neutral", "off"
"""


@click.command()
@config_option
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option("--address", help="The support address, as customers know it.")
@click.option("--team", multiple=True, help="Who answers; once for each person.")
@click.option("--name", default="", help="What letters call the desk.")
@click.option("--reply", default="", help="Template of reply addresses, with {token}.")
@click.option("--outbound-host", help="The mail server that takes our letters.")
@click.option("--outbound-port", type=int, help="Its port (25, 587 or 465 by --tls).")
@click.option("--outbound-tls", type=click.Choice(["none", "starttls", "tls"]))
@click.option("--outbound-username", default="")
@click.option("--outbound-password", default="", envvar="PARLOUR_OUTBOUND__PASSWORD")
@click.option("--authserv-id", multiple=True, help="Trusted Authentication-Results.")
@click.option("--base-url", default="http://127.0.0.1:8080")
@click.option("--database-url", default="sqlite:///data/parlour.db")
@click.option("--smtp-listen", default="127.0.0.1:8025")
@click.option("--web-listen", default="127.0.0.1:8080")
@click.option("--zone", default="UTC", help="The desk's time zone, like Europe/Madrid.")
def init(folder: Path, **answers: str | int | tuple[str, ...] | None) -> None:
    """Write a parlour.toml into DIR (here, without it), with a fresh secret.

    What is not given is asked, when there is somebody to ask.
    """
    from gateway.settings import FILE_NAME, SettingsError, read

    path = folder / FILE_NAME
    if path.exists():
        raise Mistake(f"{path} is there already; remove it or choose another folder")
    _ask(answers)
    text = _text(answers)
    try:
        found = read(text, path, {})
    except SettingsError as error:
        raise Mistake(f"{error.key}: {error.problem}", WRONG) from error
    _write(path, text)
    click.echo(f"wrote {path}; next: parlour check, then parlour serve")
    if not found.smtp.trusted_authserv_ids:
        click.echo(
            "customers get the neutral letter until smtp.trusted_authserv_ids is set"
        )


_QUESTIONS = {
    "address": "Support address",
    "team": "Who answers (addresses, separated by commas)",
    "outbound_host": "Mail server that takes our letters",
}


def _ask(answers: dict[str, str | int | tuple[str, ...] | None]) -> None:
    """Ask for what must be known; without a terminal it must be given."""
    for name, question in _QUESTIONS.items():
        if answers[name]:
            continue
        option = "--" + name.replace("_", "-")
        if not click.get_text_stream("stdin").isatty():
            raise click.UsageError(f"{option} is missing, and there is nobody to ask")
        default = "127.0.0.1" if name == "outbound_host" else None
        answers[name] = click.prompt(question, default=default)
    team = answers["team"]
    if isinstance(team, str):
        answers["team"] = tuple(part.strip() for part in team.split(",") if part.strip())


def _text(answers: dict[str, str | int | tuple[str, ...] | None]) -> str:
    # JSON's strings and lists are TOML's too.
    toml = {name: json.dumps(value, ensure_ascii=False) for name, value in answers.items()}
    address, host = str(answers["address"]), str(answers["outbound_host"])
    local, _, domain = address.rpartition("@")
    tls = answers["outbound_tls"] or _tls(host)
    ports = {"none": 25, "starttls": 587, "tls": 465}
    login = '# username = ""\n# password = ""                               # or PARLOUR_OUTBOUND__PASSWORD'
    if answers["outbound_username"]:
        login = (
            f"username = {toml['outbound_username']}\n"
            f"password = {toml['outbound_password']}"
        )
    ids = f"trusted_authserv_ids = {toml['authserv_id']}"
    return TEMPLATE.format(
        base_url=toml["base_url"],
        secret=json.dumps(secrets.token_urlsafe(36)),
        database_url=toml["database_url"],
        smtp_listen=toml["smtp_listen"],
        web_listen=toml["web_listen"],
        authserv_ids=ids if answers["authserv_id"] else '# trusted_authserv_ids = ["mx.acme.example"]',
        host=toml["outbound_host"],
        port=answers["outbound_port"] or ports[str(tls)],
        tls=json.dumps(tls),
        login=login,
        name=toml["name"] if answers["name"] else json.dumps(_desk_name(address)),
        address=toml["address"],
        reply=json.dumps(answers["reply"] or f"{local}+{{token}}@{domain}"),
        team=toml["team"],
        zone=toml["zone"],
    )


def _tls(host: str) -> str:
    from gateway.settings.sections import is_loopback

    return "none" if is_loopback(host) else "starttls"


def _desk_name(address: str) -> str:
    from gateway.settings.desk import name_of

    return name_of(address)


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
