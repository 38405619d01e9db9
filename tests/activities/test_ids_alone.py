"""Where no token address works, ids must do; and tokens are read in every form."""

import dataclasses
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.activities import view
from parsers.reply_address import ReplyAddress
from tests.activities.people import (
    ANA,
    CARLA,
    DESK,
    MAX,
    MEI,
    open_case,
    taken_case,
    verified,
)
from tests.activities.returned import ages, health, refused
from tests.reports import EXCHANGE, NO_SUCH, complaint, report
from tests.templates.specimens import links
from tests.town import ACME, gist

PLAIN = dataclasses.replace(ACME, reply=ReplyAddress(DESK))
QMAIL = """\
From: MAILER-DAEMON@elsewhere.example
To: {return_path}
Subject: failure notice

Hi. This is the qmail-send program at elsewhere.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<{recipient}>:
Sorry, no mailbox here by that name. (#{status})

--- Below this line is a copy of the message.

{original}
"""


@pytest.fixture
def plain_town(make_town):
    return make_town(desks=(PLAIN,))


def test_a_letter_names_the_desk_alone(plain_town):
    taken_case(plain_town)
    for letter in plain_town.letters:
        assert letter.kept.mail_from == DESK
        assert letter.mail["Reply-To"] == DESK
        assert letter.mail["List-Post"] is None
        assert letter.mail["List-Help"] is None
        leaving = letter.mail["List-Unsubscribe"]
        assert leaving is None or "mailto" not in leaving
    # The links are each reader's own all the same, and the page offers no address.
    letter = plain_town.last("carla@gomez.example", "message")
    link = re.search(r"/a/(v-[a-z2-7]{26})", letter.text)
    page = view.activity(plain_town.house, link[1], plain_town.now)
    assert (page.subject, page.reply_to) == ("Import fails", "")


@pytest.mark.parametrize(
    ("forgets", "rule"),
    [
        ([], "known_ids"),
        (["References"], "known_ids"),
        (["In-Reply-To"], "known_ids"),
        (["In-Reply-To", "References"], "fresh"),
    ],
)
def test_what_a_mail_program_must_keep(plain_town, forgets, rule):
    town = plain_town
    taken_case(town)
    town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example"), forgets=forgets)
    assert town.rules[-1] == rule
    # An answer of the team that lost both is told to the team, never to nobody.
    letters = town.reply(
        ANA, "Thank you.", to=town.last("ana@acme.example"), forgets=forgets
    )
    assert town.rules[-1] == rule
    customer = ("message", "carla@gomez.example")
    assert (customer in gist(letters)) is (rule == "known_ids")
    assert letters


def test_a_verified_customer_without_ids_adds_to_the_open_case(make_town):
    town = make_town(desks=(PLAIN,), trusted=("mx.acme.example",))
    headers = [verified("gomez.example")]
    town.write(CARLA, DESK, "Import fails", "It stops.", headers=headers)
    town.reply(
        CARLA,
        "On row 7.",
        to=town.last("carla@gomez.example"),
        forgets=["In-Reply-To", "References"],
        headers=headers,
    )
    assert town.rules[-1] == "writes_again"


def test_a_button_names_what_it_answers(plain_town):
    """RFC 6068 section 6.1: the link carries In-Reply-To."""
    town = plain_town
    open_case(town)
    letter = town.last("ana@acme.example", "message")
    html = letter.mail.get_body(("html",)).get_content()
    buttons = {}
    for each in links(html):
        if each.startswith("mailto:"):
            assert urlsplit(each).path == DESK
            asked = parse_qs(urlsplit(each).query)
            buttons[asked["body"][0]] = {name: value for name, [value] in asked.items()}
    assert len({fields["In-Reply-To"] for fields in buttons.values()}) == 1
    fields = buttons["/take"]
    letters = town.write(
        ANA,
        DESK,
        fields["subject"],
        fields["body"] + "\nShe is a nuisance.",
        headers=[("In-Reply-To", fields["In-Reply-To"])],
    )
    # Whatever somebody adds to a button stays in the team.
    assert ("message", "carla@gomez.example") not in gist(letters)
    assert town.state() == "done"


def test_an_invitation_is_no_invitation_for_others(plain_town):
    town = plain_town
    open_case(town)
    town.reply(ANA, "/invite mei@elsewhere.example", to=town.last("ana@acme.example"))
    # Everybody in the case knows that id: she is asked first (decision 0029).
    town.reply(ANA, "yes", to=town.last("ana@acme.example", "confirmation"))
    invitation = town.last("mei@elsewhere.example", "invitation")
    town.reply(MAX, "yes", to=invitation)
    assert (town.rules[-1], town.state()) == ("leaked_id", "held")
    assert gist(town.reply(MEI, "yes", to=invitation)) == [
        ("confirmation", "mei@elsewhere.example")
    ]


@pytest.mark.parametrize("shape", [None, EXCHANGE, QMAIL], ids=["postfix", "ex", "q"])
def test_a_report_is_known_by_the_letter_that_it_returns(plain_town, shape):
    town = plain_town
    taken_case(town)
    lost = town.last("carla@gomez.example", "message")
    octets = report(lost, shape) if shape else report(lost)
    [notice] = town.deliver(octets, "", [DESK])
    assert (notice.kind, notice.to) == ("notice", "ana@acme.example")
    assert town.rules[-1] == "return_path"
    assert health(town, "carla@gomez.example") == "paused"
    assert health(town, "bo@acme.example") == "ok"


def test_a_forwarded_mailbox_is_known_by_the_to_of_the_letter(plain_town):
    town = plain_town
    taken_case(town)
    lost = town.last("carla@gomez.example", "message")
    octets = report(lost).replace(
        b"rfc822; carla@gomez.example", b"rfc822; box17@store.example"
    )
    octets = octets.replace(b"rfc822;carla@gomez.example", b"rfc822;b@store.example")
    town.deliver(octets, "", [DESK])
    assert health(town, "carla@gomez.example") == "paused"


def test_a_report_about_nobody_who_got_the_letter_is_not_believed(plain_town):
    town = plain_town
    taken_case(town)
    lost = town.last("carla@gomez.example", "message")
    octets = report(lost).replace(b"carla@gomez.example", b"vip@gomez.example")
    assert town.deliver(octets, "", [DESK]) == []
    assert health(town, "vip@gomez.example") == "ok"
    # Nor one with a wrong MAC (T3).
    ours = str(lost.mail["Message-ID"]).encode()
    town.deliver(report(lost).replace(ours, b"<p.2.aaaaaaaaaaaaaaaa@x>"), "", [DESK])
    assert health(town, "carla@gomez.example") == "ok"


def test_where_return_paths_have_tokens_an_id_proves_nothing(town):
    taken_case(town)
    lost = town.last("carla@gomez.example", "message")
    assert town.deliver(report(lost), "", [DESK]) == []
    assert health(town, "carla@gomez.example") == "ok"


@pytest.mark.parametrize(
    "form",
    ["support-{}@acme.example", "{}@acme.example", "SUPPORT+{}@Acme.Example"],
)
def test_a_letter_is_answered_in_whatever_form_its_address_was(town, form):
    """The site has changed `reply` since; the token is the same."""
    taken_case(town)
    letter = town.last("ana@acme.example", "message")
    token = str(letter.mail["Reply-To"]).partition("+")[2].partition("@")[0]
    letters = town.write(
        ANA, form.format(token), "Re: Import fails", "Which row?", recipients=None
    )
    assert ("message", "carla@gomez.example") in gist(letters)
    assert town.rules[-1] == "token"
    # The MAC decides, in any form.
    wrong = token[:-6] + ("a" * 6 if token[-6:] != "a" * 6 else "b" * 6)
    assert town.refuses(form.format(wrong)) == 550


def test_a_probe_is_answered_by_its_id(plain_town):
    town = plain_town
    taken_case(town)
    town.sink.say("RCPT", NO_SUCH, to="carla@gomez.example", times=1)
    town.reply(ANA, "Are you there?", to=town.last("ana@acme.example", "message"))
    assert health(town, "carla@gomez.example") == "paused"
    [probe] = ages(town, days=1)
    assert probe.mail["Reply-To"] == DESK
    town.reply(CARLA, "Yes", to=probe)
    assert town.rules[-1] == "answer_to_probe"
    assert health(town, "carla@gomez.example") == "ok"


def test_a_complaint_is_known_by_the_id_of_its_letter(plain_town):
    town = plain_town
    taken_case(town)
    letter = town.last("carla@gomez.example", "message")
    town.deliver(complaint(letter), "fbl@provider.example", [DESK])
    assert refused(town, "carla@gomez.example") == ["message"]
