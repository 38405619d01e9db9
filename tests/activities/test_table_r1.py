"""Table R1, row by row, through the front door: where the evidence leads."""

import pytest

from storage import activity as activities
from storage import event as events
from storage.activity import Activity
from tests.activities.people import (
    ANA,
    BO,
    CARLA,
    DESK,
    MAX,
    open_case,
    taken_case,
    verified,
)
from tests.activities.returned import comes_back
from tests.reports import EXCHANGE, report
from tests.town import gist, reply_address

TEAM = [("message", "ana@acme.example"), ("message", "bo@acme.example")]
OPENED = [("acknowledgement", "carla@gomez.example"), *TEAM]
PROVED = verified("gomez.example")
NO_IDS = ["In-Reply-To", "References"]


def cases(town):
    with town.database.reading() as session:
        rows = session.query(Activity).order_by(Activity.id)
        return [(row.subject, str(row.turn), row.linked_id) for row in rows]


def texts(town, activity):
    with town.database.reading() as session:
        return [
            post.text
            for post in events.posts(session, [activity], set(events.Lane), most=100)
        ]


def public_id(town, number=1):
    with town.database.reading() as session:
        return session.get_one(Activity, number).public_id


def answers(letter, *names):
    return [(name, str(letter.mail["Message-ID"])) for name in names]


def two_cases(town):
    """An import that is solved and an export that is open; her letters of both."""
    taken_case(town)
    imported = town.last("carla@gomez.example", "message")
    town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))
    town.pass_time(minutes=7)
    open_case(town, "Export fails", "The export stops, too.")
    return imported, town.last("carla@gomez.example")


def test_row_1_a_report_at_a_return_path_is_a_bounce_and_never_a_post(each_town):
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    town.deliver(report(hers, EXCHANGE), "", [hers.kept.mail_from])
    assert town.rules[-1] == "return_path"
    assert len(texts(town, 1)) == 2
    # A human who answers a return path is heard by a human.
    letters = town.write(CARLA, hers.kept.mail_from, "Re: Import fails", "Hello?")
    assert gist(letters) == [("notice", "ana@acme.example")]
    assert len(texts(town, 1)) == 2


def test_row_2_the_text_of_an_unsubscribe_mail_is_ignored(each_town):
    town = each_town
    taken_case(town)
    town.reply(ANA, "/invite mei@elsewhere.example", to=town.last("ana@acme.example"))
    town.reply("Mei <mei@elsewhere.example>", "yes")
    town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example", "message"))
    hers = town.last("mei@elsewhere.example", "message")
    leaving = str(hers.mail["List-Unsubscribe"]).split("<mailto:")[1].split("?")[0]
    before = texts(town, 1)
    town.write("Mei <mei@elsewhere.example>", leaving.strip(">"), "x", "Some words.")
    assert town.rules[-1] == "unsubscribe"
    assert texts(town, 1) == before
    letters = town.reply(CARLA, "Row 8.", to=town.last("carla@gomez.example"))
    assert gist(letters) == [("message", "ana@acme.example")]


def test_row_3_a_token_leads_to_its_case_whatever_else_is_missing(each_town):
    town = each_town
    taken_case(town)
    letters = town.reply(
        CARLA, "Row 7.", forgets=NO_IDS, headers=[("Subject", "Something else")]
    )
    assert gist(letters) == TEAM[:1]


@pytest.mark.parametrize("name", ["In-Reply-To", "References"])
def test_row_4_an_id_of_ours_leads_a_participant_back(each_town, name):
    town = each_town
    taken_case(town)
    message = town.last("carla@gomez.example", "message")
    letters = town.write(CARLA, DESK, "Rows", "Row 7.", headers=answers(message, name))
    assert gist(letters) == TEAM[:1]


def test_row_5_token_and_ids_differ_the_token_wins_and_the_team_is_told(each_town):
    town = each_town
    open_case(town)
    first = town.last("carla@gomez.example")
    open_case(town, "Export fails", "The export stops, too.")
    second = town.last("carla@gomez.example")
    headers = answers(second, "In-Reply-To", "References")
    town.reply(CARLA, "About the first.", to=first, headers=headers)
    assert texts(town, 1)[-1] == "About the first."
    assert len(texts(town, 2)) == 1
    told = town.last("ana@acme.example").text
    assert "It answers a mail of “Export fails”" in " ".join(told.split())


@pytest.mark.parametrize("answer", ["open", "solved"])
def test_row_5_the_token_of_a_closed_case_and_ids_of_an_open_one(each_town, answer):
    """Somebody of us says which; nothing is guessed and nothing reopens by itself."""
    town = each_town
    imported, exported = two_cases(town)
    headers = answers(exported, "In-Reply-To", "References")
    letters = town.reply(CARLA, "It is row 9.", to=imported, headers=headers)
    assert town.state() == "held"
    assert town.rules[-1] == "closed_token"
    [asked] = letters
    assert (asked.kind, asked.to) == ("notice", "ana@acme.example")
    said = " ".join(asked.text.split())
    assert "to the address of “Import fails”, which is solved" in said
    assert "answers one of “Export fails”, which is open" in said
    assert cases(town)[0][1] == "resolved"

    letters = town.reply(ANA, answer, to=asked)
    assert {each.kind for each in letters} == {"message"}
    into, other = (2, 1) if answer == "open" else (1, 2)
    assert texts(town, into)[-1] == "It is row 9."
    assert "It is row 9." not in texts(town, other)
    assert (cases(town)[0][1] == "resolved") is (answer == "open")


def test_row_5_the_question_which_case_comes_back(each_town):
    """Nobody else can be asked in the same words; they are told that it waits (R16)."""
    town = each_town
    imported, exported = two_cases(town)
    headers = answers(exported, "In-Reply-To", "References")
    [asked] = town.reply(CARLA, "It is row 9.", to=imported, headers=headers)
    letters = comes_back(town, asked)
    told = [each for each in letters if "needs a person to decide" in each.text]
    assert gist(told) == [("notice", "bo@acme.example")]
    assert "It is row 9." in told[0].text
    assert town.unseen() == []


def test_row_5_while_both_are_open_or_both_closed_the_token_wins(each_town):
    town = each_town
    imported, exported = two_cases(town)
    town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))
    town.reply(CARLA, "Row 9.", to=imported, headers=answers(exported, "In-Reply-To"))
    assert texts(town, 1)[-1] == "Row 9."


def test_row_6_without_a_token_ids_lead_only_who_takes_part(each_town):
    town = each_town
    taken_case(town)
    message = town.last("carla@gomez.example", "message")
    letters = town.write(
        MAX,
        DESK,
        "Re: Import fails",
        "Tell me.",
        headers=answers(message, "References"),
    )
    assert gist(letters) == [("acknowledgement", "max@gomez.example"), *TEAM]
    assert cases(town)[1][2] == 1, "a case of its own, linked"
    assert all("Which row" not in each.text for each in letters)


def test_row_7_a_number_in_the_subject_leads_a_verified_participant(proved_town):
    town = proved_town
    taken_case(town)
    subject = f"Rows again [{public_id(town).lower()}]"
    letters = town.write(CARLA, DESK, subject, "Row 7.", headers=[PROVED])
    assert town.rules[-1] == "tagged"
    assert gist(letters) == TEAM[:1]
    assert texts(town, 1)[-1] == "Row 7."


@pytest.mark.parametrize("who", ["nobody known", "unproved", "verified stranger"])
def test_row_7_a_number_in_the_subject_never_leads_alone(proved_town, who):
    """Complaint zammad 2444: a stranger's mail with the number was taken in."""
    town = proved_town
    taken_case(town)
    town.pass_time(days=4)
    writer = CARLA if who == "unproved" else MAX
    headers = [PROVED] if who == "verified stranger" else []
    tag = f"[{public_id(town)}]"
    letters = town.write(writer, DESK, f"{tag} Hello", "Tell me.", headers=headers)
    assert town.rules[-1] == "fresh"
    assert len(texts(town, 1)) == 2
    assert cases(town)[1][2] is None, "not even linked: the team is only told"
    assert "Import fails" not in " ".join(
        each.kept.octets.decode() for each in letters if "acme" not in each.to
    )
    for reader in ("ana@acme.example", "bo@acme.example"):
        told = " ".join(town.last(reader, "message").text.split())
        assert f"Its subject names {tag} Import fails. That proves nothing" in told


def test_row_7_what_the_team_writes_by_a_number_stays_in_the_team(proved_town):
    town = proved_town
    open_case(town)
    headers = [verified("acme.example")]
    tag = f"[{public_id(town)}]"
    letters = town.write(ANA, DESK, tag, "She is upset.", headers=headers)
    assert gist(letters) == [("note", "bo@acme.example")]


def test_row_7_a_token_wins_over_the_number_of_another_case(proved_town):
    """The ready-made case "conflicting token and subject"."""
    town = proved_town
    open_case(town)
    first = town.last("carla@gomez.example")
    open_case(town, "Export fails", "The export stops, too.")
    other = [("Subject", f"Re: [{public_id(town, 2)}]"), PROVED]
    town.reply(CARLA, "About the first.", to=first, headers=other)
    assert texts(town, 1)[-1] == "About the first."
    assert len(texts(town, 2)) == 1


def test_row_7_a_number_that_nobody_has_is_a_word(each_town):
    assert gist(each_town.write(CARLA, DESK, "[AAAAAAAA] Hi", "Hello."))[1:] == TEAM


@pytest.mark.parametrize(
    "name", ["To", "Cc", "Resent-To", "Delivered-To", "X-Original-To"]
)
def test_row_8_a_token_in_the_header_alone_leads_to_its_case_and_is_marked(
    each_town, name
):
    """Complaint chatwoot 15365: the token in Cc, and the mail was dropped."""
    town = each_town
    taken_case(town)
    token = reply_address(town.last("carla@gomez.example", "message"))
    to = token if name == "To" else DESK
    extra = [] if name == "To" else [(name, token)]
    letters = town.write(
        CARLA, to, "Re: Import fails", "Row 7.", headers=extra, recipients=[DESK]
    )
    assert gist(letters) == TEAM[:1]
    assert "stood in the header of this mail, not" in " ".join(letters[0].text.split())
    # It is worth no more than in the envelope: in other hands it speaks for nobody.
    town.write(MAX, to, "Re: Import fails", "Me too.", headers=extra, recipients=[DESK])
    assert town.state() == "held"
    assert texts(town, 1)[-1] == "Row 7."


def test_row_8_a_token_in_a_forwarded_letter_does_not_count(each_town):
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    inner = hers.kept.octets.decode().replace("\r\n", "\n")
    text = f"Look at this.\n\n---------- Forwarded message ---------\n{inner}"
    letters = town.write(MAX, DESK, "Fwd: Import fails", text)
    assert ("acknowledgement", "max@gomez.example") in gist(letters)
    assert len(texts(town, 1)) == 2


def test_row_8_the_two_halves_of_one_mail_are_one_post(each_town):
    """A server that hands over a mail once for each recipient, the plain one first."""
    town = each_town
    taken_case(town)
    token = reply_address(town.last("carla@gomez.example", "message"))
    both = [("Cc", token), ("Message-ID", "<1.halves@gomez.example>")]
    for one in (DESK, token.strip("<>")):
        town.write(CARLA, DESK, "Rows", "Row 7.", headers=both, recipients=[one])
    assert texts(town, 1).count("Row 7.") == 1
    assert len(cases(town)) == 1


def test_row_9_nothing_opens_a_case(each_town):
    open_case(each_town)
    assert cases(each_town) == [("Import fails", "new", None)]


def test_row_9_closed_for_long_a_reply_opens_a_case_that_follows_it(each_town):
    """Also step 8: linked, and the old one stays closed."""
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))
    town.pass_time(days=15)
    assert gist(town.reply(CARLA, "It is back.", to=hers)) == OPENED
    assert [row[1:] for row in cases(town)] == [("resolved", None), ("new", 1)]


def test_mail_to_a_case_that_was_merged_follows_it(each_town):
    """Decisions A11; the ready-made case "merged twice then answered"."""
    town = each_town
    open_case(town)
    first = town.last("carla@gomez.example")
    open_case(town, "Rows missing", "Some rows are missing.")
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, f"/merge {public_id(town, 1)}", to=anas)
    open_case(town, "Import, once more", "It is all one matter.")
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, f"/merge {public_id(town, 2)}", to=anas)
    town.reply(CARLA, "Row 7.", to=first)
    headers = answers(first, "In-Reply-To")
    town.write(CARLA, DESK, "Re: Import fails", "Row 8.", headers=headers)
    with town.database.reading() as session:
        one = activities.find(session, 1)
        assert one.id == activities.find(session, 3).id
        found = events.posts(session, one.family, {events.Lane.EVERYONE})
        assert [each.text for each in found][-2:] == ["Row 7.", "Row 8."]


def test_threat_t21_a_mail_that_names_us_nowhere_is_not_verified(proved_town):
    """Signed for somebody else and sent to us again: unproved, and marked."""
    town = proved_town
    letters = town.write(
        CARLA,
        "Somebody <somebody@elsewhere.example>",
        "Import fails",
        "The import stops.",
        headers=[PROVED],
        recipients=[DESK],
    )
    acknowledgement = next(each for each in letters if "carla" in each.to)
    assert "The import stops." not in acknowledgement.text, "the neutral letter"
    told = " ".join(town.last("ana@acme.example").text.split())
    assert "Nothing proves that this mail came from its sender." in told
    assert "No address of ours stands in To or Cc" in told


def test_threat_t21_an_old_date_is_marked_for_the_team(each_town):
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    old = [("Date", "Sun, 01 Nov 2026 09:00:00 +0000")]
    town.reply(CARLA, "Row 7.", to=hers, headers=old)
    told = " ".join(town.last("ana@acme.example").text.split())
    assert "By its own date this mail is 19 days old" in told
    lately = [("Date", "Sun, 08 Nov 2026 09:00:00 +0000")]
    town.reply(CARLA, "Row 8.", to=hers, headers=lately)
    assert "By its own date" not in " ".join(town.last("ana@acme.example").text.split())


@pytest.mark.parametrize(
    "sender",
    [
        "Ana Ruiz <ana.ruiz@elsewhere.example>",
        "Аna Ruiz <x@elsewhere.example>",  # noqa: RUF001
        "Ann <ann@acrne.example>",
    ],
)
def test_threat_t19_who_looks_like_one_of_us_is_marked(each_town, sender):
    town = each_town
    letters = town.write(sender, DESK, "Hello", "Please pay to this account.")
    told = [each for each in letters if each.kind == "message"]
    assert len(told) == 2
    for each in told:
        assert "The sender looks like Ana Ruiz" in " ".join(each.text.split())


def test_threat_t19_nobody_is_marked_for_being_themselves(each_town):
    town = each_town
    taken_case(town)
    town.reply(BO, "It is fixed.", to=town.last("bo@acme.example", "message"))
    town.reply(CARLA, "Thank you.", to=town.last("carla@gomez.example", "message"))
    assert all("The sender" not in each.text for each in town.letters)
