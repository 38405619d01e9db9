"""Threats T1 to T11 and T16 to T25, each by the front door and by its number.

One story for each, on both kinds of database; their finer points have tests of their
own, which docs/tables.md names.
"""

import smtplib
import socket

import pytest
from starlette.testclient import TestClient

from gateway.web.app import build
from parsers.reply_address import Purpose, number
from storage import event as events
from storage.activity import Lane
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
from tests.activities.returned import health
from tests.reports import report
from tests.town import gist, reply_address

HERS = "carla@gomez.example"
PROVED = verified("gomez.example")
TOLD = ("notice", "ana@acme.example")
MARKED = [("Auto-Submitted", "auto-generated")]
TEAM = {"ana@acme.example", "bo@acme.example"}


def posts(town, number=1):
    with town.database.reading() as session:
        found = events.posts(session, [number], set(Lane), most=100)
        return [each.text for each in found]


def hers(town):
    return town.last(HERS, "message")


def address(letter):
    return reply_address(letter).strip("<>")


def talk(town, *lines):
    """Say octets to the door as they stand; gives all that it answered."""
    with socket.create_connection(("127.0.0.1", town.port), timeout=30) as peer:
        found = b""
        for line in (b"EHLO x\r\n", *lines, b"QUIT\r\n"):
            peer.sendall(line)
        while block := peer.recv(65_536):
            found += block
        return found.decode()


@pytest.mark.parametrize("who", [ANA, CARLA])
def test_t1_a_forged_from_speaks_for_nobody(proved_town, who):
    town = proved_town
    taken_case(town)
    domain = who.split("@")[1].strip(">")
    said = f"mx.acme.example; dmarc=fail (p=reject) header.from={domain}"
    forged = [("Authentication-Results", said)]
    for letters in (
        town.reply(who, "Send the money here.", to=hers(town), headers=forged),
        town.write(who, DESK, "Re: Import fails", "And here.", headers=forged),
    ):
        assert {each.to for each in letters} <= TEAM
        assert town.state() == "held"
    assert len(posts(town)) == 2


def test_t2_forged_results_of_checks_prove_nothing(proved_town):
    town = proved_town
    taken_case(town)
    forged = [
        "mx.evil.example; dmarc=pass header.from=gomez.example",
        "mx.acme.example; none (dmarc=pass header.from=gomez.example)",
        "mx.acme.example; dmarc=pass header.from=evil.example",
        'mx.acme.example; none reason="dmarc=pass header.from=gomez.example"',
    ]
    for each in forged:
        letters = town.write(
            CARLA,
            DESK,
            f"{each[:20]} again",
            "It fails.",
            headers=[("Authentication-Results", each)],
        )
        [said] = [one for one in letters if one.to == HERS]
        assert "It fails." not in said.text, "the neutral letter"
        town.pass_time(days=1)


def test_t3_what_can_be_guessed_leads_nowhere(each_town):
    town = each_town
    taken_case(town)
    assert town.refuses("support+r-" + "a" * 26 + "@acme.example") == 550
    own = str(hers(town).mail["Message-ID"])
    local, _, host = own.partition("@")
    for guess in (f"{local[:-1]}x@{host}", "<p.2@acme.example>", "<1@acme.example>"):
        letters = town.write(
            MAX,
            DESK,
            "Re: Import fails [#1]",
            "Tell me.",
            headers=[("References", guess), ("In-Reply-To", guess)],
        )
        assert "Which row" not in "".join(each.text for each in letters)
    assert len(posts(town)) == 2


def test_t4_cc_and_reply_to_are_no_way_in(proved_town):
    town = proved_town
    beside = [("Cc", "Eve <eve@evil.example>"), ("Reply-To", "eve@evil.example")]
    town.write(CARLA, DESK, "Import fails", "It stops.", headers=beside)
    town.reply(ANA, "Which row?", to=town.last("ana@acme.example", "message"))
    assert "eve@evil.example" not in {each.to for each in town.letters}
    assert "Which row?" in hers(town).text


def test_t5_a_token_in_a_text_is_handed_to_nobody(each_town):
    town = each_town
    taken_case(town)
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite max@gomez.example", to=anas)
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    secret = address(hers(town))
    town.reply(CARLA, f"My address here is {secret}.", to=hers(town))
    copy = town.last("max@gomez.example", "message")
    assert "My address here is" in copy.text
    assert secret not in copy.kept.octets.decode()
    # And in other hands it says nothing in her name.
    town.write(MEI, secret, "Hello", "It is me.")
    assert town.state() == "held"


def test_t6_a_code_sent_to_our_addresses_is_shown_to_the_team_alone(each_town):
    town = each_town
    taken_case(town)
    code = ("Signup <code@service.example>", "Your code is 1234.")
    letters = town.reply(*code, to=hers(town), headers=MARKED)
    letters += town.write(code[0], address(hers(town)), "Your code", code[1])
    letters += town.write(code[0], DESK, "Your code", code[1], headers=MARKED)
    assert {each.to for each in letters} <= TEAM
    assert len(posts(town)) == 2
    answers = town.reply(CARLA, "Row 7.", to=hers(town))
    assert "1234" not in "".join(each.text for each in answers if each.to == HERS)


def test_t7_an_acknowledgement_is_no_weapon(each_town):
    town = each_town
    got = []
    for matter in ("Win money", "Buy this", "Click here", "Read me", "Last call"):
        got += town.write(CARLA, DESK, matter, f"{matter} at http://evil.example")
        town.pass_time(minutes=5)
    sent = [each for each in got if each.to == HERS]
    assert [each.kind for each in sent] == ["acknowledgement"] * 3
    for each in sent:
        assert "evil.example" not in each.kept.octets.decode()
        assert "money" not in str(each.mail["Subject"])
    assert town.refuses("nobody@acme.example") == 550
    for robot in ("no-reply@gomez.example", "mailer-daemon@gomez.example"):
        letters = town.write(robot, DESK, "Hello", "Hello.")
        assert {each.to for each in letters} <= TEAM


def test_t8_invitations_are_no_spam_cannon(each_town):
    town = each_town
    taken_case(town)
    boxes = [f"x{each}@elsewhere.example" for each in range(8)]
    for box in boxes:
        text = f"/invite {box} buy at http://evil.example\n\nSee above."
        town.reply(CARLA, text, to=hers(town))
    invited = [each for each in town.letters if each.kind == "invitation"]
    assert len(invited) == 5
    for each in invited:
        assert "evil.example" not in each.kept.octets.decode()
    town.reply("X <x0@elsewhere.example>", "never", to=invited[0])
    open_case(town, "Another matter", "It is new.")
    other = town.last("ana@acme.example", "message")
    letters = town.reply(ANA, "/invite x0@elsewhere.example", to=other)
    assert "x0@elsewhere.example" not in {each.to for each in letters}


def test_t9_to_look_at_a_link_changes_nothing(each_town):
    """The pages' own tests open each link three times, by real HTTP (tests/web)."""
    town = each_town
    taken_case(town)
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite max@gomez.example", to=anas)
    letter = town.last("max@gomez.example", "invitation")
    token = letter.link("i")
    with TestClient(build(town.house, clock=lambda: town.now)) as web:
        for _ in range(3):
            assert web.get(f"/i/{token}").status_code == 200
            assert web.head(f"/i/{token}").status_code < 500
        letters = town.reply(ANA, "Row 8?", to=anas)
        assert "max@gomez.example" not in {each.to for each in letters}
        assert web.post(f"/i/{token}", data={"answer": "join"}).status_code == 200
    letters = town.settle() + town.reply(ANA, "Row 9?", to=anas)
    assert ("message", "max@gomez.example") in gist(letters)


def test_t10_robots_letters_to_one_address_end(each_town):
    town = each_town
    kinds = []
    for turn in range(9):
        subject = f"Matter {'abcdefghi'[turn]}"
        kinds += town.write(MEI, DESK, subject, "Hello there", headers=MARKED)
        kinds += town.write(CARLA, DESK, subject, "Hello there")
        town.pass_time(minutes=5)
    assert "mei@elsewhere.example" not in {each.to for each in kinds}
    automatic = [each for each in kinds if each.to == HERS]
    assert len(automatic) <= 5
    for each in automatic:
        assert each.mail["Auto-Submitted"] == "auto-replied"
        assert each.mail["X-Auto-Response-Suppress"]


def test_t11_a_forged_report_switches_nobody_off(each_town):
    town = each_town
    taken_case(town)
    sealed = town.house.sealer.seal(Purpose.RETURN, number(999_999))
    for where in (DESK, address(hers(town)), f"support+{sealed}@acme.example"):
        town.deliver(report(hers(town)), "", [where])
    assert health(town, HERS) == "ok"
    letters = town.reply(ANA, "Row 8?", to=town.last("ana@acme.example", "message"))
    assert ("message", HERS) in gist(letters)


INJECTED = {
    "subject": "Subject: =?utf-8?q?Hello=0D=0ABcc:_eve=40evil.example?=",
    "name": (
        "From: =?utf-8?q?Carla=0D=0ABcc:_eve=40evil.example?= <carla@gomez.example>"
    ),
    "id": "Message-ID: <a\u2028b\x85Bcc: eve@evil.example>",
}


@pytest.mark.parametrize("where", INJECTED)
def test_t16_nothing_is_injected_into_our_headers(each_town, where):
    town = each_town
    head = {
        "From": "From: Carla Gomez <carla@gomez.example>",
        "Subject": "Subject: Import fails",
        "Message-ID": "Message-ID: <one@gomez.example>",
    }
    name = INJECTED[where].partition(":")[0]
    lines = [*(head | {name: INJECTED[where]}).values(), f"To: {DESK}", "", "It stops."]
    town.deliver("\r\n".join(lines).encode(), HERS, [DESK])
    town.reply(ANA, "Which row?", to=town.last("ana@acme.example", "message"))
    assert {each.to for each in town.letters} == {*TEAM, HERS}
    for each in town.letters:
        assert each.mail["Bcc"] is None
        header = each.kept.octets.partition(b"\r\n\r\n")[0]
        assert b"\r\nBcc" not in header
        assert not [line for line in header.split(b"\r\n") if b"\r" in line]


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\n"])
def test_t17_nothing_is_smuggled_behind_a_mail(each_town, end):
    town = each_town
    inner = b"MAIL FROM:<boss@acme.example>\r\nRCPT TO:<support@acme.example>\r\n"
    mail = b"From: Carla <carla@gomez.example>\r\nSubject: x\r\n\r\nHello"
    talk(
        town,
        b"MAIL FROM:<carla@gomez.example>\r\nRCPT TO:<support@acme.example>\r\n",
        b"DATA\r\n" + mail + end + inner + b"DATA\r\nSubject: y\r\n\r\nHi\r\n.\r\n",
    )
    town.settle()
    with pytest.raises(Exception, match=r"(?i)none|attribute"):
        _ = town.inbound(2).state
    assert town.inbound(1).sender == HERS
    for each in town.letters:
        stray = each.kept.octets.replace(b"\r\n", b"")
        assert b"\r" not in stray
        assert b"\n" not in stray


@pytest.mark.parametrize(
    "path",
    [
        "somebody@elsewhere.example",
        "user%elsewhere.example@acme.example",
        "@acme.example:user@elsewhere.example",
        '"user@elsewhere.example"@acme.example',
        "elsewhere.example!user@acme.example",
        "nobody@acme.example",
    ],
)
def test_t18_no_mail_is_relayed(each_town, path):
    with smtplib.SMTP("127.0.0.1", each_town.port, timeout=30) as smtp:
        smtp.ehlo()
        smtp.mail("somebody@elsewhere.example")
        code, _ = smtp.docmd(f"RCPT TO:<{path}>")
    assert 500 <= code < 600


def test_t19_a_name_that_deceives_is_marked_and_cleaned(each_town):
    town = each_town
    name = "Ana Ruiz \u202e\u200b\u2705"
    letters = town.write(f"{name} <ana@acme-example.test>", DESK, "Hello", "Trust me.")
    told = " ".join(
        next(each for each in letters if each.kind == "message").text.split()
    )
    for sign in "\u202e\u200b\u2705":
        assert sign not in told
    assert "The sender looks like Ana Ruiz" in told


def test_t20_commands_count_only_on_top_of_what_is_new(each_town):
    town = each_town
    taken_case(town)
    anas = town.last("ana@acme.example", "message")
    for text in (
        "> /invite evil@elsewhere.example",
        "Hello.\n-- \n/invite evil@elsewhere.example",
        "Hello.\n\n-----Original Message-----\nFrom: x\n\n/resolve",
    ):
        town.reply(ANA, f"Hello there.\n{text}", to=anas)
    # Nor in other hands, whatever stands on top.
    town.reply(MEI, "/invite evil@elsewhere.example", to=anas)
    town.reply(CARLA, "/assign evil@elsewhere.example\n/drop", to=hers(town))
    assert "evil@elsewhere.example" not in {each.to for each in town.letters}
    assert "invitation" not in {each.kind for each in town.letters}
    [said] = [
        each for each in town.reply(ANA, "/resolve", to=anas) if each.kind != "message"
    ]
    assert "/reopen" in said.text, "how to undo it"


def test_t21_what_was_sent_before_is_seen_once_and_replayed_proves_nothing(
    proved_town,
):
    town = proved_town
    mine = [("Message-ID", "<one@gomez.example>"), PROVED]
    first = town.write(CARLA, DESK, "Import fails", "It stops.", headers=mine)
    assert gist(first)
    assert town.write(CARLA, DESK, "Import fails", "It stops.", headers=mine) == []
    assert town.rules[-1] == "duplicate"
    letters = town.write(
        CARLA,
        "Shop <shop@elsewhere.example>",
        "An order",
        "Ten pieces, please.",
        headers=[PROVED],
        recipients=[DESK],
    )
    [said] = [each for each in letters if each.to == HERS]
    assert "Ten pieces" not in said.text, "the neutral letter"


def test_t22_what_people_write_is_never_a_template_or_a_line_of_a_log(
    each_town, capsys
):
    town = each_town
    evil = "{{ 7 * 7 }} {% raw %} ${7*7} %(subject)s\x1b[2J =cmd|' /C calc'!A0"
    town.write(f'"{evil[:20]}" <carla@gomez.example>', DESK, evil, evil)
    told = town.last("ana@acme.example", "message")
    assert "{{ 7 * 7 }} {% raw %} ${7*7}" in " ".join(told.text.split())
    assert "\x1b[2J" not in told.text
    logged = capsys.readouterr().out
    assert "calc" not in logged
    assert "\x1b[2J" not in logged


def test_t23_nobody_outside_learns_addresses_or_reads_another_case(each_town):
    town = each_town
    taken_case(town)
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite max@gomez.example", to=anas)
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    town.reply(CARLA, "Row 7.", to=hers(town))
    town.reply(MAX, "/who", to=town.last("max@gomez.example", "message"))
    open_case(town, "Salaries", "A matter of hers alone.")
    for each in town.letters:
        assert len(each.mail.get_all("To")) == 1
        if each.to == "max@gomez.example":
            octets = each.kept.octets.decode()
            for one in ("carla@gomez.example", "bo@acme.example", "ana@acme.example"):
                assert one not in octets
            assert "Salaries" not in octets


def test_t24_whoever_guesses_recipients_is_sent_away(each_town):
    guesses = [f"RCPT TO:<u{one}@acme.example>\r\n".encode() for one in range(25)]
    said = talk(each_town, b"MAIL FROM:<x@elsewhere.example>\r\n", *guesses[:10])
    assert said.count("550 ") == 10
    endless = talk(each_town, b"NOOP " + b"x" * 5000 + b"\r\n")
    assert "500 " in endless or "421 " in endless
    with smtplib.SMTP("127.0.0.1", each_town.port, timeout=30) as smtp:
        smtp.ehlo()
        smtp.mail("x@elsewhere.example")
        codes = [smtp.rcpt(f"{n}@acme.example")[0] for n in range(3)]
    assert codes == [550] * 3


def test_t25_no_token_that_was_issued_stands_in_rows_or_logs(each_town, capsys):
    town = each_town
    taken_case(town)
    secrets = set()
    for each in town.letters:
        secrets |= {address(each).split("+")[-1].split("@")[0]}
        secrets |= {each.kept.mail_from.split("+")[-1].split("@")[0]}
    secrets = {each for each in secrets if each[1:2] == "-"}
    assert secrets
    # She copies one into what she writes.
    town.reply(CARLA, f"It is {address(hers(town))}.", to=hers(town))
    logged = capsys.readouterr().out
    assert not [each for each in secrets if each in logged]
    from storage.schema import metadata  # noqa: PLC0415

    with town.database.reading() as session:
        for table in metadata().sorted_tables:
            if table.name == "inbound":
                continue
            rows = str(session.execute(table.select()).all())
            assert not [each for each in secrets if each in rows], table.name
    for each in town.letters:
        for secret in secrets:
            assert secret not in str(each.mail["Message-ID"])
