"""What is believed of a sender whose mail lay in a mailbox at a provider (T2, B18)."""

import pytest

from tests.activities.people import CARLA, DESK

GMAIL = "support@imap.gmail.com/INBOX"
FASTMAIL = "support@imap.fastmail.com/INBOX"
OTHER = "support@mail.acme.example/INBOX"
IDS = {
    GMAIL: ("mx.google.com",),
    FASTMAIL: ("*.messagingengine.com",),
    OTHER: (),
}
PASS = "dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=gomez.example"
BY_GMAIL = f"mx.google.com; dkim=pass header.i=@gomez.example; {PASS}"
SPF_ALONE = "mx.google.com; spf=neutral smtp.mailfrom=x@elsewhere.example"


@pytest.fixture
def town(make_town):
    return make_town(mailboxes=IDS, trusted=("mx.acme.example",))


def acknowledged(town, mailbox, *results, subject="Import fails"):
    """How the first mail of somebody is answered: full, neutral or none."""
    said = [f"Authentication-Results: {result}\r\n" for result in results]
    on_top = "".join(said)
    mail = (
        f"Received: from a.gomez.example by {mailbox}; Fri, 20 Nov 2026 09:00:00 +0000"
        f"\r\n{on_top}"
        "Received: from [192.0.2.7] by a.gomez.example; Fri, 20 Nov 2026 08:59:58 +0000"
        f"\r\nFrom: {CARLA}\r\nTo: {DESK}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{abs(hash((mailbox, results, subject)))}@gomez.example>\r\n"
        "Date: Fri, 20 Nov 2026 08:59:57 +0000\r\n\r\n"
        "The import stops since Monday.\r\n"
    )
    letters = town.fetched(mail.encode(), mailbox, "carla@gomez.example", [DESK])
    found = [each for each in letters if each.kind == "acknowledgement"]
    if not found:
        return "none"
    return "full" if subject in " ".join(found[0].text.split()) else "neutral"


def test_the_word_of_the_provider_proves_the_sender(town):
    assert acknowledged(town, GMAIL, BY_GMAIL) == "full"


def test_fastmail_says_it_in_several_fields(town):
    server = "phl-mx-04.messagingengine.com"
    spread = [
        f"{server}; x-csa=none; x-me-sender=none",
        f"{server}; bimi=none (No BIMI records found)",
        f"{server}; arc=none (no signatures found)",
        f"{server}; dkim=pass header.d=gomez.example; {PASS}; spf=none",
    ]
    assert acknowledged(town, FASTMAIL, *spread) == "full"


def test_a_published_policy_that_fails_is_held(town):
    failed = "mx.google.com; dmarc=fail (p=REJECT) header.from=gomez.example"
    assert acknowledged(town, GMAIL, failed) == "none"
    assert town.state() == "held"


@pytest.mark.parametrize(
    "results",
    [
        (SPF_ALONE, BY_GMAIL),
        ("mx.google.com;", BY_GMAIL),
        ("mx.google.com; arc=none", "mx.evil.example; arc=none", BY_GMAIL),
        ("mx.elsewhere.example; dmarc=none", BY_GMAIL),
        ("mx.elsewhere.example; bimi=none", BY_GMAIL),
        ("", BY_GMAIL),
        (";", BY_GMAIL),
        (BY_GMAIL.replace("google.com", "google.com.evil.example"),),
        (BY_GMAIL.replace("mx.google.com", "mx.acme.example"),),
        (f"dkim=pass header.d=gomez.example; {PASS}",),
    ],
    ids=[
        "below the provider's",
        "below one that is empty",
        "below two others",
        "below somebody else's",
        "below somebody else's who says little",
        "below one without a server",
        "below a bare semicolon",
        "a longer name",
        "the name that our SMTP door believes",
        "no name at all, as Microsoft writes",
    ],
)
def test_what_a_sender_can_plant_proves_nothing(town, results):
    assert acknowledged(town, GMAIL, *results) == "neutral"


def test_one_mailbox_does_not_speak_for_another(town):
    assert acknowledged(town, FASTMAIL, BY_GMAIL) == "neutral"
    assert acknowledged(town, OTHER, BY_GMAIL, subject="Another matter") == "neutral"
    assert acknowledged(town, "a@gone/INBOX", BY_GMAIL, subject="Third") == "neutral"


def test_a_star_means_servers_of_the_domain_alone(town):
    for server in ("messagingengine.com", "xmessagingengine.com", "*.messagingengine"):
        said = f"{server}; dkim=pass header.d=gomez.example; {PASS}"
        assert acknowledged(town, FASTMAIL, said, subject=f"By {server}") == "neutral"
