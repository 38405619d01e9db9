"""Table B1: what comes back, row by row, through the front door."""

import re

import pytest

from parsers.reply_address import Purpose, number
from tests.activities.people import ANA, CARLA, DESK, MEI, open_case, taken_case
from tests.activities.returned import (
    comes_back,
    deliveries,
    health,
    reason,
    refused,
)
from tests.reports import complaint, report
from tests.town import gist

HERS = "carla@gomez.example"
BLOCKED = {"status": "5.7.1", "said": "550 5.7.1 Message blocked by policy"}
FULL = {"status": "5.2.2", "said": "552 5.2.2 mailbox full"}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("5.1.1", "550 5.1.1 no such user"),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound"),
        ("5.1.2", "550 5.1.2 bad destination system: no such domain"),
        ("5.0.0", "550 no such user here"),
    ],
)
def test_5_1_1_and_its_like_are_hard_dead(town, status, said):
    taken_case(town)
    [notice] = comes_back(town, town.last(HERS), status=status, said=said)
    assert (notice.kind, notice.to) == ("notice", "ana@acme.example")
    assert said in notice.text
    assert health(town, HERS) == "paused"
    assert deliveries(town, HERS) == ["sent", "given up"]


@pytest.fixture
def town(each_town):
    """On each kind of database."""
    return each_town


def test_delayed_and_4_x_are_soft(each_town):
    town = each_town
    taken_case(town)
    late = {"action": "delayed", "status": "4.4.1", "said": "timed out"}
    # It may still arrive, so nobody is bothered.
    assert comes_back(town, town.last(HERS), **late) == []
    assert health(town, HERS) == "watch"
    assert deliveries(town, HERS) == ["sent", "sent"]


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_delivered_relayed_and_expanded_are_notes(town, action):
    taken_case(town)
    said = {"action": action, "status": "2.0.0", "said": "250 ok"}
    assert comes_back(town, town.last(HERS), **said) == []
    assert town.state() == "done"
    assert health(town, HERS) == "ok"
    assert deliveries(town, HERS) == ["sent", "sent"]


def test_5_7_is_ours_and_told_to_the_team_once_a_day_for_each_domain(each_town):
    town = each_town
    taken_case(town)
    dmarc = {"status": "5.7.515", "said": "550 5.7.515 Access denied, DMARC"}
    letters = comes_back(town, town.last(HERS, "message"), **dmarc)
    assert gist(letters) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    for letter in letters:
        assert "gomez.example does not take our mail" in str(letter.mail["Subject"])
        assert "5.7.515" in letter.text
        assert "Carla Gomez" in letter.text
    assert health(town, HERS) == "ok"

    # The domain is told of once a day; who goes without a letter is told each time.
    town.reply(ANA, "Are you there?", to=town.last("ana@acme.example", "message"))
    [notice] = comes_back(town, town.last(HERS, "message"), **BLOCKED)
    assert notice.to == "ana@acme.example"
    assert "Message blocked by policy" in notice.text
    town.reply(ANA, "Hello?", to=town.last("ana@acme.example", "message"))
    assert comes_back(town, town.last(HERS, "message"), **BLOCKED) == []
    assert health(town, HERS) == "ok"

    town.pass_time(days=1)
    town.reply(ANA, "Still there?", to=town.last("ana@acme.example", "message"))
    letters = comes_back(town, town.last(HERS, "message"), **BLOCKED)
    assert len(letters) == 2


def test_5_2_2_is_full_and_soft(each_town):
    town = each_town
    taken_case(town)
    [notice] = comes_back(town, town.last(HERS), **FULL)
    assert "mailbox full" in notice.text
    assert health(town, HERS) == "watch"
    # She is still written to, and nobody hears of it twice.
    town.reply(ANA, "Are you there?", to=town.last("ana@acme.example", "message"))
    assert comes_back(town, town.last(HERS, "message"), **FULL) == []


def test_a_full_mailbox_at_the_smarthost_is_tried_again(town):
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.sink.say("RCPT", "552 5.2.2 mailbox full", to=HERS, times=1)
    assert ("message", HERS) not in gist(town.reply(ANA, "Row 7?", to=case))
    assert health(town, HERS) == "watch"
    assert deliveries(town, HERS)[-1] == "waiting"
    town.pass_time(minutes=2)
    town.house.wake.tell()
    assert gist(town.settle()) == [("message", HERS)]


@pytest.mark.parametrize("by_smarthost", [False, True])
def test_5_3_4_goes_again_with_links_instead_of_files(each_town, by_smarthost):
    town = each_town
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    files = [("plan.pdf", b"%PDF-1.4 the plan")]
    large = "552 5.3.4 Message size exceeds fixed limit"
    if by_smarthost:
        town.sink.say("RCPT", large, to=HERS, times=1)
        letters = town.reply(ANA, "Here is the plan.", to=case, files=files)
    else:
        town.reply(ANA, "Here is the plan.", to=case, files=files)
        first = town.last(HERS, "message")
        assert [each.get_filename() for each in first.mail.iter_attachments()]
        letters = comes_back(town, first, status="5.3.4", said=large)
    [again] = [letter for letter in letters if letter.to == HERS]
    assert again.kind == "message"
    assert "Here is the plan." in again.text
    assert list(again.mail.iter_attachments()) == []
    assert re.search(r"plan\.pdf .*/x/x-[a-z2-7]{26}/\d+/1", again.text)
    # The same post under the same id, and nothing against her.
    if not by_smarthost:
        assert again.mail["Message-ID"] == first.mail["Message-ID"]
    assert health(town, HERS) == "ok"
    assert deliveries(town, HERS) == ["sent"] * 3
    assert len(letters) == 1

    # A second time there is nothing left to leave out: the owner hears of it.
    [notice] = comes_back(town, again, status="5.3.4", said=large)
    assert notice.to == "ana@acme.example"


def test_the_link_of_such_a_file_is_hers(town):
    from gateway.activities import files  # noqa: PLC0415

    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.reply(ANA, "The plan.", to=case, files=[("plan.pdf", b"the plan")])
    large = {"status": "5.2.3", "said": "552 5.2.3 too large"}
    [again] = comes_back(town, town.last(HERS, "message"), **large)
    token, post, index = re.search(r"/x/(x-\w+)/(\d+)/(\d+)", again.text).groups()
    found = files.find(town.house, token, int(post), int(index), town.now)
    assert (found.name, found.content) == ("plan.pdf", b"the plan")


OLD = """\
From: Mail Delivery Subsystem <MAILER-DAEMON@mail.gomez.example>
To: {return_path}
Subject: Returned mail: see transcript for details
Message-ID: <199711201012.KAA01@mail.gomez.example>

   ----- The following addresses had delivery problems -----
<carla@gomez.example>  ({why})

   ----- Transcript of session follows -----
{transcript}
"""


@pytest.mark.parametrize(
    ("why", "transcript", "state"),
    [
        ("unrecoverable error", "550 <carla@gomez.example>... User unknown", "paused"),
        ("unrecoverable error", "something went wrong", "watch"),
    ],
)
def test_the_words_of_old_servers_are_soft_unless_strongly_hard(
    town, why, transcript, state
):
    taken_case(town)
    path = town.last(HERS).kept.mail_from
    text = OLD.format(return_path=path, why=why, transcript=transcript)
    town.deliver(text.replace("\n", "\r\n").encode(), "", [path])
    assert town.state() == "done"
    assert health(town, HERS) == state


def test_a_vacation_note_at_a_return_path_is_no_bounce(each_town):
    town = each_town
    taken_case(town)
    path = town.last(HERS).kept.mail_from
    away = (
        f"From: {CARLA}\r\nTo: {path}\r\nSubject: Out of office\r\n"
        "Message-ID: <away@gomez.example>\r\nAuto-Submitted: auto-replied\r\n\r\n"
        "I am on holiday, and my mailbox is full.\r\n"
    )
    assert town.deliver(away.encode(), "", [path]) == []
    assert town.state() == "discarded"
    assert health(town, HERS) == "ok"


def test_a_human_text_at_a_return_path_is_held_and_told(each_town):
    town = each_town
    taken_case(town)
    path = town.last(HERS).kept.mail_from
    [notice] = town.write(CARLA, path, "Re: Import fails", "My program answers oddly.")
    assert (notice.kind, notice.to) == ("notice", "ana@acme.example")
    assert "answers oddly" in notice.text
    assert town.state() == "held"
    assert health(town, HERS) == "ok"


def test_a_complaint_stops_that_kind_at_once_and_the_owner_hears_of_it(each_town):
    town = each_town
    taken_case(town)
    letter = town.last(HERS, "message")
    [notice] = town.deliver(complaint(letter), "", [letter.kept.mail_from])
    assert (notice.kind, notice.to) == ("notice", "ana@acme.example")
    assert "unwanted" in notice.text
    assert refused(town, HERS) == ["message"]
    # Once is enough, and it is no matter of whether mail arrives.
    assert town.deliver(complaint(letter), "", [letter.kept.mail_from]) == []
    assert health(town, HERS) == "ok"

    case = town.last("ana@acme.example", "message")
    # Nothing goes to her, and whoever writes to her must know.
    [notice] = town.reply(ANA, "Next step.", to=case)
    assert notice.to == "ana@acme.example"
    assert "No message goes to them any more" in notice.text
    # Nothing else brings her back, a mail of her own does.
    town.reply(CARLA, "I pressed the wrong button.", to=letter)
    assert refused(town, HERS) == []
    letters = town.reply(ANA, "Good.", to=town.last("ana@acme.example", "message"))
    assert gist(letters) == [("message", HERS)]


def test_a_complaint_about_an_invitation_stops_invitations(town):
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@elsewhere.example", to=case)
    letter = town.last("mei@elsewhere.example", "invitation")
    [notice] = town.deliver(complaint(letter), "", [letter.kept.mail_from])
    assert "invitation" in notice.text
    open_case(town, "Another matter", "It is about something else.")
    again = town.last("ana@acme.example", "message")
    letters = town.reply(ANA, "/invite mei@elsewhere.example", to=again)
    assert gist(letters) == [("confirmation", "ana@acme.example")]
    # Their own opt-in is a word of theirs alone.
    town.reply(MEI, "yes", to=letter)
    assert refused(town, "mei@elsewhere.example") == []


def test_a_complaint_that_a_provider_sends_to_the_operator_counts_by_our_seal(town):
    taken_case(town)
    letter = town.last(HERS, "message")
    town.deliver(complaint(letter, DESK), "fbl@provider.example", [DESK])
    assert town.state() == "done"
    assert refused(town, HERS) == ["message"]


def test_t11_a_complaint_without_our_seal_switches_nobody_off(each_town):
    town = each_town
    taken_case(town)
    letter = town.last(HERS, "message")
    path = letter.kept.mail_from.encode()
    forged = complaint(letter, DESK).replace(path, b"support+b-" + b"a" * 26 + b"@x")
    assert town.deliver(forged, "fbl@provider.example", [DESK]) == []
    assert town.state() == "discarded"
    # Nor does one that came to her reply address, or names somebody else's letter.
    reply = letter.mail["Reply-To"].strip("<>")
    town.deliver(forged, "fbl@provider.example", [reply])
    assert refused(town, HERS) == []
    assert refused(town, "bo@acme.example") == []


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
def test_praise_and_reports_on_signatures_are_no_complaints(town, kind):
    taken_case(town)
    letter = town.last(HERS, "message")
    praise = complaint(letter, kind=kind)
    assert town.deliver(praise, "", [letter.kept.mail_from]) == []
    assert refused(town, HERS) == []
    assert town.state() == "discarded"


MDN = """\
From: Carla Gomez <carla@gomez.example>
To: {path}
Subject: Read: Import fails
Message-ID: <read@gomez.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="b"

--b
Content-Type: text/plain

Your message was displayed.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822;carla@gomez.example
Disposition: manual-action/MDN-sent-manually; displayed
--b--
"""


def test_an_mdn_is_a_note_only(each_town):
    town = each_town
    taken_case(town)
    path = town.last(HERS).kept.mail_from
    text = MDN.format(path=path).replace("\n", "\r\n").encode()
    assert town.deliver(text, "", [path]) == []
    assert town.state() == "discarded"
    assert health(town, HERS) == "ok"


def test_a_dsn_for_a_letter_we_never_sent_is_dropped_and_counted(each_town):
    town = each_town
    taken_case(town)
    letter = town.last(HERS)
    sealed = town.house.sealer.seal(Purpose.RETURN, number(999_999))
    path = f"support+{sealed}@acme.example"
    assert town.deliver(report(letter), "", [path]) == []
    assert (town.state(), reason(town)) == (
        "discarded",
        "a report about a letter that we never sent",
    )
    assert town.deliver(report(letter, to=DESK), "", [DESK]) == []
    assert town.state() == "discarded"
    assert health(town, HERS) == "ok"


def test_t11_a_report_at_her_reply_address_switches_nobody_off(each_town):
    town = each_town
    taken_case(town)
    letter = town.last(HERS, "message")
    town.deliver(report(letter), "", [letter.mail["Reply-To"].strip("<>")])
    assert health(town, HERS) == "ok"
