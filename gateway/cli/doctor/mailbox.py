"""Looks whether the mailboxes can be reached and opened, and who is believed there."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from gateway.activities.house import House
from gateway.app.mailboxes import account
from gateway.cli.doctor.finding import Finding, failed, ok, warning
from gateway.inbound.imap import provider
from gateway.inbound.imap.account import Account
from gateway.inbound.imap.probe import Probed, Since, probe
from gateway.settings import Settings
from storage import mailbox as mailboxes
from storage.mailbox import Mailbox


def look_at_mailboxes(
    settings: Settings, house: House | None, now: datetime
) -> Iterator[Finding]:
    """Log in to each as the IMAP door does, reading alone; say whose word counts.

    `house` knows what was fetched already; None when the store cannot be used.
    """
    for desk, section in settings.mailboxes:
        found = account(desk, section, settings)
        row = _remembered(house, found)
        yield from _connection(found, row, now)
        if row is not None and row.trouble:
            yield warning(
                f"mailbox {found.name}",
                f"the running Parlour cannot watch it: {row.trouble}",
                "nothing if it passed meanwhile; else its log says more",
            )
        yield from _certificate(found)
        yield _proof(found, section.authserv_ids)


def _remembered(house: House | None, mailbox: Account) -> Mailbox | None:
    if house is None:
        return None
    try:
        with house.database.reading() as session:
            return mailboxes.find(session, mailbox.name)
    except Exception:
        # The lines about the database say why.
        return None


def _connection(
    mailbox: Account, row: Mailbox | None, now: datetime
) -> Iterator[Finding]:
    subject = f"mailbox {mailbox.name}"
    since = Since((now - mailbox.backlog).date())
    if row is not None:
        since = replace(since, uidvalidity=row.uidvalidity, uid=row.seen_uid)
    found = probe(mailbox, since)
    if found.trouble:
        yield failed(
            subject,
            found.trouble,
            "until that is set right its mail waits there; correct [[desk.mailbox]]",
        )
        return
    for folder in found.missing:
        there = ", ".join(found.folders) or "none"
        yield failed(
            subject,
            f"has no folder {folder}",
            f"correct [[desk.mailbox]]; there are: {there}",
        )
    if found.missing:
        return
    idle = "IDLE" if found.has_idle else "no IDLE, so it is polled"
    yield ok(
        subject,
        f"logged in, {idle}, {found.mails} mails in it, {found.recent} to be fetched",
    )
    if mailbox.done_folder and not mailbox.only_reads:
        yield from _done_folder(subject, mailbox, found)


def _done_folder(subject: str, mailbox: Account, found: Probed) -> Iterator[Finding]:
    name = mailbox.done_folder
    if not found.has_move:
        yield warning(
            subject,
            "cannot move mail (no MOVE, no UIDPLUS); fetched mail is marked as seen "
            "and stays",
            "remove done_folder, or turn MOVE on there",
        )
    elif found.has_done_folder:
        yield ok(subject, f"fetched mail goes to {name}")
    elif name.startswith(found.prefix):
        yield ok(subject, f"fetched mail goes to {name}, which is made with the first")
    else:
        yield warning(
            subject,
            f"has no folder {name}, and may not let it be made under this name",
            f'write done_folder = "{found.prefix}{name}"',
        )


def _certificate(mailbox: Account) -> Iterator[Finding]:
    if mailbox.tls != "none" and not mailbox.tls_verify:
        yield warning(
            f"mailbox {mailbox.name}",
            "its certificate is not checked; whoever stands in between can read its "
            "mail and password",
            "remove tls_verify = false; tls_ca names the file of a private authority",
        )


def _proof(mailbox: Account, given: tuple[str, ...]) -> Finding:
    subject = f"proof {mailbox.name}"
    ids = provider.authserv_ids(mailbox.host, given)
    if ids:
        return ok(subject, f"who writes is verified by {', '.join(ids)}")
    return warning(
        subject,
        "nobody counts as verified; customers get the neutral letter until "
        f"authserv_ids of the mailbox is set: {provider.why_unproved(mailbox.host)}",
        "docs/mailboxes.md says how to find out what to write there",
    )
