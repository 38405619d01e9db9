"""A customer's mail out of a real Dovecot, opened by a token: who is believed, and how.

The whole way: the watch fetches, the journal keeps, the rules decide, letters go out.
"""

import shutil
import threading
import time
from contextlib import contextmanager

import pytest

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.login import Password
from gateway.inbound.imap.office import Office
from gateway.inbound.imap.provider import authserv_ids
from gateway.inbound.imap.watch import Watch
from gateway.inbound.recipients import Recipients
from storage import journal
from tests.cli.served import until
from tests.imapserver import Account as User
from tests.town import Town

SECONDS = 20
GOOD = "dmarc=pass (p=REJECT) header.from=gomez.example"
GMAIL = f"mx.google.com; dkim=pass header.i=@gomez.example; {GOOD}"


def mail(*results, subject="Import fails"):
    said = "".join(f"Authentication-Results: {each}\r\n" for each in results)
    return (
        "Return-Path: <carla@gomez.example>\r\nDelivered-To: support@acme.example\r\n"
        "Received: from a.gomez.example by mx.google.com; "
        f"Fri, 20 Nov 2026 09:00:00 +0000\r\n{said}"
        "From: Carla Gomez <carla@gomez.example>\r\nTo: support@acme.example\r\n"
        f"Subject: {subject}\r\nMessage-ID: <{time.monotonic_ns()}@gomez.example>\r\n"
        "Date: Fri, 20 Nov 2026 08:59:57 +0000\r\n\r\n"
        "The import stops since Monday.\r\n"
    ).encode()


@contextmanager
def watched(town, server, user, login):
    """The IMAP door of a town, with one mailbox; ends with the block."""
    office = Office(
        database=town.database,
        journalist=town._journalist,
        recipients=Recipients(town.house.desks, town.house.sealer),
        clock=lambda: town.now,
        most_octets=1_000_000,
        head_octets=100_000,
        large=threading.BoundedSemaphore(1),
    )
    account = Account(
        desk="support@acme.example",
        host=server.host,
        port=server.port,
        username=user,
        login=login,
        tls="none",
        envelope_headers=("Delivered-To",),
    )
    watch = Watch(office, account)
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()
        assert watch.join(SECONDS)


def arrived(town, count):
    """Wait until so many mails are in the journal, then let Parlour work."""

    def are_there():
        with town.database.reading() as session:
            return len(journal.listing(session, most=count)) == count

    until(are_there)
    return town.settle()


@pytest.fixture
def town(sqlite_template, tmp_path, reader, server, provider):
    """A town whose mailbox says it is Gmail's; Dovecot stands in for its server."""
    path = tmp_path / "parlour.db"
    shutil.copy(sqlite_template, path)
    name = f"{provider.user}@{server.host}/INBOX"
    ids = {name: authserv_ids("imap.gmail.com", ())}
    with Town(f"sqlite:///{path}", tmp_path, reader, mailboxes=ids) as found:
        yield found


def answer(letters):
    [found] = [each for each in letters if each.kind == "acknowledgement"]
    return "full" if "The import stops" in " ".join(found.text.split()) else "neutral"


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_the_word_of_the_provider_brings_the_full_answer(
    town, server, provider, login, mechanism
):
    User(server, provider.user).append(mail(GMAIL))
    with watched(town, server, provider.user, login(mechanism)):
        assert answer(arrived(town, 1)) == "full"


def test_what_a_sender_planted_does_not(town, server, provider, login):
    planted = [
        mail("mx.google.com; spf=none", GMAIL, subject="Below the provider's own"),
        mail("mx.elsewhere.example; dmarc=none", GMAIL, subject="Below another's"),
        mail(GMAIL.replace("google", "evil"), subject="In another name"),
        mail(subject="With none at all"),
    ]
    User(server, provider.user).append(*planted)
    with watched(town, server, provider.user, login()):
        letters = arrived(town, len(planted))
    answers = [each for each in letters if each.kind == "acknowledgement"]
    # Three a day for one sender: the fourth gets none.
    assert [answer([each]) for each in answers] == ["neutral"] * 3


def test_a_refused_log_in_is_not_tried_in_a_hurry(town, server, provider, login):
    wrong = Password(provider.user, "hemlock-9")
    with watched(town, server, provider.user, wrong) as watch:
        until(lambda: watch.trouble)
        assert "does not take the password" in watch.trouble
        assert "hemlock" not in watch.trouble
