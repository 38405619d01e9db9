"""Looks whether the mailboxes can be reached and opened, and who is believed there."""

from collections.abc import Iterator

from gateway.app.mailboxes import account
from gateway.cli.doctor.finding import Finding, failed, ok, warning
from gateway.inbound.imap import provider
from gateway.inbound.imap.account import Account
from gateway.inbound.imap.probe import probe
from gateway.settings import Settings


def look_at_mailboxes(settings: Settings) -> Iterator[Finding]:
    """Log in to each as the IMAP door does, reading alone; say whose word counts."""
    for desk, section in settings.mailboxes:
        found = account(desk, section, settings)
        yield from _connection(found)
        yield from _certificate(found)
        yield _proof(found, section.authserv_ids)


def _connection(mailbox: Account) -> Iterator[Finding]:
    subject = f"mailbox {mailbox.name}"
    found = probe(mailbox)
    if found.trouble:
        yield failed(subject, found.trouble, "until then its mail waits there")
        return
    for folder in found.missing:
        yield failed(subject, f"has no folder {folder}", "correct [[desk.mailbox]]")
    if found.missing:
        return
    said = ["logged in", "IDLE" if found.has_idle else "no IDLE, so it is polled"]
    said += [] if found.mails is None else [f"{found.mails} mails in it"]
    yield ok(subject, ", ".join(said))
    if mailbox.done_folder and not found.has_move:
        yield warning(
            subject,
            "cannot move mail (no MOVE); fetched mail is marked as seen and stays",
            "remove done_folder, or turn MOVE on there",
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
