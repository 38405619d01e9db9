"""Every letter bears the headers of its kind and audience (mail-rules section 3)."""

import re

import pytest

from parsers.reply_address import ReplyAddress
from tests.templates.specimen import PLACEHOLDER
from tests.templates.specimens import SPECIMENS, make, read

TOKEN = re.compile(rb"([a-z])-" + PLACEHOLDER.encode())
TO = f"{PLACEHOLDER}@acme.example"
LISTS = {
    "List-Id",
    "List-Post",
    "List-Help",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Archive",
    "Archived-At",
    "Precedence",
}
ASKING = {"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"}

# Auto-Submitted, purpose of Reply-To, list headers.
TABLE = {
    "full acknowledgement": ("auto-replied", "r", set()),
    "neutral acknowledgement": ("auto-replied", "r", set()),
    "first copy for the team": (None, "r", LISTS),
    "customer's mail for the owner": (None, "r", LISTS),
    "answer that took the case": (None, "r", LISTS),
    "answer for the customer": (None, "r", set()),
    "answer for a guest": (None, "r", LISTS),
    "note": (None, "t", LISTS),
    "promise that is due": ("auto-generated", "t", LISTS),
    "promise that is late": ("auto-generated", "t", LISTS),
    "case put first": ("auto-generated", "t", LISTS),
    "answer sent by hand": (None, "r", LISTS),
    "answer sent by hand by nobody known": (None, "r", LISTS),
    "forward sent by hand": (None, "t", LISTS),
    "mail by hand of a stranger": (None, "t", LISTS),
    "first copy where the desk listens": (None, "t", LISTS),
    "note where the desk listens": (None, "t", LISTS),
    "not sent, for the desk listens": ("auto-generated", "t", {"List-Help"}),
    "invitation by staff": ("auto-generated", "i", ASKING),
    "invitation by the customer": ("auto-generated", "i", ASKING),
    "question for advice": ("auto-generated", "i", ASKING),
    "answer for the consulted": (None, "t", LISTS),
    "note for the consulted": (None, "t", LISTS),
    "joined for advice": ("auto-generated", "t", {"List-Help"}),
    "reminder of an invitation": ("auto-generated", "i", ASKING),
    "answer to the inviter alone": (None, "", set()),
    "joined": ("auto-generated", "r", {"List-Help"}),
    "answer to commands": ("auto-replied", "r", {"List-Help"}),
    "who got a post, for the team": ("auto-replied", "t", {"List-Help"}),
    "who got a post, for the customer": ("auto-replied", "r", {"List-Help"}),
    "answer to commands in the team lane": ("auto-generated", "t", {"List-Help"}),
    "queue": ("auto-replied", "", set()),
    "cases of one's own": ("auto-replied", "", set()),
    "what was found": ("auto-replied", "", set()),
    "nothing found": ("auto-replied", "", set()),
    "case shown": ("auto-replied", "t", {"List-Help"}),
    "case shown from outside": ("auto-replied", "", set()),
    "unknown command": ("auto-replied", "c", {"List-Help"}),
    "message with more below": (None, "r", LISTS),
    "note with more below": (None, "t", LISTS),
    "words of the team": ("auto-replied", "c", {"List-Help"}),
    "words of the team by a customer": ("auto-replied", "c", {"List-Help"}),
    "collision": ("auto-replied", "c", {"List-Help"}),
    "which tag": ("auto-replied", "c", {"List-Help"}),
    "theme to be told": ("auto-replied", "c", {"List-Help"}),
    "theme that nobody can be told": ("auto-replied", "c", {"List-Help"}),
    "themes answered": ("auto-replied", "c", {"List-Help"}),
    "note to publish": ("auto-replied", "c", {"List-Help"}),
    "text to take back": ("auto-replied", "c", {"List-Help"}),
    "note that greets the customer": ("auto-replied", "c", {"List-Help"}),
    "unclear answer": ("auto-replied", "c", {"List-Help"}),
    "decided by a colleague": ("auto-replied", "c", {"List-Help"}),
    "doubt: is it you": ("auto-generated", "c", {"List-Help"}),
    "doubt: let in": ("auto-generated", "c", {"List-Help"}),
    "doubt: who wrote": ("auto-generated", "c", {"List-Help"}),
    "doubt: form": ("auto-generated", "c", {"List-Help"}),
    "doubt: which case": ("auto-generated", "c", {"List-Help"}),
    "doubt: confirm command": ("auto-generated", "c", {"List-Help"}),
    "not taken everywhere": ("auto-replied", "r", set()),
    "decided in another way": ("auto-replied", "c", {"List-Help"}),
    "you left": ("auto-generated", "r", set()),
    "you left before": ("auto-replied", "r", set()),
    "your desk gave it away": ("auto-replied", "r", set()),
    "held mail": ("auto-generated", "t", LISTS),
    "stranger at the door": ("auto-generated", "c", {"List-Help"}),
    "mail that may be forged": ("auto-generated", "c", {"List-Help"}),
    "forward of a customer's mail": ("auto-generated", "c", {"List-Help"}),
    "held mail that is too large": ("auto-generated", None, set()),
    "held mail of no activity": ("auto-generated", None, set()),
    "digest of the team": (
        "auto-generated",
        "d",
        ASKING | {"List-Help", "Precedence"},
    ),
    "digest of a customer": (
        "auto-generated",
        "d",
        ASKING | {"List-Help", "Precedence"},
    ),
    "digest of a colleague": (
        "auto-generated",
        "d",
        ASKING | {"List-Help", "Precedence"},
    ),
    "what customers said": (
        "auto-generated",
        "d",
        ASKING | {"List-Help", "Precedence"},
    ),
    "a week without themes": (
        "auto-generated",
        "d",
        ASKING | {"List-Help", "Precedence"},
    ),
    **{
        f"digests come {when}": ("auto-replied", "c", {"List-Help"})
        for when in ("on workdays", "every day", "weekly", "hourly", "no more")
    },
    "answered list": ("auto-replied", "c", {"List-Help"}),
    "answered whether one could help": ("auto-replied", "c", {"List-Help"}),
    "help offered": ("auto-generated", "t", LISTS),
    "a text that nobody got": ("auto-generated", "r", LISTS),
    "perhaps a machine's": ("auto-generated", "c", {"List-Help"}),
    "a loop": ("auto-generated", "c", {"List-Help"}),
    "too fast": ("auto-generated", "t", LISTS),
    "busy": ("auto-generated", "t", LISTS),
    "busy, to who follows": ("auto-generated", "r", LISTS),
    "taken by a command": ("auto-generated", "t", LISTS),
    "unreachable": ("auto-generated", "r", LISTS),
    "unreachable for good": ("auto-generated", "t", LISTS),
    "an answer that went nowhere": ("auto-generated", "t", LISTS),
    # No Precedence: an answer of whoever is there is what it is for.
    "bounce probe": ("auto-generated", "c", {"List-Help"}),
    # There is nothing to answer: the page alone lets in.
    "sign-in link": ("auto-generated", None, set()),
    "catch-up": ("auto-generated", "r", set()),
    "handed over": ("auto-generated", "r", set()),
    "welcome back": ("auto-generated", "r", set()),
    "complaint": ("auto-generated", "t", LISTS),
    "domain that refuses us": ("auto-generated", None, set()),
    "domain that is stopped": ("auto-generated", None, set()),
}


def test_the_table_names_every_specimen():
    assert TABLE.keys() == SPECIMENS.keys()


@pytest.mark.parametrize("name", SPECIMENS)
def test_a_letter_bears_what_its_kind_says(name):
    mail = read(make(name).raw)
    automatic, purpose, lists = TABLE[name]
    assert mail["Auto-Submitted"] == automatic
    person = SPECIMENS[name].head.get("reply_to")
    own = f"support+{purpose}-{TO}" if purpose else person
    assert mail["Reply-To"] == own
    assert {field for field in LISTS if field in mail} == lists
    assert mail["X-Parlour-Kind"] == SPECIMENS[name].kind == make(name).kind
    has_activity = SPECIMENS[name].head.get("activity", "1A2B3C")
    assert mail["X-Parlour-Activity"] == (has_activity or None)
    assert mail["X-Parlour-Reason"] == "because"
    assert mail["X-Parlour-Loop"] == "1A2B3C.0.abcdefghijklmnop"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply, RN, NRN"
    assert mail["Date"] == "Sat, 21 Nov 2026 09:20:00 +0000"
    assert mail["Message-ID"] == "<p.123.abcdefghijklmnop@acme.example>"


@pytest.mark.parametrize("name", SPECIMENS)
def test_dispatch_puts_the_recipient_and_the_return_path(name):
    mail = read(make(name).raw)
    for field in ("To", "Cc", "Bcc", "Return-Path", "Sender", "Received"):
        assert field not in mail
    # These ask for reports or shout; they have no place on our mail.
    for field in ("Disposition-Notification-To", "X-Priority", "X-Entity-Ref-ID"):
        assert field not in mail


@pytest.mark.parametrize("name", SPECIMENS)
def test_a_letter_holds_exactly_the_tokens_of_its_kind(name):
    raw = make(name).raw
    joined = re.sub(rb"=\r\n", b"", raw)
    assert {found.decode() for found in TOKEN.findall(joined)} == set(
        SPECIMENS[name].tokens
    )
    assert joined.count(PLACEHOLDER.encode()) == len(TOKEN.findall(joined))


@pytest.mark.parametrize("shift", range(80))
def test_a_placeholder_is_whole_but_for_soft_breaks(shift):
    raw = make("answer for the customer", base_url=f"https://{'a' * shift}.example").raw
    soft = rb"(?:=\r\n)?".join(
        re.escape(bytes([c])) for c in f"v-{PLACEHOLDER}".encode()
    )
    assert len(re.findall(soft, raw)) == 2


@pytest.mark.parametrize(
    ("name", "sender"),
    [
        ("full acknowledgement", "Acme Support <support@acme.example>"),
        ("answer for the customer", '"Ana Ruiz, Acme Support" <support@acme.example>'),
        (
            "first copy for the team",
            "Carla Gomez via Acme Support <support@acme.example>",
        ),
        ("note", '"Bo Berg (team only)" <support@acme.example>'),
    ],
)
def test_the_sender_is_named_as_decided(name, sender):
    assert read(make(name).raw)["From"] == sender


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("full acknowledgement", 'Re: Import fails with "bad date"'),
        ("neutral acknowledgement", "We have received your message"),
        ("first copy for the team", 'Import fails with "bad date"'),
        ("answer for the customer", 'Re: Import fails with "bad date"'),
        ("note", 'Team: Import fails with "bad date"'),
        ("answer to commands in the team lane", 'Team: Import fails with "bad date"'),
        (
            "invitation by the customer",
            "Carla Gomez invites you to a case of Acme Support",
        ),
        ("unknown command", "Not posted: what is /ntoe?"),
        ("held mail", "Somebody new wrote: Max Fremd"),
    ],
)
def test_the_subject_is_frozen(name, subject):
    assert make(name).subject == read(make(name).raw)["Subject"] == subject


def test_a_case_without_a_subject_says_so():
    mail = read(make("answer for the customer", subject="").raw)
    assert mail["Subject"] == "Re: (no subject)"


def test_one_click_and_mail_both_unsubscribe():
    mail = read(make("answer for a guest").raw)
    assert mail["List-Unsubscribe"] == (
        f"<https://desk.acme.example/u/u-{PLACEHOLDER}>,"
        f" <mailto:support+u-{TO}?subject=unsubscribe>"
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<1A2B3C.acme.example>"
    assert mail["List-Post"] == f"<mailto:support+r-{TO}>"
    assert mail["Archived-At"] == f"<https://desk.acme.example/a/v-{PLACEHOLDER}>"
    assert mail["Precedence"] == "list"


@pytest.mark.parametrize("name", SPECIMENS)
def test_without_token_addresses_links_alone_have_tokens(name):
    plain = ReplyAddress("support@acme.example")
    raw = make(name, reply=plain, team_root="<t.1.abcdefghijklmnop@acme.example>").raw
    mail = read(raw)
    _, purpose, lists = TABLE[name]
    person = SPECIMENS[name].head.get("reply_to")
    assert mail["Reply-To"] == ("support@acme.example" if purpose else person)
    by_mail = {"List-Post", "List-Help"}
    assert {field for field in LISTS if field in mail} == lists - by_mail
    assert "mailto" not in (mail["List-Unsubscribe"] or "")
    joined = re.sub(rb"=\r\n", b"", raw)
    assert b"@acme.example".join([PLACEHOLDER.encode(), b""]) not in joined
    in_pages = {found.decode() for found in TOKEN.findall(joined)}
    assert in_pages <= set(SPECIMENS[name].tokens)


def test_a_note_is_archived_where_only_staff_signs_in():
    mail = read(make("note").raw)
    assert mail["Archived-At"] == "<https://desk.acme.example/a/1A2B3C>"
    assert mail["List-Post"] == f"<mailto:support+t-{TO}>"


def test_an_invitation_belongs_to_the_list_of_invitations():
    assert (
        read(make("invitation by staff").raw)["List-Id"] == "<invitations.acme.example>"
    )


def test_a_letter_is_the_same_octets_whenever_it_is_composed():
    assert make("note").raw == make("note").raw
